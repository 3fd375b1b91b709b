"""All user requests that golive sent, counted from the parts that sent them. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from golive.api import Outcome
from golive.objectives import Goal
from golive_gates.slo.measure import planned_outcome, reached
from golive_gates.slo.parts import FlowStep, ProjectFlows, Streams, Traffic
from golive_gates.slo.settings import Settings
from golive_gates.slo.streams_seen import broken, refused_by_target


@dataclass(frozen=True, slots=True)
class Share:
    """What one kind of traffic adds. ``owner``: the check that already fails for its failures."""

    name: str
    n: int
    failures: int
    client_errors: int = 0
    owner: str = ""


def of_traffic(part: Traffic) -> Share:
    """The further request mix."""
    return Share("traffic", part.done, part.failures, part.client_errors)


def of_flows(part: ProjectFlows | None) -> Share:
    """Steps of the project flows; a wrong value under 2xx is no HTTP error."""
    if part is None:
        return Share("flows", 0, 0)
    steps = [s for f in part.flows for s in f.steps]
    refused = sum(_refused(s) for s in steps)
    failures = sum(_failed(s) for s in steps)
    return Share("flows", len(steps) - refused, failures, refused, owner="slo.project-api")


def of_streams(part: Streams | None, goal: Goal | None, settings: Settings) -> Share:
    """Streams; an owner only if a stream check really fails because of them."""
    if part is None:
        return Share("streams", 0, 0)
    refused = sum(refused_by_target(s) for s in part.samples)
    failures = sum(broken(s) for s in part.samples)
    n = len(part.samples)
    owner = ""
    if goal is not None:
        late = sum(t > goal.threshold for t in reached(s.first_content for s in part.samples))
        if n and _refuted(part, late, goal.success, settings):
            owner = "slo.sse-first-event"
    cut = any(broken(s) and s.first_content is not None for s in part.samples)
    if cut and _refuted(part, failures, settings.completion_objective, settings):
        owner = "slo.sse-complete"
    return Share("streams", n - refused, failures, refused, owner)


def _refuted(part: Streams, failures: int, objective: float, settings: Settings) -> bool:
    n = len(part.samples)
    outcome = planned_outcome(part.planned, n, failures, objective, settings.confidence)
    return outcome is Outcome.REFUTED


def _failed(step: FlowStep) -> bool:
    return step.status is None or step.status >= 500


def _refused(step: FlowStep) -> bool:
    return not step.ok and step.status is not None and 400 <= step.status < 500
