"""``slo.contract``: the configured requests fit the target's own OpenAPI document.

What: path, method and every field of each configured body against the document that the
running service publishes. Why: a renamed field makes all that follows fail for a reason that
has nothing to do with reliability; named here, it is one finding instead of a hundred errors.
Remedy: bring ``target.*_api.body`` and the API together; the findings name the fields.
"""

from __future__ import annotations

from golive.api import Check, CheckResult, CheckSpec, Fact, Finding, Observation, Reason
from golive_gates.slo.parts import BREAKING, Contract, Drift, Operation
from golive_gates.slo.settings import Settings

SPEC = CheckSpec("slo.contract")


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Drift fails, a document that cannot be read decides nothing, remarks warn."""
    del settings
    part = observation.require(Contract)
    evidence = part.evidence
    facts = (
        Fact("operations", len(part.operations)),
        Fact("operations_compared", sum(not o.problem for o in part.operations)),
    )
    drifts = [(o, d) for o in part.operations for d in o.drifts]
    findings = tuple(_finding(o, d) for o, d in drifts)
    broken = [(o, d) for o, d in drifts if d.kind in BREAKING]
    if broken:
        operation, drift = broken[0]
        reason = Reason(
            "drift",
            {
                "count": len(broken),
                "operation": f"{operation.method} {operation.path}",
                "field": drift.field or operation.path,
            },
        )
        return SPEC.failed(reason, evidence=evidence, findings=findings, facts=facts)
    unread = next((o for o in part.operations if o.problem), None)
    if unread is not None:
        reason = Reason(unread.problem, _params(unread, detail=unread.detail))
        return SPEC.inconclusive(reason, evidence=evidence, findings=findings, facts=facts)
    if not part.operations:
        return SPEC.inconclusive(Reason("no-operation"), facts=facts)
    counts = {"operations": len(part.operations), "remarks": len(findings)}
    if findings:
        return SPEC.warned(
            Reason("remarks", counts), evidence=evidence, findings=findings, facts=facts
        )
    return SPEC.passed(Reason("fits", counts), evidence=evidence, facts=facts)


def _finding(operation: Operation, drift: Drift) -> Finding:
    code = f"{drift.kind}-suggest" if drift.suggestion else drift.kind
    params = _params(operation, detail=drift.detail, field=drift.field)
    subject = f"{operation.method} {operation.path}"
    return Finding(
        f"{subject} {drift.field}".rstrip(), Reason(code, params | {"suggestion": drift.suggestion})
    )


def _params(operation: Operation, **more: str) -> dict[str, str]:
    return {
        "service": operation.service,
        "operation": f"{operation.method} {operation.path}",
        "document": operation.document,
        **more,
    }


CHECK = Check(SPEC, (Contract,), judge)
