"""Adding up what the workers of a run brought home."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from golive.probe.load.cluster_order import Part
from golive.probe.load.cluster_result import ClusterResult, WorkerReport
from golive.probe.load.cluster_run import Conductor
from golive.probe.load.cluster_seat import Seat
from golive.probe.load.cluster_summary import Limits, Summary
from golive.probe.load.merge import merge_instruments
from golive.probe.load.plan import LoadPlan
from golive.probe.load.result import Instrument
from golive.probe.load.sketch import Sketch


def merged(
    plan: LoadPlan, conductor: Conductor, limits: Limits, *, records_kept: bool
) -> ClusterResult:
    """The result of the whole run; what is missing is named, never left out."""
    seats = conductor.seats
    parts = [seat.part for seat in seats if seat.part is not None]
    reports = tuple(_report(seat) for seat in seats)
    templates = [Summary() for _ in plan.requests]
    gaps = Sketch()
    for part in parts:
        gaps.merge(part.gap_sketch)
        for mine, one in zip(templates, part.templates, strict=True):
            mine.merge(one)
    skew, uncertainty = _skew(reports)
    stopped = {part.stopped for part in parts if part.stopped}
    return ClusterResult(
        records=tuple(sorted((r for p in parts for r in p.records), key=lambda r: r.index)),
        planned=plan.schedule.count,
        started_at=conductor.started_at,
        duration=max((part.duration for part in parts), default=0.0),
        instrument=_instrument(parts, records_kept=records_kept),
        lost=tuple(_loss(report) for report in reports if report.lost),
        aborted=conductor.aborted or "; ".join(sorted(stopped)),
        gap_sketch=gaps,
        workers=reports,
        templates=tuple(templates),
        limits=limits,
        records_kept=records_kept,
        start_skew=skew,
        start_uncertainty=uncertainty,
    )


def _instrument(parts: Sequence[Part], *, records_kept: bool) -> Instrument:
    """Exact slips where the records are here, otherwise the worst worker's."""
    each = [part.instrument for part in parts if part.instrument is not None]
    whole = merge_instruments(each, [r for part in parts for r in part.records])
    if records_kept or not each:
        return whole
    return replace(
        whole,
        slip_p50=max(one.slip_p50 for one in each),
        slip_p99=max(one.slip_p99 for one in each),
        slip_max=max(one.slip_max for one in each),
    )


def _report(seat: Seat) -> WorkerReport:
    part, host = seat.part, seat.member.host
    received = 0 if part is None else part.received
    lost = seat.lost
    if not lost and part is None:
        lost = "it was stopped before it began"
    elif not lost and received != seat.planned:
        lost = f"it gave {received} results for {seat.planned} requests"
    return WorkerReport(
        address=seat.member.address,
        host=host.name,
        pid=host.pid,
        shard=seat.shard.index,
        planned=seat.planned,
        received=received,
        lost=lost,
        sent_at_least=received if seat.progress is None else max(received, seat.progress.sent),
        late=math.inf if part is None else part.late,
        clock=seat.clock,
        start_uncertainty=seat.start_uncertainty if seat.clock is not None else math.inf,
        instrument=None if part is None else part.instrument,
    )


def _loss(report: WorkerReport) -> str:
    return (
        f"{report.address} ({report.label}): {report.missing} of {report.planned} requests "
        f"missing, at least {report.sent_at_least} of them sent: {report.lost}"
    )


def _skew(reports: Sequence[WorkerReport]) -> tuple[float, float]:
    """Between the first and the last to begin, and how far that may be off."""
    late = [report.late for report in reports if math.isfinite(report.late)]
    unsure = [report.start_uncertainty for report in reports if math.isfinite(report.late)]
    if len(late) < len(reports) or not late:
        return math.inf, math.inf
    two_worst = sorted(unsure)[-2:]
    return max(late) - min(late), sum(two_worst) if len(reports) > 1 else 0.0
