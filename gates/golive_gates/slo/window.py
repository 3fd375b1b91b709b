"""What a :class:`History` amounts to: its coverage, and why it may say nothing. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import median

from golive.api import Reason, Unavailable
from golive.stats import effective_n, lag1_autocorrelation
from golive_gates.slo.parts import History, Reading
from golive_gates.slo.settings import Settings

DAY = 86_400.0
SLACK = 0.001
"""Extrapolation lets good exceed total by so much; more is a contradiction."""
EPS = 1e-9
"""Rounding of a ratio that is 0 or 1."""
MINUTE, HOUR = 60.0, 3600.0


@dataclass(frozen=True, slots=True)
class Coverage:
    """Share of the window with data, and how long the history must still grow at its old end.

    ``with_data``: slices with any data; ``thin``: slices with a hole, those without any included.
    """

    share: float
    slices: int
    with_data: int
    missing_before: float
    thin: int = 0

    @property
    def missing(self) -> float:
        """Share of the window without data."""
        return 1 - self.share

    @property
    def days_missing(self) -> float:
        """Days before the first data."""
        return self.missing_before / DAY


def coverage_of(part: History) -> Coverage:
    """Coverage of the window by its slices (no traffic is data, no sample is not).

    A slice counts for the part of it in which there were samples, held against the looks that it
    holds: the median slice alone would hide an outage that comes back in most of them.
    """
    known = [v is not None for v in part.slice_total]
    first = known.index(True) if any(known) else len(known)
    holes = _holes(part)
    share = 1 - math.fsum(holes) / len(holes) if holes else 0.0
    return Coverage(share, len(known), sum(known), first * part.step, sum(h > 0 for h in holes))


def _holes(part: History) -> list[float]:
    """The share of each slice that is missing."""
    seen = part.slice_seen if len(part.slice_seen) == len(part.slice_total) else ()
    usual = median([s for s in seen if s] or [0.0])
    usual = max(usual, part.step // part.look if part.look else 0.0)
    holes = []
    for i, total in enumerate(part.slice_total):
        looks = (seen[i] or 0.0) if seen else usual
        if total is None or (seen and not looks):
            holes.append(1.0)
        else:
            holes.append(0.0 if looks > usual - 0.5 else 1 - looks / usual)
    return holes


def trouble(part: History) -> Reason | None:
    """Why the main window has no usable number, or ``None``."""
    for reading in (part.total, part.bad):
        if reading is not None and reading.value is None:
            return _reason(reading)
    reason = _contradiction(part)
    if reason is not None:
        return reason
    if part.slice_problem:
        query = part.slice_query or part.total.query
        return _reason(Reading(query, None, part.slice_problem, part.slice_detail))
    if part.slice_seen and not any(part.slice_seen):
        return _reason(Reading(part.total.query, None, "prom-empty"))
    if part.warnings:
        return Reason("prom-warnings", {"detail": part.warnings[0], "count": len(part.warnings)})
    return None


def _contradiction(part: History) -> Reason | None:
    """Numbers that cannot be what they should."""
    if part.kind == "raw":
        ratio = part.total.value if part.total.value is not None else -1.0
        each = (ratio, *(v for v in part.slice_total if v is not None))
        odd = next((v for v in each if not -EPS <= v <= 1 + EPS), None)
        return None if odd is None else Reason("out-of-range", {"value": odd})
    total, bad = part.total.value, part.bad.value if part.bad else None
    if total is None or bad is None:
        return Reason("prom-empty", {"query": part.total.query, "detail": ""})
    if total == 0:
        return Reason("no-traffic", {"days": part.window / DAY})
    return contradiction(bad, total)


def contradiction(bad: float, total: float) -> Reason | None:
    """Counts that no extrapolation explains, NaN included."""
    if -(total * SLACK + 1) <= bad <= total * (1 + SLACK) + 1:
        return None
    return Reason("contradictory", {"good": total - bad, "bad": bad, "total": total})


def thin(part: History, settings: Settings) -> Reason | None:
    """Why the window is not covered well enough, or ``None``."""
    seen = coverage_of(part)
    if seen.share >= settings.coverage:
        return None
    params = {
        "coverage": seen.share,
        "needed": settings.coverage,
        "slices": seen.slices,
        "with_data": seen.with_data,
        "days": seen.days_missing,
        "window_days": part.window / DAY,
        "count": seen.thin,
        "hours": round(seen.missing * seen.slices * part.step / HOUR, 3),
    }
    # When the old end alone is missing, waiting cures it; holes have another cause.
    later = seen.slices - round(seen.missing_before / part.step) if part.step else 0
    if later > 0 and seen.share * seen.slices / later >= settings.coverage:
        return Reason("young-history", params)
    inside = later > 0 and seen.with_data / seen.slices >= settings.coverage
    return Reason("holes" if inside else "low-coverage", params)


def weighed(part: History) -> bool:
    """Whether something was counted, rather than a ratio of unknown weight read."""
    return part.weighed and part.kind != "raw"


def gaps(part: History, objective: float, bound: float) -> Reason:
    """What a verdict that hangs on the missing slices lacks. *bound*: the ratio if they failed."""
    seen = coverage_of(part)
    hours = seen.missing * seen.slices * part.step / HOUR
    if seen.days_missing >= 0.1 and math.isclose(hours * HOUR, seen.missing_before):
        params: dict[str, str | int | float] = {"coverage": seen.share, "days": seen.days_missing}
        return Reason("young-history", params | {"window_days": part.window / DAY})
    return Reason(
        "gaps",
        {
            "count": seen.thin,
            "hours": round(hours, 3),
            "budget": (1 - objective) * part.window / MINUTE,
            "days": part.window / DAY,
            "bound": bound,
            "objective": objective,
        },
    )


def ratio_of(part: History) -> float:
    """Success ratio of what was seen. *part* must be free of ``trouble``."""
    if part.kind == "raw":
        return min(max(part.total.value or 0.0, 0.0), 1.0)
    bad, total = bad_and_total(part)
    return 1 - bad / total


def bad_and_total(part: History) -> tuple[float, float]:
    """Counts of the main window, extrapolation slack removed. For ``ratio`` and ``slices``."""
    total = part.total.value or 0.0
    bad = part.bad.value if part.bad and part.bad.value is not None else 0.0
    return min(max(bad, 0.0), total), total


def correlation(part: History) -> float | None:
    """Lag-1 autocorrelation of the failure ratio, slice by slice, where there was traffic."""
    ratios = [
        min(max(bad, 0.0), total) / total
        for bad, total in zip(part.slice_bad, part.slice_total, strict=True)
        if bad is not None and total
    ]
    return lag1_autocorrelation(ratios)


def effective(part: History, settings: Settings) -> tuple[float, float, float | None]:
    """Effective n and failures, and the correlation (``None``: undefined, so one is assumed)."""
    bad, total = bad_and_total(part)
    rho = correlation(part)
    n = effective_n(total, settings.assumed_correlation if rho is None else rho)
    return n, (bad * n / total if total else 0.0), rho


def missing(gap: Unavailable) -> bool:
    """Whether there is no history at all to look at, as opposed to trouble while looking."""
    return gap.reason.code in ("core.needs-prometheus", "no-indicator")


def _reason(reading: Reading) -> Reason:
    return Reason(reading.problem, {"query": reading.query, "detail": reading.detail})
