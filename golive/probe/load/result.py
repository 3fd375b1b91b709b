"""What a whole load run measured, and how far the instrument itself can be trusted."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from golive.probe.load.delays import SMALLEST, Delays, beyond
from golive.probe.load.record import RequestRecord
from golive.probe.load.sketch import Sketch

_MOST_SPOILED = 0.01
_MOST_UNSTAMPED = 0.03
_FEW_READS = 3
_LIMIT = "{limit}"


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
    a ready socket waited (gathering apart); the maximum also covers waits from which it was
    woken too late. *slip*: how late requests were taken up against the schedule, *held_back*
    of them because ``max_in_flight`` was reached.

    *lags*: the time that the loop was held up, of *seconds* altogether, and the requests whose
    sending (without kernel stamps: whose times) that may have delayed. *slips*: the requests
    that were taken up late, of *requests* altogether. *clock_steps* jumps of the clock behind
    the stamps were found, of *clock_step_max* s at most. Figures of several workers are the
    worst of them, sums for counts, distributions, *seconds* and *cpu_seconds*.
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
    clock_step_max: float = math.inf
    seconds: float = 0.0
    requests: int = 0
    lags: Delays = ()
    slips: Delays = ()

    def problem(
        self, threshold: float, share: float = 0.1, *, quantile: float = 0.99
    ) -> str | None:
        """Why a figure judged against *threshold* s is void; ``None``: the instrument is fit.

        It is void unless everything that the instrument itself adds stays within *share* of
        the threshold: an unmeasured quantity counts as infinite. *quantile* is the one that the
        threshold is set for (an objective of 99.9 %: 0.999): being late, or held up, for longer
        may befall 1 - *quantile* of the requests and of the time, 1 % at most. Stamps that were
        claimed and did not come (3 % of the reads, and more than 3) void it too, and so does a
        step of their clock by more. ``ValueError`` unless *threshold* > 0, 0 < *share* <= 1 and
        0 < *quantile* < 1.
        """
        if not (threshold > 0 and 0 < share <= 1):
            message = f"threshold and share must be positive, got {threshold} and {share}"
            raise ValueError(message)
        if not 0 < quantile < 1:
            message = f"quantile must lie between 0 and 1, got {quantile}"
            raise ValueError(message)
        if self.calibration_problem:
            return f"the instrument is not calibrated: {self.calibration_problem}"
        allowed, budget = threshold * share, min(_MOST_SPOILED, 1 - quantile)
        found = (
            self._too_large(allowed, budget)
            or self._stamps(allowed)
            or self._spoiled(allowed, budget)
        )
        if not found:
            return None
        held = f", {self.held_back} requests held back" if self.held_back else ""
        of = f"{share:.0%} of the threshold of {threshold * 1e3:.4g} ms"
        return found.replace(_LIMIT, of) + held

    def _too_large(self, allowed: float, budget: float) -> str:
        """The first single figure beyond *allowed*."""
        figures = [
            ("its floor (p99)", self.floor_p99),
            ("its time-stamp error (p99)", self.error_p99),
            ("its schedule slip (p99)", self.slip_p99),
        ]
        if not self.seconds or allowed < SMALLEST:
            figures.append(("its loop lag (p99)", self.loop_lag_p99))
        if budget < _MOST_SPOILED:  # what is not known at the quantile is its maximum
            figures += [("its schedule slip", self.slip_max)] * (not self.requests)
            figures += [("its loop lag", self.loop_lag_max)] * (not self.seconds)
        for name, value in figures:
            if not value <= allowed:
                return f"{name} of {value * 1e3:.3g} ms is more than {_LIMIT}"
        return ""

    def _stamps(self, allowed: float) -> str:
        """What is wrong with the time stamps."""
        if not self.kernel_stamps:
            return ""
        if self.unstamped_reads > max(_FEW_READS, _MOST_UNSTAMPED * self.reads):
            part = f"{self.unstamped_reads:,} of {self.reads:,} reads"
            return f"{part} came without the kernel time stamp that the others had"
        if self.clock_steps and not self.clock_step_max <= allowed:
            by = f"{self.clock_step_max * 1e3:.4g} ms"
            return f"the clock of its time stamps was stepped by {by}, more than {_LIMIT}"
        return ""

    def _spoiled(self, allowed: float, budget: float) -> str:
        """Whether more than *budget* of the requests or of the time were delayed too long."""
        _, late = beyond(self.slips, allowed)
        if late > budget * self.requests:
            part = f"{late:,} of {self.requests:,} requests"
            return f"its schedule slip was more than {_LIMIT} for {part}"
        seconds, met = beyond(self.lags, allowed)
        if seconds > budget * self.seconds:
            part = f"{seconds:.3g} s of {self.seconds:.4g} s"
        elif met > budget * self.requests:
            part = f"{met:,} of {self.requests:,} requests"
        else:
            return ""
        return f"its loop was held up longer than {_LIMIT} for {part}"


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
    records are ``missing``, from every figure here too, and whoever judges must count them (in
    a percentile: as never answered). *aborted*: why the run was cut short, or "". *gap_sketch*
    holds every gap of the judged streams, whatever ``keep_gaps`` kept (relative error 1 %).
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
        """The records without the warm-up; what is ``missing`` is not among them."""
        return tuple(r for r in self.records if not r.warmup)

    @property
    def missing(self) -> int:
        """How many of the planned requests have no record, because their worker was lost."""
        return self.planned - len(self.records)

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
        meets it. 0.0 when nothing was judged. Requests that are ``missing`` count for nothing,
        so with any of them this is what is known at least.
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
