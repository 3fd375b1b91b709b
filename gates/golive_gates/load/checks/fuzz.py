"""``load.fuzz``: made-up requests after the OpenAPI document meet no server error.

What: with ``gates.load.pentest.fuzz_requests`` Schemathesis sends at most that many GET and POST
requests to the declared routes, and its report is read. Server errors fail; answers that break
the document warn. Why: a generator tries what nobody thought of. It is not chosen by default
and not required: it sends a lot, and what it does not find proves little. Remedy: reproduce the
operation from the report in the evidence.
"""

from __future__ import annotations

from golive.api import Check, CheckResult, CheckSpec, Fact, Finding, Observation, Reason, Severity
from golive_gates.load.pentest.parts import Fuzz, FuzzFailure
from golive_gates.load.pentest.verdicts import count_of, cut_short, proven
from golive_gates.load.settings import Settings

SPEC = CheckSpec("load.fuzz", severity=Severity.LOW, required=False)

SERVER_ERROR = "server-error"


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """A server error fails; a report that is missing or empty decides nothing."""
    del settings
    part = observation.require(Fuzz)
    evidence = part.walk.evidence
    facts = (
        Fact("pentest_requests", part.walk.sent),
        Fact("fuzz_operations", part.operations),
        Fact("fuzz_failures", len(part.failures)),
        Fact("left_behind", part.walk.left_behind),
    )
    errors = [f for f in part.failures if f.kind == SERVER_ERROR]
    measurement = count_of("server_errors", len(errors), max(1, part.walk.sent, len(errors)))
    findings = tuple(_finding(f) for f in part.failures)
    if errors:
        return SPEC.failed(
            Reason("server-errors", _params(part, errors)),
            measurement=measurement,
            evidence=evidence,
            facts=facts,
            findings=findings,
        )
    early = cut_short(SPEC, part.walk, facts)
    if early is not None:
        return early
    if part.problem:
        reason = Reason("no-report", {"detail": part.problem})
        return SPEC.inconclusive(reason, evidence=evidence, facts=facts)
    if not (part.walk.sent and part.cases and part.tested):
        reason = Reason("nothing-tested", {"detail": part.tool})
        return SPEC.inconclusive(reason, evidence=evidence, facts=facts)
    if part.failures:
        return SPEC.warned(
            Reason("violations", _params(part, list(part.failures))),
            measurement=measurement,
            evidence=evidence,
            facts=facts,
            findings=findings,
        )
    return proven(SPEC, Reason("clean", _counts(part)), part.walk, measurement, facts)


def _counts(part: Fuzz) -> dict[str, str | int]:
    return {"operations": part.operations, "tested": part.tested, "sent": part.walk.sent}


def _params(part: Fuzz, failures: list[FuzzFailure]) -> dict[str, str | int]:
    first = failures[0]
    return {
        "count": len(failures),
        "sent": part.walk.sent,
        "operation": first.operation,
        "kind": first.kind,
        "detail": first.detail or "-",
    }


def _finding(failure: FuzzFailure) -> Finding:
    params = {"kind": failure.kind, "detail": failure.detail or "-"}
    return Finding(failure.operation, Reason("failure", params))


CHECK = Check(SPEC, (Fuzz,), judge)
