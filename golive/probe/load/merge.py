"""One result from the results of several workers of one run on one host."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

from golive.probe.load.delays import added
from golive.probe.load.record import RequestRecord
from golive.probe.load.result import Calibration, Instrument, LoadProgress, LoadResult
from golive.probe.load.sketch import Sketch
from golive.probe.load.tally import nearest_rank


def merge_results(
    results: Sequence[LoadResult],
    *,
    planned: int,
    lost: Sequence[str] = (),
    calibration: Calibration | None = None,
) -> LoadResult:
    """The *results* of workers that began together, as one.

    *planned* is what all workers, the *lost* ones included, should have sent. Slips are those
    of all requests; other figures of the instrument are the worst of any worker. Without
    *calibration* the worst of the workers' own stands. No result at all is an empty one.
    """
    records = sorted((r for one in results for r in one.records), key=_index)
    gaps = Sketch()
    for one in results:
        gaps.merge(one.gap_sketch)
    instrument = merge_instruments([one.instrument for one in results], records)
    if calibration is not None:
        instrument = dataclasses.replace(
            instrument,
            floor_p50=calibration.floor_p50,
            floor_p99=calibration.floor_p99,
            error_p50=calibration.error_p50,
            error_p99=calibration.error_p99,
            calibration_problem=calibration.problem,
        )
    return LoadResult(
        records=tuple(records),
        planned=planned,
        started_at=min((one.started_at for one in results), default=0.0),
        duration=max((one.duration for one in results), default=0.0),
        instrument=instrument,
        lost=(*lost, *(name for one in results for name in one.lost)),
        aborted=next((one.aborted for one in results if one.aborted), ""),
        gap_sketch=gaps,
    )


def merge_instruments(
    instruments: Sequence[Instrument], records: Sequence[RequestRecord]
) -> Instrument:
    """The *instruments* that made *records*, as one; +inf for every figure if there is none."""
    slips = sorted(r.started for r in records if r.started is not None)

    def worst(name: str) -> float:
        return max((getattr(one, name) for one in instruments), default=math.inf)

    def total(name: str) -> int:
        return sum(getattr(one, name) for one in instruments)

    return Instrument(
        kernel_stamps=bool(instruments) and all(one.kernel_stamps for one in instruments),
        floor_p50=worst("floor_p50"),
        floor_p99=worst("floor_p99"),
        error_p50=worst("error_p50"),
        error_p99=worst("error_p99"),
        loop_lag_p99=worst("loop_lag_p99"),
        loop_lag_max=worst("loop_lag_max"),
        slip_p50=nearest_rank(slips, 0.5),
        slip_p99=nearest_rank(slips, 0.99),
        slip_max=slips[-1] if slips else math.inf,
        cpu_seconds=sum(one.cpu_seconds for one in instruments),
        events=total("events"),
        reads=total("reads"),
        unstamped_reads=total("unstamped_reads"),
        clock_steps=total("clock_steps"),
        clock_step_max=max(
            (one.clock_step_max for one in instruments if one.clock_steps), default=0.0
        ),
        workers=total("workers"),
        held_back=total("held_back"),
        seconds=sum(one.seconds for one in instruments),
        requests=total("requests"),
        lags=added(*(one.lags for one in instruments)),
        slips=added(*(one.slips for one in instruments)),
        calibration_problem=next(
            (one.calibration_problem for one in instruments if one.calibration_problem),
            "" if instruments else "no worker gave a result",
        ),
    )


def merge_progress(parts: Sequence[LoadProgress]) -> LoadProgress:
    """The state of all workers: sums, the latest time, the worst percentiles."""

    def worst(values: list[float | None]) -> float | None:
        return max((v for v in values if v is not None), default=None)

    return LoadProgress(
        done=sum(p.done for p in parts),
        failed=sum(p.failed for p in parts),
        in_flight=sum(p.in_flight for p in parts),
        sent=sum(p.sent for p in parts),
        events=sum(p.events for p in parts),
        seconds=max((p.seconds for p in parts), default=0.0),
        first_content_p50=worst([p.first_content_p50 for p in parts]),
        first_content_p95=worst([p.first_content_p95 for p in parts]),
    )


def _index(record: RequestRecord) -> int:
    return record.index
