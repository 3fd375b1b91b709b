"""A load run in worker processes: started together, merged, and never left behind."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import time
from collections.abc import Callable

from golive.probe.load.children import Child
from golive.probe.load.merge import merge_progress, merge_results
from golive.probe.load.plan import LoadPlan, Shard
from golive.probe.load.readiness import LoadUnsupportedError, require_epoll
from golive.probe.load.record import RequestRecord
from golive.probe.load.result import Calibration, LoadProgress, LoadResult
from golive.probe.load.wire import (
    calibration_from_wire,
    plan_to_wire,
    progress_from_wire,
    records_from_wire,
    result_from_wire,
)

OnProgress = Callable[[LoadProgress], None]

READY_S = 60.0
_GRACE_S = 30.0
_CALIBRATION_S = 20.0
_HEAD_START_S = 0.05


async def calibrate() -> Calibration:
    """Measure the instrument in a process of its own, in about a second.

    Trouble is in ``Calibration.problem``, never an exception.
    """
    try:
        require_epoll()
        async with asyncio.timeout(_CALIBRATION_S), await Child.start("the calibration") as child:
            await child.tell(job="calibrate")
            async for line in child.lines():
                if "calibration" in line:
                    return calibration_from_wire(line["calibration"])
                if "problem" in line:
                    return Calibration(problem=str(line["problem"]))
            return Calibration(problem=await child.obituary())
    except TimeoutError:
        return Calibration(problem=f"not calibrated within {_CALIBRATION_S:g} s")
    except (LoadUnsupportedError, OSError, ValueError) as error:
        return Calibration(problem=f"calibration failed: {error}")


async def run_load(
    plan: LoadPlan,
    *,
    workers: int = 1,
    calibrate: bool = True,
    on_progress: OnProgress | None = None,
    abort: asyncio.Event | None = None,
    shard: Shard | None = None,
    start_at: float | None = None,
) -> LoadResult:
    """Run *plan*, or one *shard* of it, in *workers* processes that start together.

    Fewer are started if there are fewer requests or users than that. *abort*, once set, ends
    the run: what is open is ``UNFINISHED``, the rest ``UNSENT``; set before the start, nothing
    is sent. A worker that dies is
    named in ``lost`` and its requests are missing. *start_at* (unix s) is when to begin; by
    default at once. Cancellation kills and reaps the workers. ``ValueError`` if *workers* < 1
    or if a worker refuses the plan (its message), ``OSError`` if none can be started,
    ``LoadUnsupportedError`` on a platform without epoll.
    """
    require_epoll()
    if workers < 1:
        message = f"workers must be at least 1, got {workers}"
        raise ValueError(message)
    outer = shard or Shard()
    planned = outer.share(plan.schedule.count)
    most = planned if plan.schedule.is_open else outer.share(plan.schedule.concurrency)
    calibration = await _unless(abort) if calibrate else None
    run = _Run(plan, outer, max(1, min(workers, most)), on_progress, start_at)
    results, lost = await run.run(abort)
    return merge_results(results, planned=planned, lost=lost, calibration=calibration)


_calibrate = calibrate  # ``run_load`` has a parameter of that name


async def _unless(abort: asyncio.Event | None) -> Calibration:
    """A calibration, given up once *abort* is set."""
    if abort is None:
        return await _calibrate()
    work, stop = asyncio.create_task(_calibrate()), asyncio.create_task(abort.wait())
    try:
        await asyncio.wait((work, stop), return_when=asyncio.FIRST_COMPLETED)
        if work.done():
            return work.result()
        return Calibration(problem="the run was stopped before it was calibrated")
    finally:
        work.cancel()
        stop.cancel()
        await asyncio.wait((work, stop))


class _Run:
    def __init__(
        self,
        plan: LoadPlan,
        outer: Shard,
        workers: int,
        on_progress: OnProgress | None,
        start_at: float | None,
    ) -> None:
        self._plan = plan
        self._shards = [Shard(i, workers).within(outer) for i in range(workers)]
        self._on_progress = on_progress
        self._start_at = start_at
        self._progress: dict[int, LoadProgress] = {}
        self._awaited = set(range(workers))
        # Monotonic s; ``None`` if there is none, because the run was stopped before it.
        self._start: asyncio.Future[float | None] = asyncio.get_running_loop().create_future()
        self._refusal = ""

    async def run(self, abort: asyncio.Event | None) -> tuple[list[LoadResult], list[str]]:
        count = len(self._shards)
        async with contextlib.AsyncExitStack() as stack:
            children = [
                await stack.enter_async_context(await Child.start(f"worker {i + 1} of {count}"))
                for i in range(count)
            ]
            jobs = [asyncio.create_task(self._follow(i, one)) for i, one in enumerate(children)]
            others = [asyncio.create_task(self._stop_on(abort, children))] if abort else []
            try:
                answers = await asyncio.gather(*jobs)
            finally:
                # What the caller's own callback raises must not leave a task behind.
                for task in (*jobs, *others):
                    task.cancel()
                await asyncio.wait((*jobs, *others))
        if self._refusal:
            raise ValueError(self._refusal)
        results = [answer for answer in answers if isinstance(answer, LoadResult)]
        return results, [answer for answer in answers if isinstance(answer, str)]

    async def _follow(self, number: int, child: Child) -> LoadResult | str:
        """What worker *number* measured, or how it was lost."""
        shard = self._shards[number]
        late = ""
        limit = asyncio.timeout(READY_S)
        try:
            async with limit:
                await child.tell(
                    job="run", plan=plan_to_wire(self._plan), shard=[shard.index, shard.count]
                )
                records: list[RequestRecord] = []
                async for line in child.lines():
                    said = _understood(line)
                    if isinstance(said, LoadProgress):
                        self._note(number, said)
                    elif isinstance(said, list):
                        records += said
                    elif isinstance(said, LoadResult):
                        return dataclasses.replace(said, records=tuple(records))
                    elif "ready" in line:
                        await self._begin(number, child, limit)
                    elif "problem" in line:
                        self._refusal = str(line["problem"])
        except TimeoutError:
            if not limit.expired():
                raise
            late = ", having overrun its time"
        except _GarbledError as error:
            late = f", having said what is not understood ({error})"
        finally:
            self._arrived(number)
        missing = shard.share(self._plan.schedule.count)
        return f"{await child.obituary()}{late}; {missing} requests have no record"

    async def _begin(self, number: int, child: Child, limit: asyncio.Timeout) -> None:
        self._arrived(number)
        # Others may take as long as they like to get ready; each has a limit of its own.
        limit.reschedule(None)
        start = await self._start
        now = time.monotonic()
        left = _GRACE_S if start is None else max(0.0, start - now) + self._plan.deadline + _GRACE_S
        limit.reschedule(asyncio.get_running_loop().time() + left)
        if start is not None:
            await child.tell(start=start)

    def _arrived(self, number: int) -> None:
        """Worker *number* is ready, or never will be; the last one of all gives the start."""
        self._awaited.discard(number)
        if self._awaited or self._start.done():
            return
        start = time.monotonic() + _HEAD_START_S
        if self._start_at is not None:
            # Workers share this host's monotonic clock, and no step of the other can part them.
            start = max(start, time.monotonic() + self._start_at - time.time())
        self._start.set_result(start)

    def _note(self, number: int, progress: LoadProgress) -> None:
        self._progress[number] = progress
        if self._on_progress is not None:
            self._on_progress(merge_progress(list(self._progress.values())))

    async def _stop_on(self, abort: asyncio.Event, children: list[Child]) -> None:
        await abort.wait()
        if not self._start.done():
            self._start.set_result(None)
        # In place of the start, or after it: a worker takes either.
        for child in children:
            await child.tell(stop="aborted")


class _GarbledError(Exception):
    """A worker said what it should not."""


def _understood(line: dict[str, object]) -> LoadProgress | list[RequestRecord] | LoadResult | None:
    try:
        if "progress" in line:
            return progress_from_wire(line["progress"])
        if "records" in line:
            return records_from_wire(line["records"])
        if "result" in line:
            return result_from_wire(line["result"])
    except ValueError as error:
        raise _GarbledError(str(error)) from None
    return None
