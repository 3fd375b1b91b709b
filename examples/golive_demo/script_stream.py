"""The events of one generation: status, content, then done or error, each with an id."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from golive_demo.script_writer import AllProvidersFailedError, ScriptWriter

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from golive_demo.broken import Variant
    from golive_demo.generation_metrics import GenerationMetrics
    from golive_demo.script_index import NoIndex, ScriptIndex

_STARVED_GAP_S = 0.25  # against 0.03 s between the pieces of a stream that is fed


@dataclass(frozen=True, slots=True)
class Event:
    """One server-sent event."""

    id: int
    event: str
    data: dict[str, object]

    def frame(self) -> bytes:
        """The event as it stands on the wire."""
        text = json.dumps(self.data, ensure_ascii=False, separators=(",", ":"))
        return f"id: {self.id}\nevent: {self.event}\ndata: {text}\n\n".encode()


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be generated, for whom; `arrived` is the request's time.perf_counter()."""

    client: str
    project_id: str
    description: str
    arrived: float


class ScriptStream:
    """Turns what the writer yields into events and keeps the books. `starved`: fed slowly."""

    def __init__(
        self,
        writer: ScriptWriter,
        index: ScriptIndex | NoIndex,
        metrics: GenerationMetrics,
        variant: Variant,
        sleep: Callable[[float], Awaitable[None]],
        *,
        starved: bool = False,
    ) -> None:
        self._writer = writer
        self._index = index
        self._metrics = metrics
        self._variant = variant
        self._sleep = sleep
        self._starved = starved
        self._last_id = 0

    async def frames(self, wish: Wish) -> AsyncIterator[bytes]:
        """Yield the events as they stand on the wire."""
        source = cast("AsyncGenerator[Event, None]", self.events(wish))
        async with aclosing(source) as events:
            async for event in events:
                yield event.frame()

    async def events(self, wish: Wish) -> AsyncIterator[Event]:
        """Yield the events of one stream."""
        metrics, variant = self._metrics, self._variant
        outcome = "aborted"  # stays so when nobody wants the rest
        written: list[str] = []
        metrics.active.inc()
        try:
            yield self._event("status", {"state": "accepted", "projectId": wish.project_id})
            if variant.content_delay_s:
                await self._sleep(variant.content_delay_s)
            prompt = wish.description + (" (다른 판)" if variant.serve_other_script else "")
            source = cast("AsyncGenerator[str, None]", self._writer.write(prompt))
            # Closed by hand: a stream that stops early must free its provider connection now.
            async with aclosing(source) as deltas:
                async for delta in deltas:
                    if not written:
                        metrics.first_content.observe(time.perf_counter() - wish.arrived)
                    elif self._starved:
                        await self._sleep(_STARVED_GAP_S)
                    written.append(delta)
                    yield self._event("content", {"delta": delta})
                    if len(written) == variant.stop_after_pieces:
                        outcome = "completed"  # what a service with this defect believes
                        return
            text = "".join(written)
            if not self._index.add(wish.client, wish.project_id, text):
                metrics.not_indexed.inc()
            digest = hashlib.sha256(text.encode("utf-8")).hexdigest()
            outcome = "completed"
            yield self._event("done", {"chars": len(text), "sha256": digest})
        except AllProvidersFailedError as error:
            outcome = "error"
            if variant.recovery.hides_outages and not (written or error.rejected):
                yield self._event("done", {"chars": 0, "sha256": hashlib.sha256().hexdigest()})
                return
            yield self._event("error", {"code": "providers_failed", "message": str(error)})
        finally:
            metrics.active.dec()
            metrics.streams.labels(outcome).inc()

    def _event(self, name: str, data: dict[str, object]) -> Event:
        self._last_id += 1
        return Event(self._last_id, name, data)
