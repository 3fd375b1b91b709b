"""The delivery drill: post a synthetic alert, see where it goes, and end it, whatever happens."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from golive_gates.observability.live.alertmanager import Alertmanager, Trouble
from golive_gates.observability.live.drill_parts import DRILL_LABEL, Arrival, Drill
from golive_gates.observability.live.webhook import Webhook

LISTED_WITHIN = 15.0
"""Seconds by when an alert that was taken is listed: it is at once."""
AGAIN = 0.25
"""Seconds between two looks at the list."""
SURPLUS = timedelta(seconds=120)
"""By when the alert ends by itself, after the drill, should nobody be left to end it."""
ENDING = 6.0
"""Seconds for posting its end: less than a run leaves to what it interrupts."""
REQUESTS = 6 + int(LISTED_WITHIN / AGAIN)
"""At most: status, two looks at the metrics, the alert, looks at the list, its end."""

SUMMARY = "golive drill: a synthetic alert that tests its own delivery; nothing has to be done"


@dataclass(frozen=True, slots=True)
class Order:
    """What to drill. *listen*: where the webhook listens, if anywhere."""

    url: str
    labels: Mapping[str, str]
    drill: str
    within: float
    resolved_within: float
    listen: tuple[str, int] | None = None


async def carry_out(
    order: Order, manager: Alertmanager, say: Callable[[str], None] = lambda _: None
) -> tuple[Drill, list[Mapping[str, object]]]:
    """The drill, and what arrived at the webhook. *say* is told each step by its name.

    Raises what *manager* spends from raises; trouble is part of the drill. The alert is ended
    however this ends, being cancelled included; it would end by itself soon after.
    """
    labels = {**order.labels, DRILL_LABEL: order.drill}
    drill = Drill(order.url, labels, order.within, order.resolved_within)
    try:
        async with _listening(order) as webhook:
            if webhook is not None:
                drill = replace(drill, listened=webhook.address)
            found = await _Way(order, manager, webhook, say, drill).go()
            return found, list(webhook.notes) if webhook is not None else []
    except Trouble as trouble:
        return replace(drill, problem=trouble.code, detail=trouble.detail), []


@asynccontextmanager
async def _listening(order: Order) -> AsyncIterator[Webhook | None]:
    if order.listen is None:
        yield None
        return
    webhook = Webhook(*order.listen, order.drill)
    try:
        await webhook.__aenter__()
    except OSError as error:
        where = f"{order.listen[0]}:{order.listen[1]}"
        raise Trouble("drill-not-listening", f"{where}: {error.strerror or error}") from None
    try:
        yield webhook
    finally:
        await webhook.__aexit__(None, None, None)


@dataclass(slots=True)
class _Way:
    """One drill under way; ``drill`` is what is known so far."""

    order: Order
    manager: Alertmanager
    webhook: Webhook | None
    say: Callable[[str], None]
    drill: Drill
    begun: datetime | None = None

    async def go(self) -> Drill:
        before = await self._before()
        try:
            posted = await self._post()
            await self._follow(posted)
            after = await self.manager.failed()
            self._know(
                failed={k: n - before.get(k, 0) for k, n in after.items() if n > before.get(k, 0)}
            )
        except Trouble as trouble:
            self._know(problem=trouble.code, detail=trouble.detail)
        finally:
            ended = await self._end()
        if ended is not None and self.webhook is not None and self.drill.arrived is not None:
            self.say("resolved")
            seen = await self.webhook.arrival("resolved", self.order.resolved_within)
            if seen is not None:
                self._know(resolved=Arrival(seen[0], max(0.0, seen[1] - ended)))
        return self.drill

    async def _before(self) -> dict[str, int]:
        """Counts so far. Also shows that this is an Alertmanager, before anything is posted."""
        self.say("status")
        await self.manager.version()
        return await self.manager.failed()

    async def _post(self) -> float:
        self.say("post")
        begin = self.manager.now or datetime.now(UTC)
        lasting = timedelta(seconds=self.order.within + LISTED_WITHIN) + SURPLUS
        self.manager.reserve()
        # Set first: a post that is cut off may have been taken.
        self.begun = begin
        posted = time.monotonic()
        await self.manager.post(self.drill.labels, {"summary": SUMMARY}, begin, begin + lasting)
        self._know(accepted=True)
        return posted

    async def _follow(self, posted: float) -> None:
        self.say("listed")
        await self._listed(posted)
        if self.webhook is None or self.drill.state == "suppressed":
            return
        self.say("arrival")
        left = self.order.within - (time.monotonic() - posted)
        seen = await self.webhook.arrival("firing", max(0.0, left))
        if seen is not None:
            self._know(arrived=Arrival(seen[0], max(0.0, seen[1] - posted)))
        else:
            # Silences and inhibitions come into force when a group is first notified.
            await self._look()

    async def _listed(self, posted: float) -> None:
        while time.monotonic() - posted < LISTED_WITHIN:
            if await self._look() and self.drill.state != "unprocessed":
                return
            await asyncio.sleep(AGAIN)

    async def _look(self) -> bool:
        found = await self.manager.listed(DRILL_LABEL, self.order.drill)
        if found is not None:
            self._know(
                listed=True,
                receivers=found.receivers,
                state=found.state,
                silenced_by=found.silenced_by,
                inhibited_by=found.inhibited_by,
            )
        return found is not None

    async def _end(self) -> float | None:
        """Post the end of the alert; monotonic time of it, ``None`` if it was not taken."""
        if self.begun is None:
            return None
        now = self.manager.now or datetime.now(UTC)
        with contextlib.suppress(Trouble, TimeoutError):
            async with asyncio.timeout(ENDING):
                ended = time.monotonic()
                await self.manager.post(
                    self.drill.labels,
                    {"summary": SUMMARY},
                    self.begun,
                    max(now, self.begun),
                    spent=True,
                )
                self._know(ended=True)
                self.say("ended")
                return ended
        return None

    def _know(self, **changes: object) -> None:
        self.drill = replace(self.drill, **changes)  # type: ignore[arg-type]
