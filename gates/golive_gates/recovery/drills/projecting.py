"""How long a restoration of the production size would take, from what a drill measured. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from golive_gates.recovery.drills.records import Phase, Projection

APART = 1.5
"""Sizes have to differ by this factor before a slope is drawn through them."""


def total(phases: Sequence[Phase]) -> float:
    """Seconds of all phases together."""
    return sum(p.seconds for p in phases)


def project(
    size: int, phases: Sequence[Phase], measured: int, others: Sequence[tuple[int, float]] = ()
) -> Projection:
    """The time for *size* bytes.

    ``phases`` took what they did for ``measured`` bytes; ``others`` are further sizes with the
    seconds of the growing phases. The slope is the least-squares line through sizes that are far
    enough apart, never below 0; with one size it is the seconds for each byte, which counts what
    is fixed as growing and so errs to the long side.
    """
    growing = sum(p.seconds for p in phases if p.scales)
    fixed = sum(p.seconds for p in phases if not p.scales)
    points = [(measured, growing), *others]
    sizes = [s for s, _ in points]
    if len(points) > 1 and min(sizes) > 0 and max(sizes) >= APART * min(sizes):
        mean_x, mean_y = sum(sizes) / len(points), sum(t for _, t in points) / len(points)
        spread = sum((s - mean_x) ** 2 for s in sizes)
        slope = max(0.0, sum((s - mean_x) * (t - mean_y) for s, t in points) / spread)
        base = fixed + max(0.0, mean_y - slope * mean_x)
        count = len(set(sizes))
    else:
        slope, base, count = growing / max(1, measured), fixed, 1
    return Projection(size, measured, base + slope * size, slope, base, count)
