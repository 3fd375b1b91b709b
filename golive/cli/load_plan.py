"""From the options of ``golive load`` to a plan, with the warm-up before what is judged."""

from __future__ import annotations

import bisect
import math
from array import array
from dataclasses import dataclass
from functools import lru_cache

from golive.cli.probe_request import Prepared, seconds
from golive.config.quantities import parse_ratio
from golive.errors import UsageError
from golive.probe.load import Arrival, LoadPlan, Schedule
from golive.probe.load.cluster_summary import Limits

DEFAULT_RATE = 10.0
DEFAULT_DURATION = "30s"
DEFAULT_WARMUP = "3s"
DEFAULT_OBJECTIVE = 0.95
MARGIN = 5.0
"""Seconds after the last time limit at which whatever still runs is cut off."""
LONGEST = 6 * 3600.0


@dataclass(frozen=True, slots=True)
class PaceOptions:
    """How much is sent and when, as it was given."""

    rate: float | None = None
    start_rate: float | None = None
    arrival: Arrival | None = None
    users: int | None = None
    seed: int = 0
    duration: str | None = None
    count: int | None = None
    warmup: str | None = None
    stall_after: str = "5s"
    max_in_flight: int = 10_000
    keep_alive: bool = True


@dataclass(frozen=True, slots=True)
class Aim:
    """The claim that is judged: at least *objective* of requests succeed within *threshold* s.

    *threshold* ``None``: they succeed at all. The time is that to the first content of a stream,
    and to the last byte of a plain answer.
    """

    objective: float
    threshold: float | None = None


def plan_of(prepared: Prepared, pace: PaceOptions) -> LoadPlan:
    """The plan. Raises ``UsageError`` for options that contradict each other."""
    timeout = prepared.request.timeout
    try:
        schedule, warmup = _closed(pace) if _is_closed(pace) else _open(pace)
        lasts = _lasts(schedule, timeout)
        if lasts > LONGEST:
            msg = f"the run could take {lasts / 3600:.1f} h, more than {LONGEST / 3600:.0f} h"
            raise UsageError(msg, "lower --duration, --count or --timeout")
        return LoadPlan(
            requests=(prepared.request,),
            schedule=schedule,
            warmup=warmup,
            max_in_flight=pace.max_in_flight,
            stall_after=seconds(pace.stall_after, "--stall-after"),
            keep_alive=pace.keep_alive,
            verify=prepared.verify,
            ca_file=prepared.ca_file,
            deadline=lasts,
        )
    except ValueError as error:
        raise UsageError(str(error), "see golive load --help") from None


def limits_of(
    aim: Aim | None, max_gap: str | None, max_time: str | None, *, streams: bool
) -> Limits | None:
    """What a request must meet to count as goodput; ``None``: nothing was asked for."""
    if aim is None and max_gap is None and max_time is None:
        return None
    if max_gap is not None and not streams:
        raise UsageError(
            "--max-gap is for streams: a plain answer has no pieces of content",
            "add --sse, or give --max-time",
        )
    threshold = None if aim is None else aim.threshold
    whole = None if max_time is None else seconds(max_time, "--max-time")
    gap = None if max_gap is None else seconds(max_gap, "--max-gap")
    if streams:
        return Limits(first_content=threshold, gap=gap, latency=whole)
    given = [limit for limit in (threshold, whole) if limit is not None]
    return Limits(latency=min(given, default=None))


@lru_cache(maxsize=1)
def due_times(schedule: Schedule) -> array[float]:
    """``schedule.offsets()``, reckoned once for all who ask. Not to be changed."""
    return schedule.offsets()


def aim_of(threshold: str | None, objective: str | None) -> Aim | None:
    """What was asked to be proven; ``None``: nothing. Raises ``UsageError``."""
    if threshold is None and objective is None:
        return None
    limit = None if threshold is None else seconds(threshold, "--threshold")
    if objective is None:
        return Aim(DEFAULT_OBJECTIVE, limit)
    try:
        ratio = parse_ratio(objective)
    except ValueError as error:
        msg = f"--objective {objective}: {error}"
        raise UsageError(msg, "write --objective 95%") from None
    if not 0 < ratio < 1:
        msg = f"--objective {objective}: no finite sample can prove or refute it"
        raise UsageError(msg, "choose an objective between 0% and 100%, both excluded")
    return Aim(ratio, limit)


def _is_closed(pace: PaceOptions) -> bool:
    closed = pace.arrival is Arrival.CLOSED or (pace.arrival is None and pace.users is not None)
    if not closed and pace.users is not None:
        raise UsageError("--users is for a closed loop", "add --arrival closed, or give --rate")
    if closed and (pace.rate is not None or pace.start_rate is not None):
        raise UsageError("a closed loop has no rate: its answers set it", "drop --rate")
    if closed and (pace.count is None or pace.duration is not None):
        raise UsageError(
            "a closed loop is planned by its number of requests: it has no rate of its own",
            "give --count, and no --duration",
        )
    if pace.count is not None and pace.duration is not None:
        raise UsageError("--count and --duration exclude each other", "give one of them")
    return closed


def _closed(pace: PaceOptions) -> tuple[Schedule, int]:
    """Its warm-up is the first request of each user, which opens the connection."""
    users, count = pace.users or 1, pace.count or 1
    warm = pace.warmup is None or seconds(pace.warmup, "--warmup", zero=True) > 0
    warmup = users if warm else 0
    return Schedule(Arrival.CLOSED, count + warmup, concurrency=users), warmup


def _open(pace: PaceOptions) -> tuple[Schedule, int]:
    arrival = pace.arrival or Arrival.CONSTANT
    rate = DEFAULT_RATE if pace.rate is None else pace.rate
    start = pace.start_rate or 0.0
    if arrival is not Arrival.RAMP and pace.start_rate is not None:
        raise UsageError("--start-rate is for a ramp", "add --arrival ramp")
    before = seconds(pace.warmup or DEFAULT_WARMUP, "--warmup", zero=True)
    mean = (start + rate) / 2 if arrival is Arrival.RAMP else rate
    if not 0 < mean < math.inf:
        msg = f"a rate must be above 0, got {rate:g}"
        raise UsageError(msg, "write --rate 10")
    if pace.count is None:
        lasts = before + seconds(pace.duration or DEFAULT_DURATION, "--duration")
        total = math.ceil(mean * lasts - 1e-9)
    else:
        # Of a ramp, the warm-up is its beginning: it has no other rate to warm up with.
        total = pace.count + (0 if arrival is Arrival.RAMP else math.ceil(mean * before - 1e-9))
    schedule = Schedule(arrival, total, rate=rate, start_rate=start, seed=pace.seed)
    if pace.count is not None and arrival is not Arrival.RAMP:
        return schedule, total - pace.count
    warmup = bisect.bisect_left(due_times(schedule), before - 1e-9) if before > 0 else 0
    if warmup >= total:
        msg = f"all {total} requests would be warm-up"
        raise UsageError(msg, "lower --warmup, or send more")
    return schedule, warmup


def _lasts(schedule: Schedule, timeout: float) -> float:
    if schedule.is_open:
        return due_times(schedule)[-1] + timeout + MARGIN
    return math.ceil(schedule.count / schedule.concurrency) * timeout + MARGIN
