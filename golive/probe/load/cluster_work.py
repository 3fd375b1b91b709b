"""One worker's part of a run: prepare, wait for the word, run, sum up.

The engine runs in a child process, so that the worker keeps answering its scheduler. A worker
that hears nothing from its controller for ``ORPHANED_AFTER`` s stops by itself, and so does
one that is being closed: load never outlives the one who asked for it.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from golive.probe.load.children import Child
from golive.probe.load.cluster_order import Order, Part, State
from golive.probe.load.cluster_summary import Summary
from golive.probe.load.plan import LoadPlan
from golive.probe.load.processes import calibrate
from golive.probe.load.record import RequestRecord
from golive.probe.load.result import Calibration, LoadProgress, LoadResult
from golive.probe.load.wire import (
    plan_to_wire,
    progress_from_wire,
    records_from_wire,
    result_from_wire,
)

ORPHANED_AFTER = 10.0
STOP_WITHIN = 5.0
_LOOK_EVERY = 0.05


@dataclass(slots=True)
class Held:
    """The word between the controller (who writes *start*, *stop* and *heard*) and the run."""

    state: State = State.PREPARING
    start: float | None = None
    stop: str = ""
    heard: float = field(default_factory=time.monotonic)
    progress: LoadProgress | None = None
    failure: str = ""


class _Stopped(Exception):
    """The part came to nothing, for the reason given."""


async def carry_out(order: Order, held: Held, closing: Callable[[], bool]) -> Part:
    """The part that *order* asks for. *closing* says whether the worker is about to end."""
    work = _Work(order, held)
    failure = ""
    try:
        async with asyncio.TaskGroup() as group:
            part = group.create_task(work.work())
            watch = group.create_task(work.watch(closing))
            part.add_done_callback(lambda _: watch.cancel())
    except* _Stopped as stopped:
        failure = str(stopped.exceptions[0])
    return Part(failure=failure) if failure else part.result()


class _Work:
    def __init__(self, order: Order, held: Held) -> None:
        self._order = order
        self._held = held
        self._engine: Child | None = None
        self._records: list[RequestRecord] = []
        self._templates = [Summary() for _ in order.plan.requests]
        self._first: RequestRecord | None = None
        self._received = 0

    async def watch(self, closing: Callable[[], bool]) -> None:
        """Pass the controller's start and stop on; end the work when it may not go on."""
        held, stopping = self._held, math.inf
        while True:
            now = time.monotonic()
            if closing():
                raise _Stopped("the worker is being closed")
            if now - held.heard > ORPHANED_AFTER:
                held.stop = f"no word from the controller for {ORPHANED_AFTER:g} s"
            if held.stop and held.state is not State.RUNNING:
                raise _Stopped(held.stop)
            if held.stop and self._engine is not None and stopping == math.inf:
                stopping = now
                await self._engine.tell(stop=held.stop)
            elif now - stopping > STOP_WITHIN:
                message = f"the engine did not stop in {STOP_WITHIN:g} s: {held.stop}"
                raise _Stopped(message)
            elif held.state is State.READY and held.start is not None and self._engine is not None:
                if held.start <= now:
                    message = f"the start came {now - held.start:.3f} s too late"
                    raise _Stopped(message)
                held.state = State.RUNNING
                await self._engine.tell(start=held.start)
            await asyncio.sleep(_LOOK_EVERY)

    async def work(self) -> Part:
        """Calibrate, run, and sum up."""
        order = self._order
        calibration = await calibrate() if order.calibrate else Calibration()
        plan = order.plan if order.keep_records else replace(order.plan, keep_gaps=0)
        with _authorities(order, plan) as here:
            async with await Child.start("the engine") as child:
                self._engine = child
                shard = [order.shard.index, order.shard.count]
                await child.tell(job="run", plan=plan_to_wire(here), shard=shard)
                async for line in child.lines():
                    if "result" in line:
                        return self._part(result_from_wire(line["result"]), calibration)
                    self._take(line)
                raise _Stopped(await child.obituary())

    def _take(self, line: dict[str, object]) -> None:
        if "ready" in line:
            self._held.state = State.READY
        elif "progress" in line:
            self._held.progress = progress_from_wire(line["progress"])
        elif "records" in line:
            self._count(records_from_wire(line["records"]))
        elif "problem" in line:
            raise _Stopped(str(line["problem"]))

    def _count(self, records: list[RequestRecord]) -> None:
        self._received += len(records)
        for record in records:
            self._templates[record.request].add((record,), self._order.limits)
            if self._first is None or record.scheduled < self._first.scheduled:
                self._first = record
        if self._order.keep_records:
            self._records += records

    def _part(self, result: LoadResult, calibration: Calibration) -> Part:
        return Part(
            received=self._received,
            records=tuple(self._records),
            templates=tuple(self._templates),
            gap_sketch=result.gap_sketch,
            instrument=replace(
                result.instrument,
                floor_p50=calibration.floor_p50,
                floor_p99=calibration.floor_p99,
                error_p50=calibration.error_p50,
                error_p99=calibration.error_p99,
                calibration_problem=calibration.problem,
            ),
            duration=result.duration,
            late=math.inf if self._first is None else _late(self._order, self._first),
            stopped=result.aborted,
        )


def _late(order: Order, first: RequestRecord) -> float:
    """A closed loop has no moment at which its first request is due but the start."""
    return first.slip if order.plan.schedule.is_open else first.scheduled + first.slip


@contextlib.contextmanager
def _authorities(order: Order, plan: LoadPlan) -> Iterator[LoadPlan]:
    """*plan* with a ``ca_file`` of this machine: one in memory, so that none is left behind."""
    if order.authorities is None:
        yield plan
        return
    number = os.memfd_create("authorities")
    with os.fdopen(number, "wb", buffering=0) as file:
        file.write(order.authorities)
        yield replace(plan, ca_file=f"/proc/{os.getpid()}/fd/{number}")
