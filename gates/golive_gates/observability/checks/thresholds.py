"""``observability.thresholds``: alerts begin where the objectives end.

What: the error rate and the latency are played just below the objective's threshold (0.8 times)
and just above it (1.25 times) with ``promtool test rules``; some alert has to tell the two apart.
Why: an alert at 5 % watches no objective of 1 %, and one at 0.5 % wakes people for nothing.
Remedy: give the alert the objective's threshold, or say in ``gates.observability.signals`` why it
has another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    EvidenceLevel,
    Finding,
    Observation,
    Reason,
    Severity,
    Status,
)
from golive.model import Scalar
from golive_gates.observability.looking import finding
from golive_gates.observability.metrics.exposed import Exposed
from golive_gates.observability.parts import Alerting
from golive_gates.observability.scenarios.answering import Answering, fired, listed
from golive_gates.observability.scenarios.concluding import Found, judged_behaviour
from golive_gates.observability.scenarios.parts import Behaviour
from golive_gates.observability.scenarios.scripts import ABOVE, BELOW, GROSS
from golive_gates.observability.scenarios.signals import ERRORS, LATENCY, Demand
from golive_gates.observability.scenarios.unit_tests import Firing
from golive_gates.observability.scenarios.views import View, unplayed, views
from golive_gates.observability.settings import Settings

SPEC = CheckSpec("observability.thresholds", Severity.MEDIUM, needs=EvidenceLevel.STATIC)
FIRES_CHECK = "observability.fires"


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Each objective has an alert that begins at it."""
    part = observation.require(Behaviour)
    stated = [
        d for d in part.demands if d.signal in (ERRORS, LATENCY) and d.stated and not d.waived
    ]
    if not stated:
        return SPEC.not_applicable(Reason("no-objective"))
    problem = unplayed(part)
    if problem is not None:
        reason, check = problem
        return SPEC.inconclusive(reason, evidence=part.evidence, blocked_by=check)
    seen = views(observation)
    answering = Answering.of(observation, settings)
    found = [one for d in stated for one in _judged(part, answering, seen, d)]
    return judged_behaviour(SPEC, observation, len(stated), found, missing=True)


def _judged(
    part: Behaviour, answering: Answering, seen: Sequence[View], demand: Demand
) -> list[Found]:
    if f"{demand.signal}/{ABOVE}" in part.invisible:
        finding_ = Finding(demand.signal, Reason("unseen-signal"), status=Status.INCONCLUSIVE)
        return [Found(finding_, FIRES_CHECK)]
    found = [(view, _compared(answering, view, demand)) for view in seen]
    wrong = [(view, one) for view, one in found if one is not None]
    if len(wrong) == len(found) and len({one.finding.reason.code for _, one in wrong}) == 1:
        return [wrong[0][1]]
    return [
        replace(one, finding=replace(one.finding, subject=f"{one.finding.subject} ({view.name})"))
        for view, one in wrong
    ]


def _compared(answering: Answering, view: View, demand: Demand) -> Found | None:
    """What is wrong with where the alerts of *view* begin; ``None``: nothing."""
    above = {f.alert for f in _within(view, demand, ABOVE)}
    below = {f.alert for f in fired(view, demand, f"{demand.signal}/{BELOW}")}
    if above - below:
        return None
    if above:
        # It would fire just as well when the objective is kept.
        return _found(view, demand, "too-tight", sorted(above))
    cause = answering.cause(view, demand)
    if cause is not None:
        params: dict[str, Scalar] = {"alert": cause.finding.subject, "check": cause.check}
        stuck = Finding(demand.signal, Reason("cannot-fire", params), status=Status.INCONCLUSIVE)
        return Found(stuck, cause.check)
    larger = _within(view, demand, "") or _within(view, demand, GROSS)
    if larger:
        return _found(view, demand, "too-loose", [f.alert for f in larger])
    answer = answering.answer(view, demand, demand.signal)
    reason = Reason("nothing-to-compare", {"signal": demand.signal})
    waiting = Finding(demand.signal, reason, status=Status.INCONCLUSIVE)
    return Found(waiting, answer.blocked_by or FIRES_CHECK)


def _within(view: View, demand: Demand, variant: str) -> tuple[Firing, ...]:
    scenario = f"{demand.signal}/{variant}" if variant else demand.signal
    return tuple(f for f in fired(view, demand, scenario) if f.after <= demand.within)


def _found(view: View, demand: Demand, code: str, alerts: Sequence[str]) -> Found:
    unit = "s" if demand.signal == LATENCY else "ratio"
    threshold = demand.threshold or 0.0
    params: dict[str, Scalar] = {
        "alert": listed(list(dict.fromkeys(alerts))),
        "threshold": _shown(threshold, unit),
        "below": _shown(0.8 * threshold, unit),
        "above": _shown(1.25 * threshold, unit),
        "slo": demand.from_slo or demand.signal,
    }
    status = None
    if demand.explained:
        code, status = "explained-threshold", Status.WARN
        params["why"] = demand.explained
    rule = next((r for name in alerts if (r := view.rule(name)) is not None), None)
    if rule is None:
        return Found(Finding(demand.signal, Reason(code, params), status=status))
    made = finding(rule.place, demand.signal, code, below=("expr",), status=status)
    return Found(replace(made, reason=Reason(code, params)))


def _shown(value: float, unit: str) -> str:
    return f"{value:.4g} s" if unit == "s" else f"{value * 100:.4g} %"


CHECK = Check(SPEC, (Alerting, Exposed, Behaviour), judge)
