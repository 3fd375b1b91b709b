"""One client of the limited route: sends a request and reads what its answer says."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from golive.api import HttpProbe, RunContext
from golive.target_client import kind_of, line_of
from golive_gates.load.limit_headers import read_quota, read_retry_after
from golive_gates.load.limit_parts import Answer
from golive_gates.load.observers.limit_variants import Variant

REFUSALS = frozenset({429, 503})
"""What limiters answer: 429 is right, 503 the default of nginx. Others are learned."""

pause = asyncio.sleep


@dataclass(slots=True)
class LimitClient:
    """Sends for one identity.

    ``begin``: monotonic ns from which times are counted; ``refusal``: the latest one since.
    ``interval``: least seconds between two requests. ``refusals``: statuses that refuse.
    """

    ctx: RunContext
    probe: HttpProbe
    url: str
    headers: Mapping[str, str]
    timeout: float
    name: str = "limit"
    begin: int = 0
    refusal: Answer | None = None
    step: str = ""
    interval: float = 0.0
    due: int = 0
    refusals: set[int] = field(default_factory=lambda: set(REFUSALS))
    lines: list[dict[str, object]] = field(default_factory=list)

    def restart(self, at: float | None = None) -> None:
        """Count times from now, or from *at* seconds after ``begin``."""
        self.begin = self.probe.clock() if at is None else self.begin + round(at * 1e9)
        self.refusal = None

    def seconds(self) -> float:
        """Seconds since ``begin``."""
        return (self.probe.clock() - self.begin) / 1e9

    async def ask(self, variant: Variant | None = None) -> Answer:
        """Send the plain request, or a variant of it."""
        await self._keep_pace()
        changed = {} if variant is None else variant.headers()
        exchange = await self.probe.call(
            "GET" if variant is None else variant.method,
            self.url if variant is None else variant.url,
            headers={**self.headers, **changed},
            timeout=self.timeout,
        )
        now = self.ctx.clock.now().timestamp()
        at = (exchange.started - self.begin) / 1e9 + exchange.elapsed
        answer = Answer(
            at,
            exchange.status if exchange.failure is None else None,
            "" if exchange.failure is None else kind_of(exchange),
            read_quota(exchange.headers, now),
            read_retry_after(exchange.header("retry-after"), now),
        )
        if variant is None and self.refused(answer):
            self.refusal = answer
        line = line_of(exchange)
        self.lines.append(
            {
                "client": self.name,
                "step": self.step,
                "variant": None if variant is None else variant.name,
                "at": round(at, 4),
                **line,
                "quota": None if answer.quota is None else asdict(answer.quota),
                "retry_after": answer.retry_after,
            }
        )
        return answer

    async def ask_at_once(self, count: int, at_once: int) -> list[Answer]:
        """*count* plain requests, *at_once* of them under way."""
        room = asyncio.Semaphore(at_once)

        async def one() -> Answer:
            async with room:
                return await self.ask()

        # A group, so that none outlives the failure of another.
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one()) for _ in range(count)]
        return [task.result() for task in tasks]

    def refused(self, answer: Answer) -> bool:
        """Whether *answer* is a limiter's refusal."""
        return answer.status in self.refusals

    async def _keep_pace(self) -> None:
        now = self.probe.clock()
        self.due = max(self.due, now)
        wait = (self.due - now) / 1e9
        self.due += round(self.interval * 1e9)
        if wait > 0:
            await pause(wait)


def width_for(latency: float, requests: int, window: float) -> int:
    """Requests at once, so that a slow target's allowance is used up within a fraction of it."""
    return max(1, min(16, math.ceil(requests * latency / (window / 4))))
