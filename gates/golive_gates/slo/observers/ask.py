"""What the history observer asks for, from the configuration alone."""

from __future__ import annotations

from dataclasses import dataclass

from golive.api import Indicator, Prometheus, Reason, Scope, Slo, Unavailable
from golive.objectives import AVAILABILITY, Goal, goal_of
from golive_gates.slo.burn import SHORT_WINDOWS
from golive_gates.slo.promql import Queries, queries_for
from golive_gates.slo.slices import Grid, grid


@dataclass(frozen=True, slots=True)
class Ask:
    """All that is asked for: the indicator in PromQL, and the grid."""

    goal: Goal
    slo: Slo
    indicator: Indicator
    queries: Queries
    prometheus: Prometheus
    grid: Grid

    @property
    def by_slices(self) -> bool:
        """Whether slices are counted rather than requests."""
        return self.slo.budgeting.value == "Timeslices" or self.indicator.kind == "value"

    @property
    def look(self) -> float | None:
        """Distance of the looks for holes inside a slice; ``None``: none are taken."""
        if not self.queries.present:
            return None
        return self.grid.look(self.prometheus.scrape_interval)

    @property
    def shorts(self) -> list[float]:
        """Short windows that are shorter than the main one."""
        return [w for w in SHORT_WINDOWS if w < self.goal.window]


def asked(scope: Scope, end: float) -> Ask | Unavailable:
    """What to ask for at time *end*, or what the configuration lacks for it."""
    prometheus, slo = scope.config.prometheus, scope.config.slo(AVAILABILITY)
    goal = goal_of(slo, AVAILABILITY)
    if isinstance(goal, Unavailable):
        return goal
    if prometheus is None:
        return Unavailable(Reason("core.needs-prometheus"))
    if slo is None or not goal.window:
        return Unavailable(Reason("undefined-slo", {"slo": AVAILABILITY}), blocked_by="slo.defined")
    queries = queries_for(slo.indicator) if slo.indicator else None
    if slo.indicator is None or queries is None:
        return Unavailable(Reason("no-indicator", {"slo": AVAILABILITY}))
    if slo.indicator.kind == "value" and slo.threshold is None:
        return Unavailable(Reason("undefined-slo", {"slo": AVAILABILITY}), blocked_by="slo.defined")
    fixed = slo.slice_window if slo.budgeting.value == "Timeslices" else None
    cut = grid(goal.window, prometheus.scrape_interval, end, fixed)
    return Ask(goal, slo, slo.indicator, queries, prometheus, cut)
