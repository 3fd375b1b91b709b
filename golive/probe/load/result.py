"""What a whole load run measured, and how far the instrument itself can be trusted."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from golive.probe.load.record import RequestRecord
from golive.probe.load.sketch import Sketch


@dataclass(frozen=True, slots=True)
class Calibration:
    """The instrument against its own loopback responder, just before a run. Times in s.

    *floor*: what the instrument adds to a first content of known delay, from the scheduled
    moment. *error*: how far a time stamp lies from the moment at which the responder sent
    those bytes (so the responder's own send is in it). +inf: not measured, see *problem*.
    """

    floor_p50: float = math.inf
    floor_p99: float = math.inf
    error_p50: float = math.inf
    error_p99: float = math.inf
    samples: int = 0
    kernel_stamps: bool = False
    problem: str = "not calibrated"

    @property
    def done(self) -> bool:
        """Whether it has figures."""
        return not self.problem


@dataclass(frozen=True, slots=True)
class Instrument:
    """The instrument's own share in what it measured. Times in s; +inf where not measured.

    *kernel_stamps*: arrivals were stamped by the kernel (*unstamped_reads* of *reads* were
    not, and were timed by clock). *floor*, *error*: see ``Calibration``; *calibration_problem*
    says why they are missing. *loop_lag*: how long one turn of the loop took, the longest that
    a ready socket waited. *slip*: how late requests were taken up against the schedule,
    *held_back* of them because ``max_in_flight`` was reached. Figures of several workers are
    the worst of them, sums for counts and *cpu_seconds*.
    """

    kernel_stamps: bool
    floor_p50: float = math.inf
    floor_p99: float = math.inf
    error_p50: float = math.inf
    error_p99: float = math.inf
    loop_lag_p99: float = math.inf
    loop_lag_max: float = math.inf
    slip_p50: float = math.inf
    slip_p99: float = math.inf
    slip_max: float = math.inf
    cpu_seconds: float = 0.0
    events: int = 0
    reads: int = 0
    unstamped_reads: int = 0
    clock_steps: int = 0
    workers: int = 1
    held_back: int = 0
    calibration_problem: str = "not calibrated"

    def problem(self, threshold: float, share: float = 0.1) -> str | None:
        """Why a figure judged against *threshold* s is void; ``None``: the instrument is fit.

        It is void unless everything that the instrument itself adds stays within *share* of
        the threshold: an unmeasured quantity counts as infinite. ``ValueError`` unless
        *threshold* > 0 and 0 < *share* <= 1.
        """
        if not (threshold > 0 and 0 < share <= 1):
            message = f"threshold and share must be positive, got {threshold} and {share}"
            raise ValueError(message)
        allowed = threshold * share
        if self.calibration_problem:
            return f"the instrument is not calibrated: {self.calibration_problem}"
        figures = (
            ("its floor (p99)", self.floor_p99),
            ("its time-stamp error (p99)", self.error_p99),
            ("its schedule slip (p99)", self.slip_p99),
            ("its loop lag (p99)", self.loop_lag_p99),
        )
        for name, value in figures:
            if not value <= allowed:
                held = f", {self.held_back} requests held back" if self.held_back else ""
                return (
                    f"{name} of {value * 1e3:.3g} ms is more than "
                    f"{share:.0%} of the threshold of {threshold * 1e3:.4g} ms{held}"
                )
        return None


@dataclass(frozen=True, slots=True)
class LoadProgress:
    """A run so far, warm-up included.

    *failed* is part of *done*; *seconds* since the start. Percentiles in s over the latest
    requests, failures as +inf; ``None`` before any.
    """

    done: int
    failed: int
    in_flight: int
    sent: int
    events: int
    seconds: float
    first_content_p50: float | None = None
    first_content_p95: float | None = None


@dataclass(frozen=True, slots=True)
class LoadResult:
    """*records* are in the order of their index; *planned* is how many there should be.

    *started_at* in unix seconds, *duration* in s. *lost* names each worker that died: its
    records are missing. *aborted*: why the run was cut short, or "". *gap_sketch* holds every
    gap of the judged streams, whatever ``keep_gaps`` kept (relative error 1 %).
    """

    records: tuple[RequestRecord, ...]
    planned: int
    started_at: float
    duration: float
    instrument: Instrument
    lost: tuple[str, ...] = ()
    aborted: str = ""
    gap_sketch: Sketch = field(default_factory=Sketch)

    @property
    def judged(self) -> tuple[RequestRecord, ...]:
        """The records without the warm-up."""
        return tuple(r for r in self.records if not r.warmup)

    @property
    def complete(self) -> bool:
        """Whether every planned request has its record and nothing cut the run short."""
        return not self.lost and not self.aborted and len(self.records) == self.planned

    @property
    def judged_seconds(self) -> float:
        """From the first judged request's scheduled moment to the end of the last, in s."""
        judged = self.judged
        if not judged:
            return 0.0
        begin = min(r.scheduled for r in judged)
        end = max(r.scheduled + (r.ended if r.ended is not None else 0.0) for r in judged)
        return max(0.0, end - begin)

    def goodput(
        self,
        *,
        first_content: float | None = None,
        gap: float | None = None,
        latency: float | None = None,
    ) -> float:
        """Judged requests a second that are ``OK`` and meet every limit given (s, inclusive).

        *gap* limits the longest gap of a stream; one with a single content event has none and
        meets it. 0.0 when nothing was judged.
        """
        seconds = self.judged_seconds
        good = sum(
            r.ok
            and (first_content is None or r.first_content_latency <= first_content)
            and (gap is None or r.max_gap is None or r.max_gap <= gap)
            and (latency is None or r.latency <= latency)
            for r in self.judged
        )
        return good / seconds if seconds > 0 else 0.0
