"""golive's own engine, in this process and thread.

``stamps=0`` times reads by the clock instead of the kernel. ``live=1`` follows every event, for
time-stamp errors; without it the engine does what it does in a load run.
"""

from __future__ import annotations

import sys
import time

import golive
from bench.load.clients.measure import Tally, Task, finish, main, watch
from golive.probe.load import Arrival, LoadPlan, Request, Schedule, clock, here, run_here
from golive.probe.load.http1 import ResponseHead
from golive.probe.load.loop import Engine
from golive.probe.sse import Event
from golive.probe.trace import StreamRules

OPENING = 2_500.0
"""Streams opened a second."""
REQUESTS = 2_000_000
"""More than any window can hold: the run is left when the window closes."""


def plan_of(task: Task) -> LoadPlan:
    """The plan that *task* comes to: a closed loop for requests and for one stream at a time."""
    rules = StreamRules(content_events=("content",), terminal_event="done")
    request = Request(
        method="GET",
        url=task.url,
        address="127.0.0.1",
        timeout=600.0,
        rules=None if task.mode == "get" else rules,
    )
    if task.mode == "get":
        schedule = Schedule(Arrival.CLOSED, REQUESTS, concurrency=task.streams)
    elif task.mode == "delay":
        schedule = Schedule(Arrival.CLOSED, task.count + 1, concurrency=1)
    else:
        schedule = Schedule(Arrival.CONSTANT, task.streams, rate=OPENING)
    return LoadPlan(
        requests=(request,),
        schedule=schedule,
        max_in_flight=task.streams,
        source_addresses=(task.source,) if task.source else (),
    )


class Run:
    """One run. Its window is that of every client: the engine's counts are read at its edges."""

    def __init__(self, task: Task, *, live: bool) -> None:
        self.task = task
        self.live = live or task.whole or task.mode == "delay"
        self.tally = Tally()
        self.plan = plan_of(task)
        self.begin = time.monotonic()
        self.offsets = self.plan.schedule.offsets()
        self.firsts: dict[int, bytes] = {}
        self.engine: Engine | None = None

    def engine_of(self, *given: object, **options: object) -> Engine:
        """The engine of this run, where ``run_here`` makes it: its counts are not public."""
        self.engine = Engine(*given, **options)  # type: ignore[arg-type]
        return self.engine

    def look(self) -> None:
        """Bring the tally up to date with what failed, and what was answered."""
        if self.engine is None:
            return
        tally, counted = self.tally, self.engine.tally
        tally.broken = counted.failed
        if self.task.mode == "get":
            tally.requests = counted.done - counted.failed
            tally.opened = min(tally.requests, self.task.streams)

    def events(self) -> int:
        """Events so far."""
        engine = self.engine
        return engine.tally.streamed + engine.running_events() if engine else 0

    def answered(self, _index: int, _at: float, head: ResponseHead) -> None:
        """A stream is open when its head has come, and not before."""
        self.tally.opened += head.status == 200

    def follow(self, index: int, at: float, record: object) -> None:
        """Keep what came and when, beside the server's own stamp."""
        if not isinstance(record, Event) or record.type != "content":
            return
        if self.task.mode == "delay":
            self.firsts.setdefault(index, record.data.encode())
        elif self.tally.recording:
            when = self.begin + self.offsets[index] + at
            self.tally.kept.append((round(when * 1e9), record.data.encode()))

    def __call__(self) -> None:
        """Run to the end of the window, or of every stream, and print the answer."""
        tally, mode = self.tally, self.task.mode
        if self.task.whole:
            tally.begin()
            tally.recording = True
        elif mode != "delay":
            vars(here)["Engine"] = self.engine_of
            tally.count = self.events
            watch(self.task, tally, golive.__version__, self.look)
        result = run_here(
            self.plan,
            None,
            self.follow if self.live else None,
            # A head at a time would be part of what a request costs.
            None if mode == "get" else self.answered,
            start=lambda: self.begin,
        )
        if tally.window:
            tally.close()
        records = result.records
        tally.finished = sum(record.ok for record in records)
        tally.broken = len(records) - tally.finished
        tally.events = sum(record.content_events for record in records)
        tally.figures["events"] = tally.events
        if self.task.mode == "delay":
            for record in records:
                if record.first_content is not None:
                    seen = round(record.first_content * 1e9)
                    tally.delayed(0, seen, self.firsts[record.index])
        finish(tally, golive.__version__)


def run(task: Task) -> None:
    """Do *task* and print the answer."""
    options = dict(argument.split("=", 1) for argument in sys.argv[1:])
    if options.get("stamps") == "0":
        vars(clock)["stamps_available"] = lambda: False  # as on a platform without them
    Run(task, live=options.get("live") == "1")()


if __name__ == "__main__":
    main(run)
