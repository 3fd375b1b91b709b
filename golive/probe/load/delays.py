"""How long an instrument held things up, by length: how much time, and how many requests.

Kept by classes of length that grow by 9 %, so that what several loops saw can be added up and
held against any threshold afterwards. A delay counts as long as the longest of its class.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

SMALLEST = 0.00025
"""Shorter delays (s) are not kept."""

Delays = tuple[tuple[int, float, int], ...]
"""Class, seconds in total, requests in total; ascending."""

_CLASSES_PER_DOUBLING = 8
_LONGEST = 1e9


def class_of(seconds: float) -> int:
    """The class of a delay of *seconds*, ``SMALLEST`` or more."""
    return math.ceil(_CLASSES_PER_DOUBLING * math.log2(min(seconds, _LONGEST) / SMALLEST))


def delays_of(delays: Iterable[tuple[float, int]]) -> Delays:
    """From single delays: their seconds and the requests that each met."""
    pairs = ((s, n) for s, n in delays if s > SMALLEST)
    return added(tuple((class_of(seconds), seconds, requests) for seconds, requests in pairs))


def added(*several: Delays) -> Delays:
    """All of *several* in one."""
    sums: dict[int, tuple[float, int]] = {}
    for delays in several:
        for number, seconds, requests in delays:
            before = sums.get(number, (0.0, 0))
            sums[number] = (before[0] + seconds, before[1] + requests)
    return tuple((number, *sums[number]) for number in sorted(sums))


def beyond(delays: Delays, limit: float) -> tuple[float, int]:
    """The seconds and the requests of all that may have been longer than *limit* s."""
    over = [
        (seconds, requests)
        for number, seconds, requests in delays
        if SMALLEST * 2 ** (number / _CLASSES_PER_DOUBLING) > limit
    ]
    return sum(s for s, _ in over), sum(n for _, n in over)
