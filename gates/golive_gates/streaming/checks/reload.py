"""``streaming.reload``: a reload of the front cuts no stream.

What: streams are under way through the front when the configured ``reload_command`` runs; they
end whole, and streams opened after it work. Why: certificates, routes and canary weights
change by reload, many times a day, and a front that ends its old workers early cuts every
stream of that moment. The drill executes the configured command, only where ``fault`` work is
authorised, and decides only if something was seen to be disturbed by it.
Remedy: let old workers live as long as the longest stream (nginx: ``worker_shutdown_timeout``,
unset or long enough).
"""

from __future__ import annotations

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    Comparator,
    Observation,
    Reason,
    Severity,
)
from golive_gates.streaming.drill_parts import Reload
from golive_gates.streaming.drilled import cut_by, facts_of, findings_of, settled, spanning
from golive_gates.streaming.measure import exact
from golive_gates.streaming.parts import Wire
from golive_gates.streaming.settings import Settings

SPEC = CheckSpec("streaming.reload", severity=Severity.MEDIUM, required=False)


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Neither a stream under way nor a new one may break."""
    drill = observation.require(Reload).drill
    result = settled(SPEC, observation, drill, settings)
    if result is not None:
        return result
    running = spanning(drill)
    refused = [s for s in drill.after if s.failure]
    params = {"streams": len(running), "after": len(drill.after), "refused": len(refused)}
    if refused:
        return SPEC.failed(
            Reason("new-refused", params),
            evidence=drill.evidence,
            facts=facts_of(drill),
            findings=findings_of(refused),
        )
    return SPEC.passed(
        Reason("survived", params),
        measurement=exact(
            "streams_cut", float(len(cut_by(drill))), "", Comparator.LE, 0.0, len(running)
        ),
        evidence=drill.evidence,
        facts=facts_of(drill),
    )


CHECK = Check(SPEC, (Reload, Wire), judge)
