"""The window cut into slices, and what slices count. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from golive_gates.slo.parts import Reading, Short
from golive_gates.slo.window import EPS, contradiction

SLICES = 720
"""Slices of the main window unless the SLO fixes them: one hour each in 30 days."""
SCRAPES = 4
"""A slice spans at least so many scrapes, so that one lost scrape is no hole."""
EVEN = 60.0
"""Long slices are whole minutes, so that looks of one distance fit into each alike."""
LOOKS = 12
"""Moments of a slice at which it is asked whether there is any sample."""
LOOKBACK = 300.0
"""Age at which a sample no longer counts as present (Prometheus' default)."""
FINER = 12
"""A short window may be widened to one slice by so much: a rule's long window to its short."""
CHUNK = 10_000
"""Points of one range query; Prometheus refuses more than 11,000."""

Values = tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """Slices of *step* seconds that end at ``end``; ``times`` are their ends, old to new."""

    window: float
    step: float
    end: float

    @property
    def count(self) -> int:
        """Whole slices in the window."""
        return max(1, int(self.window // self.step))

    @property
    def times(self) -> list[float]:
        """Ends of the slices."""
        return [self.end - self.step * i for i in range(self.count - 1, -1, -1)]

    @property
    def chunks(self) -> list[list[float]]:
        """The times, as many as one query may ask for."""
        times = self.times
        return [times[i : i + CHUNK] for i in range(0, len(times), CHUNK)]

    def look(self, scrape: float) -> float | None:
        """Distance of the looks for holes in a slice; ``None`` where it is too short for them.

        It divides the slice, for looks fall on multiples of it and each slice must hold as many.
        """
        if self.step < 2 * LOOKBACK:
            return None
        each = (self.step / n for n in range(LOOKS, 1, -1) if self.step % n == 0)
        return next((seconds for seconds in each if seconds >= scrape), None)


def grid(window: float, scrape: float, end: float, fixed: float | None = None) -> Grid:
    """The grid of a window; *fixed*: the slice length that the SLO demands."""
    step = fixed or max(math.ceil(window / SLICES), math.ceil(SCRAPES * scrape))
    if not fixed and step >= 2 * LOOKBACK:
        step = math.ceil(step / EVEN) * EVEN
    return Grid(window, float(max(1, round(min(step, window)))), end)


def judged_slices(
    values: Values, good: Callable[[float], bool], traffic: Values | None = None
) -> tuple[Values, Values]:
    """``(total, bad)`` of each slice as 1/0 from its figure; no traffic is 0 of 0, not good."""
    total: list[float | None] = []
    bad: list[float | None] = []
    for i, value in enumerate(values):
        quiet = traffic is not None and traffic[i] == 0
        if quiet or value is None:
            total.append(0.0 if quiet else None)
            bad.append(0.0 if quiet else None)
        else:
            total.append(1.0)
            bad.append(0.0 if good(value) else 1.0)
    return tuple(total), tuple(bad)


def ratios(bad: Values, total: Values) -> Values:
    """Success ratio of each slice; ``None`` without data or traffic."""
    return tuple(
        None if b is None or not t else min(1.0, max(0.0, 1 - b / t))
        for b, t in zip(bad, total, strict=True)
    )


def odd_count(query: str, bad: Values, total: Values, *, counts_bad: bool) -> Reading | None:
    """The first slice whose part outnumbers its whole, which no extrapolation explains."""
    for b, t in zip(bad, total, strict=True):
        if b is not None and t is not None and contradiction(b, t) is not None:
            counted = b if counts_bad else t - b
            return Reading(query, None, "slice-contradictory", f"{counted:g} > {t:g}")
    return None


def odd_ratio(query: str, values: Values) -> Reading | None:
    """The first slice whose ratio is none, as a percentage is not."""
    odd = next((v for v in values if v is not None and not -EPS <= v <= 1 + EPS), None)
    return None if odd is None else Reading(query, None, "slice-out-of-range", f"{odd:g}")


def summed(query: str, values: Sequence[float | None]) -> Reading:
    """Sum over the slices that have data; none at all is no number."""
    known = [v for v in values if v is not None]
    return Reading(query, math.fsum(known)) if known else Reading(query, None, "prom-empty")


def short_from_slices(
    query: str, total: Values, bad: Values, step: float, windows: Sequence[float]
) -> tuple[Short, ...]:
    """Short windows counted in slices: at least the newest one, unless it is far too long."""
    found = []
    for seconds in windows:
        if seconds * FINER < step:
            gap = Reading(query, None, "slices-too-long", f"{step:g} s")
            found.append(Short(seconds, gap, gap))
        else:
            count = max(1, int(seconds // step))
            found.append(Short(seconds, summed(query, bad[-count:]), summed(query, total[-count:])))
    return tuple(found)
