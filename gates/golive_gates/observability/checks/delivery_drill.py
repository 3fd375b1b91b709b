"""``observability.delivery-drill``: an alert that is posted arrives at a receiver, in time.

What: a synthetic alert with the labels of a critical one is posted to the real Alertmanager,
followed through its API, and seen to arrive at a webhook that golive opens for the drill; then it
is ended. Why: only an alert that arrived proves routing, silences, network and receiver together.
Remedy: look at the receivers that Alertmanager chose, and at its own failed notifications.
"""

from __future__ import annotations

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    Comparator,
    Fact,
    Finding,
    Measurement,
    Observation,
    Reason,
    Status,
    Unavailable,
)
from golive.model import Scalar
from golive_gates.observability.checks import receivers as receivers_check
from golive_gates.observability.checks import routes as routes_check
from golive_gates.observability.live.drill_parts import Arrival, Drill
from golive_gates.observability.parts import Alerting
from golive_gates.observability.routing.found import configs_of
from golive_gates.observability.settings import Settings

# Optional: it sends a page, which somebody has to choose and to allow.
SPEC = CheckSpec("observability.delivery-drill", required=False)


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Arrived, and taken back."""
    drill = observation.require(Drill)
    receivers = ", ".join(drill.receivers) or "-"
    facts = (
        Fact("drill_receivers", receivers),
        Fact("drill_webhook", drill.listened or None),
        Fact("drill_arrival", drill.arrived.after if drill.arrived else None, "s"),
        Fact("drill_resolved", drill.resolved.after if drill.resolved else None, "s"),
        Fact("drill_left", int(drill.accepted and not drill.ended)),
    )
    params: dict[str, Scalar] = {
        "url": drill.url,
        "alert": drill.labels.get("alertname", "-"),
        "receivers": receivers,
        "within": drill.within,
        "detail": drill.detail or "-",
    }
    late = drill.arrived is not None and drill.arrived.after > drill.within
    if drill.arrived is not None and not late:
        return _delivered(drill, drill.arrived, params, facts)
    if drill.problem and not late:
        return SPEC.inconclusive(
            Reason(drill.problem, params), evidence=drill.evidence, facts=facts
        )
    if drill.arrived is not None:
        code, params["seconds"] = "drill-late", drill.arrived.after
    elif not drill.listed:
        code = "drill-lost"
    elif drill.state == "suppressed":
        code = "drill-suppressed"
        params["detail"] = ", ".join((*drill.silenced_by, *drill.inhibited_by)) or "-"
    elif cause := _empty(drill, observation, settings):
        params["check"] = cause
        return SPEC.inconclusive(
            Reason("drill-receiver-empty", params),
            evidence=drill.evidence,
            facts=facts,
            blocked_by=cause,
        )
    elif not drill.listened:
        return SPEC.inconclusive(
            Reason("drill-unwatched", params), evidence=drill.evidence, facts=facts
        )
    elif drill.failed:
        code = "drill-undelivered"
        params["detail"] = ", ".join(f"{name}: {n}" for name, n in sorted(drill.failed.items()))
    else:
        code = "drill-elsewhere"
    reason = Reason(code, params)
    finding = Finding(f"{params['alert']}", reason)
    return SPEC.failed(reason, evidence=drill.evidence, facts=facts, findings=(finding,))


def _empty(drill: Drill, observation: Observation, settings: Settings) -> str:
    """The check that fails because the files have nothing behind the receivers of *drill*."""
    part = observation.find(Alerting)
    if isinstance(part, Unavailable) or not drill.receivers:
        return ""
    empty = {
        r.name for c in configs_of(part).read for r in c.receivers.values() if not r.integrations
    }
    if not empty.issuperset(drill.receivers):
        return ""
    checks = (receivers_check.CHECK, routes_check.CHECK)
    failing = (c for c in checks if c.evaluate(observation, settings).status is Status.FAIL)
    return next((c.spec.id for c in failing), "")


def _delivered(
    drill: Drill, arrived: Arrival, params: dict[str, Scalar], facts: tuple[Fact, ...]
) -> CheckResult:
    params |= {"receiver": arrived.receiver or "-", "seconds": arrived.after}
    measurement = Measurement(
        "delivery_seconds", arrived.after, "s", Comparator.LE, drill.within, n=1
    )
    if not drill.ended:
        return SPEC.warned(
            Reason("drill-left-behind", params),
            measurement=measurement,
            evidence=drill.evidence,
            facts=facts,
        )
    code = "drill-delivered" if drill.resolved is not None else "drill-delivered-open"
    params["waited"] = drill.resolved_within
    return SPEC.passed(
        Reason(code, params), measurement=measurement, evidence=drill.evidence, facts=facts
    )


CHECK = Check(SPEC, (Drill, Alerting), judge)
