"""Due times of an open loop, fixed before the first request leaves.

Fixed ahead so that no answer, however late, moves a later request (coordinated omission).
"""

from __future__ import annotations

import math
import random
from array import array

from golive.probe.load.plan import Arrival, Schedule


def offsets(schedule: Schedule) -> array[float]:
    """Due times in s after the start, ascending, the first at 0 unless ``POISSON``."""
    if schedule.arrival is Arrival.CONSTANT:
        return array("d", (i / schedule.rate for i in range(schedule.count)))
    if schedule.arrival is Arrival.POISSON:
        return _poisson(schedule)
    if schedule.arrival is Arrival.RAMP:
        return _ramp(schedule)
    return array("d")


def _poisson(schedule: Schedule) -> array[float]:
    draw = random.Random(schedule.seed).expovariate  # noqa: S311 - reproducible, no secret
    times, now = array("d"), 0.0
    for _ in range(schedule.count):
        now += draw(schedule.rate)
        times.append(now)
    return times


def _ramp(schedule: Schedule) -> array[float]:
    first, last, count = schedule.start_rate, schedule.rate, schedule.count
    # count requests are the area under the rate, so this is how long the ramp takes
    # and how fast the rate changes.
    duration = 2 * count / (first + last)
    slope = (last - first) / duration
    # Smaller root of first*t + slope*t*t/2 = k, in the form that does not cancel; for a falling
    # rate the root's argument may come out a hair below zero.
    return array(
        "d",
        (
            2 * k / (first + math.sqrt(max(0.0, first * first + 2 * slope * k))) if k else 0.0
            for k in range(count)
        ),
    )
