"""Counts, rates and the instrument's own figures of a load run. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from golive.cli.load_summary import ClusterWorker, OutcomeCount, OwnError, Together
from golive.probe.load import Instrument, LoadResult, RequestOutcome, RequestRecord
from golive.probe.load.cluster_result import ClusterResult
from golive.probe.load.cluster_summary import Limits

_CUT_OFF = frozenset({RequestOutcome.UNSENT, RequestOutcome.UNFINISHED})


def outcomes(
    records: Sequence[RequestRecord], excerpt: Callable[[str], str]
) -> tuple[OutcomeCount, ...]:
    """Each outcome with its number, OK first and then the most frequent."""
    counts = Counter(r.outcome for r in records)
    examples = {r.outcome: r.detail for r in reversed(records) if r.detail}
    order = sorted(counts, key=lambda o: (o is not RequestOutcome.OK, -counts[o], o.value))
    return tuple(
        OutcomeCount(
            o.value, counts[o], "" if o is RequestOutcome.OK else excerpt(examples.get(o, ""))
        )
        for o in order
    )


def statuses(records: Sequence[RequestRecord]) -> tuple[tuple[str, int], ...]:
    """Each HTTP status that was seen with its number."""
    return tuple(sorted(Counter(str(r.status) for r in records if r.status is not None).items()))


def ended_per_second(judged: Sequence[RequestRecord]) -> float:
    """Requests/s that ended by themselves, well or badly, over the time that they took."""
    return _per_second(judged, sum(r.outcome not in _CUT_OFF for r in judged))


def goodput(judged: Sequence[RequestRecord], limits: Limits) -> float:
    """Requests/s that succeeded within every limit, over the same time."""
    return _per_second(judged, sum(map(limits.met_by, judged)))


def most_in_flight(records: Sequence[RequestRecord], workers: int) -> int:
    """The most requests that one of *workers* had open at a time; they deal them out in turn."""
    steps: list[list[tuple[float, int]]] = [[] for _ in range(workers)]
    for record in records:
        if record.started is not None and record.ended is not None:
            mine = steps[record.index % workers]
            mine.append((record.scheduled + record.started, 1))
            mine.append((record.scheduled + record.ended, -1))
    most = 0
    for mine in steps:
        open_now = 0
        for _, step in sorted(mine):
            open_now += step
            most = max(most, open_now)
    return most


def together(result: LoadResult, excerpt: Callable[[str], str]) -> Together | None:
    """How the workers of a cluster began; ``None`` for a run on one machine."""
    if not isinstance(result, ClusterResult):
        return None
    return Together(
        start_skew=result.start_skew,
        start_uncertainty=result.start_uncertainty,
        workers=tuple(
            ClusterWorker(
                name=excerpt(worker.label),
                planned=worker.planned,
                received=worker.received,
                lost=excerpt(worker.lost),
                late=worker.late,
                start_uncertainty=worker.start_uncertainty,
            )
            for worker in result.workers
        ),
    )


def own_error(instrument: Instrument) -> OwnError:
    """The instrument's figures for the document."""
    return OwnError(
        kernel_stamps=instrument.kernel_stamps,
        floor_p50=instrument.floor_p50,
        floor_p99=instrument.floor_p99,
        error_p50=instrument.error_p50,
        error_p99=instrument.error_p99,
        loop_lag_p99=instrument.loop_lag_p99,
        loop_lag_max=instrument.loop_lag_max,
        slip_p50=instrument.slip_p50,
        slip_p99=instrument.slip_p99,
        slip_max=instrument.slip_max,
        cpu_seconds=instrument.cpu_seconds,
        reads=instrument.reads,
        unstamped_reads=instrument.unstamped_reads,
        clock_steps=instrument.clock_steps,
        workers=instrument.workers,
        held_back=instrument.held_back,
        calibration_problem=instrument.calibration_problem,
    )


def _per_second(judged: Sequence[RequestRecord], count: int) -> float:
    # The due time of a request that was never sent may lie far behind the end of the run.
    sent = [r for r in judged if r.outcome is not RequestOutcome.UNSENT and r.ended is not None]
    if not sent:
        return 0.0
    begin = min(r.scheduled for r in sent)
    seconds = max(r.scheduled + (r.ended or 0.0) for r in sent) - begin
    return count / seconds if seconds > 0 else 0.0
