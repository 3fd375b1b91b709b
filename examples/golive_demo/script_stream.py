"""The events of one generation: status, content, then done or error, each with an id."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from typing import TYPE_CHECKING, cast

from sse_starlette import ServerSentEvent

from golive_demo.script_writer import AllProvidersFailedError, ScriptWriter

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from golive_demo.broken import Variant
    from golive_demo.generation_metrics import GenerationMetrics
    from golive_demo.script_index import ScriptIndex


class ScriptStream:
    """Turns what the writer yields into events and keeps the books."""

    def __init__(
        self,
        writer: ScriptWriter,
        index: ScriptIndex,
        metrics: GenerationMetrics,
        variant: Variant,
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._writer = writer
        self._index = index
        self._metrics = metrics
        self._variant = variant
        self._sleep = sleep
        self._last_id = 0

    async def events(
        self, project_id: str, description: str, arrived: float
    ) -> AsyncIterator[ServerSentEvent]:
        """Yield the events of one stream; `arrived` is the request's time.perf_counter()."""
        metrics, variant = self._metrics, self._variant
        outcome = "aborted"  # stays so when the client goes away
        metrics.active.inc()
        try:
            yield self._event("status", {"state": "accepted", "projectId": project_id})
            if variant.content_delay_s:
                await self._sleep(variant.content_delay_s)
            prompt = f"{description} (다른 판)" if variant.serve_other_script else description
            written: list[str] = []
            source = cast("AsyncGenerator[str, None]", self._writer.write(prompt))
            # Closed by hand: a stream that stops early must free its provider connection now.
            async with aclosing(source) as deltas:
                async for delta in deltas:
                    if not written:
                        metrics.first_content.observe(time.perf_counter() - arrived)
                    written.append(delta)
                    yield self._event("content", {"delta": delta})
                    if len(written) == variant.stop_after_pieces:
                        outcome = "completed"  # what a service with this defect believes
                        return
            text = "".join(written)
            if not self._index.add(project_id, text):
                metrics.not_indexed.inc()
            digest = hashlib.sha256(text.encode("utf-8")).hexdigest()
            outcome = "completed"
            yield self._event("done", {"chars": len(text), "sha256": digest})
        except AllProvidersFailedError as error:
            outcome = "error"
            yield self._event("error", {"code": "providers_failed", "message": str(error)})
        finally:
            metrics.active.dec()
            metrics.streams.labels(outcome).inc()

    def _event(self, name: str, data: dict[str, object]) -> ServerSentEvent:
        self._last_id += 1
        text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
        return ServerSentEvent(text, event=name, id=str(self._last_id), sep="\n")
