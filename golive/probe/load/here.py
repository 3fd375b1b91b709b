"""A load run in this process and thread."""

from __future__ import annotations

import contextlib
import gc
import time
from bisect import bisect
from collections.abc import Callable, Iterator

from golive.probe.load.delays import SMALLEST, delays_of
from golive.probe.load.descriptors import in_flight_limit
from golive.probe.load.endpoint import Endpoint, endpoint_key
from golive.probe.load.flight import Flight
from golive.probe.load.loop import Control, Engine
from golive.probe.load.network import OnHead
from golive.probe.load.plan import LoadPlan, Shard
from golive.probe.load.result import Instrument, LoadProgress, LoadResult
from golive.probe.load.sketch import Sketch
from golive.probe.load.tally import nearest_rank
from golive.probe.load.template import Template
from golive.probe.sse import Record

OnStream = Callable[[int, float, Record], None]
OnProgress = Callable[[LoadProgress], None]

PROGRESS_S = 0.5


class StoppedBeforeStartError(Exception):
    """For a *start* to raise: nothing is to be sent, for the reason given."""


def run_here(
    plan: LoadPlan,
    on_progress: OnProgress | None = None,
    on_stream: OnStream | None = None,
    on_head: OnHead | None = None,
    *,
    shard: Shard | None = None,
    start: Callable[[], float] | None = None,
    control: tuple[int, Control] | None = None,
) -> LoadResult:
    """Run *plan*, or one *shard* of it, and block until it is over.

    *on_stream* is given each record of each stream as it comes (request number, s after
    scheduled, record) and *on_head* each response head (number, s, head); both
    cost time. *start* is called when all is prepared (names are resolved, due times fixed) and
    gives the monotonic time to begin at; by default now. It may raise
    ``StoppedBeforeStartError``: then every request is ``UNSENT``. *control*: a descriptor, and
    what to call when it is readable; a reason that it returns ends the run. Trouble of the
    target is in the records. ``OSError`` if the plan's ``ca_file`` cannot be read,
    ``ValueError`` for a shard of a closed loop without users, ``LoadUnsupportedError`` on a
    platform without epoll. The instrument is not calibrated: see ``run_load``.
    """
    part = shard or Shard()
    if not plan.schedule.is_open and not part.share(plan.schedule.concurrency):
        raise ValueError("more shards than users")
    templates = _templates(plan)
    engine = Engine(
        plan,
        part,
        templates,
        max_in_flight=in_flight_limit(max(1, part.share(plan.max_in_flight))),
        tap=None if on_stream is None else _tap(on_stream),
        on_head=on_head,
        control=control,
    )
    try:
        return _ran(plan, part, engine, on_progress, start)
    finally:
        engine.close()


def _ran(
    plan: LoadPlan,
    part: Shard,
    engine: Engine,
    on_progress: OnProgress | None,
    start: Callable[[], float] | None,
) -> LoadResult:
    # Nothing in the loop makes cycles, and a collection with ten thousand streams takes tens
    # of milliseconds, which would all show as the target's.
    with _no_collecting():
        stopped: str | None = None
        try:
            begin = time.monotonic() if start is None else start()
        except StoppedBeforeStartError as reason:
            begin, stopped = time.monotonic(), str(reason)
        cpu, unix = time.thread_time(), time.time() + begin - time.monotonic()

        def tick(now: float) -> None:
            if on_progress is not None:
                on_progress(engine.tally.progress(max(0.0, now - begin), engine.running_events()))

        if stopped is not None:
            engine.call_off(begin, stopped)
        else:
            engine.run(begin, tick, PROGRESS_S)
        duration = time.monotonic() - begin
    engine.close()
    tick(begin + duration)
    return _result(plan, part, engine, begin, unix, (duration, time.thread_time() - cpu))


@contextlib.contextmanager
def _no_collecting() -> Iterator[None]:
    collecting = gc.isenabled()
    gc.collect()
    gc.disable()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
        if collecting:
            gc.enable()


def _templates(plan: LoadPlan) -> list[Template]:
    endpoints: dict[tuple[str, str, int, str], Endpoint] = {}
    templates: list[Template] = []
    for number, request in enumerate(plan.requests):
        key = endpoint_key(request)
        if key not in endpoints:
            endpoints[key] = Endpoint(request, plan)
        templates.append(Template(number, request, plan, endpoints[key]))
    return templates


def _tap(on_stream: OnStream) -> Callable[[Flight], Callable[[float, object], None]]:
    def of_flight(flight: Flight) -> Callable[[float, object], None]:
        def take(at: float, record: object) -> None:
            on_stream(flight.index, at - flight.due, record)  # type: ignore[arg-type]

        return take

    return of_flight


def _result(
    plan: LoadPlan,
    shard: Shard,
    engine: Engine,
    begin: float,
    unix: float,
    seconds: tuple[float, float],
) -> LoadResult:
    duration, cpu = seconds
    flights = sorted(engine.flights, key=_index, reverse=True)
    engine.flights = []
    gaps = Sketch()
    slips: list[float] = []
    records = []
    while flights:  # one by one, so that a flight and its record are not both kept
        flight = flights.pop()
        warmup = flight.index < plan.warmup
        record = flight.record(begin, warmup=warmup, keep_gaps=plan.keep_gaps)
        records.append(record)
        if record.started is not None:
            slips.append(record.started)
        if flight.reader is not None and not warmup:
            gaps.add_all(flight.reader.gaps)
    for template in engine.templates:
        if template.spec is not None:
            gaps.merge(template.spec.spilled)
    tally, clock = engine.tally, engine.clock
    slips.sort()
    tally.shorten()
    turns = sorted(tally.turns)
    return LoadResult(
        records=tuple(records),
        planned=shard.share(plan.schedule.count),
        started_at=unix,
        duration=duration,
        instrument=Instrument(
            kernel_stamps=clock.enabled and clock.unstamped * 2 < max(1, tally.reads),
            loop_lag_p99=nearest_rank(turns, 0.99),
            loop_lag_max=tally.longest_turn,
            slip_p50=nearest_rank(slips, 0.5),
            slip_p99=nearest_rank(slips, 0.99),
            slip_max=slips[-1] if slips else float("inf"),
            cpu_seconds=cpu,
            events=tally.streamed,
            reads=tally.reads,
            unstamped_reads=clock.unstamped,
            clock_steps=clock.steps,
            clock_step_max=clock.step_max,
            held_back=tally.held_back,
            seconds=max(0.0, duration),
            requests=len(slips),
            lags=tally.lags,
            slips=delays_of((slip, 1) for slip in slips[bisect(slips, SMALLEST) :]),
        ),
        aborted=engine.aborted,
        gap_sketch=gaps,
    )


def _index(flight: Flight) -> int:
    return flight.index
