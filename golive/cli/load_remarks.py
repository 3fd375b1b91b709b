"""What a reader of a load run should know beside its figures. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from golive.cli import load_figures
from golive.cli.load_judging import correlation
from golive.cli.load_plan import Aim
from golive.cli.load_summary import OutcomeCount
from golive.cli.probe_screen import counted
from golive.probe.load import Arrival, LoadPlan, LoadResult, RequestRecord
from golive.probe.load.cluster_summary import Limits
from golive.probe.load.plan import CROWD
from golive.rounding import exact


def remarks(
    plan: LoadPlan,
    result: LoadResult,
    aim: Aim | None,
    limits: Limits | None,
    *,
    streams: bool,
    workers: int,
    interrupted: bool,
) -> Iterator[str]:
    """The remarks, the weightiest first."""
    judged = result.judged
    if interrupted:
        yield "interrupted: what had not ended by then is ∞ above and refutes nothing"
    if result.lost:
        missing = result.planned - len(result.records)
        yield (
            f"{len(result.lost)} of {workers} worker(s) died and took {missing} records with "
            "them; those to be judged are ∞ in every percentile"
        )
    yield from _warm_up([r for r in result.records if r.warmup])
    yield from _twice(sum(r.retried for r in result.records))
    yield from _machinery(plan, result)
    if plan.schedule.arrival is Arrival.CLOSED:
        yield (
            "closed loop: a slow answer delays the next request, so slow moments are "
            "sampled less often than users would meet them"
        )
    if streams:
        yield from _together(plan, result, workers)
    yield from _too_coarse(result, limits)
    rho = correlation(judged, aim, streams=streams) or 0.0
    if aim is None and rho > 0.3:  # the verdict reckons with it and says so
        yield (
            f"requests that follow each other resemble each other (correlation {rho:.2f}), so "
            "they prove less than as many independent ones"
        )


def in_words(outcomes: Sequence[OutcomeCount], statuses: Sequence[tuple[str, int]]) -> str:
    """``28 status, 2 refused; HTTP 500 × 28``: what failed, and the statuses that show it."""
    failed = ", ".join(f"{one.count} {one.outcome}" for one in outcomes if one.outcome != "ok")
    bad = ", ".join(f"{status} × {count}" for status, count in statuses if not is_2xx(status))
    return f"{failed}; HTTP {bad}" if failed and bad else failed


def is_2xx(status: str) -> bool:
    """Whether an HTTP status says that all went well."""
    return len(status) == 3 and status.startswith("2")


def _warm_up(warmed: Sequence[RequestRecord]) -> Iterator[str]:
    failed = sum(not r.ok for r in warmed)
    if failed:
        how = in_words(load_figures.outcomes(warmed, lambda _: ""), load_figures.statuses(warmed))
        yield f"{failed} of {len(warmed)} warm-up requests failed, and are not judged: {how}"


def _twice(retried: int) -> Iterator[str]:
    if retried:
        yield (
            f"{counted(retried, 'request')} went out twice, because the server closed a "
            "connection under it without an answer; only what may be repeated is sent again"
        )


def _machinery(plan: LoadPlan, result: LoadResult) -> Iterator[str]:
    own = result.instrument
    if own.held_back:
        yield (
            f"{own.held_back} requests waited for a free slot "
            f"(--max-in-flight {plan.max_in_flight}); their wait counts"
        )
    if own.clock_steps:
        yield f"the clock of the time stamps was set anew {counted(own.clock_steps, 'time')}"
    if own.kernel_stamps and own.unstamped_reads:
        yield (
            f"{own.unstamped_reads:,} of {own.reads:,} reads had no time stamp of the kernel and "
            "were timed when golive came to them"
        )


def _together(plan: LoadPlan, result: LoadResult, workers: int) -> Iterator[str]:
    judged = result.judged
    shared = sum(r.shared_events for r in judged)
    if not shared:
        return
    why = "written together, or buffered"
    if plan.schedule.is_open and plan.gather_reads > 0 and result.instrument.kernel_stamps:
        most = load_figures.most_in_flight(result.records, workers)
        if most >= CROWD:
            why = (
                f"written together, buffered, or less than {plan.gather_reads * 1e3:g} ms apart: "
                f"golive gathers what comes within that when it holds {CROWD} streams or more "
                f"(here up to {most:,}), which moves no time stamp"
            )
    yield f"{shared} of {sum(r.events for r in judged)} events shared a read: {why}"


def _too_coarse(result: LoadResult, limits: Limits | None) -> Iterator[str]:
    given = () if limits is None else (limits.first_content, limits.gap, limits.latency)
    for limit in sorted({one for one in given if one is not None}):
        if problem := result.instrument.problem(limit):
            yield f"goodput within {exact(limit)} s says as much of golive: {problem}"
