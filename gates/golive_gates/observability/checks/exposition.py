"""``observability.exposition``: the metrics of every service can be read.

What: each service answers ``/metrics`` with a page that Prometheus accepts whole, or a declared
file stands for it. Why: whether alerts name metrics, labels and buckets that exist can only be
held against what is really exposed; and a page that Prometheus refuses is a target that is down.
Remedy: declare ``target.services[].metrics``, or files in ``gates.observability.exposition``.
"""

from __future__ import annotations

from collections.abc import Iterator

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    EvidenceLevel,
    Fact,
    Finding,
    Observation,
    Reason,
    Status,
)
from golive.inspecting import Inspection, concluded
from golive.model import Scalar
from golive_gates.observability.metrics.exposed import Exposed, Exposure
from golive_gates.observability.settings import Settings

SPEC = CheckSpec("observability.exposition")


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Every page was read, and nothing in it is odd."""
    del settings
    part = observation.require(Exposed)
    findings = [f for exposure in part.exposures for f in _findings(exposure)]
    findings += [
        Finding(name, Reason("metrics-undeclared"), status=Status.INCONCLUSIVE)
        for name in part.unasked
    ]
    families = sum(len(i.families) for i in part.inventories)
    facts = (
        Fact("exposed_services", len(part.inventories)),
        Fact("exposed_metrics", families),
        Fact("exposed_series", sum(1 for _ in part.inventory.all_series())),
    )
    decided = any(f.status in (None, Status.INCONCLUSIVE) for f in findings)
    if not decided and not part.live:
        # A file says what somebody once saw; that the service exposes it was not measured.
        reason = Reason("only-files", {"n": len(part.exposures)})
        return SPEC.designed(reason, evidence=part.evidence, facts=facts)
    seen = Inspection(len(part.exposures), findings, evidence=part.evidence, facts=facts)
    result = concluded(SPEC, seen)
    if result.status is Status.INCONCLUSIVE:
        first = next(f for f in result.findings if f.status is Status.INCONCLUSIVE)
        params: dict[str, Scalar] = {"count": len(result.findings), "subject": first.subject}
        return SPEC.inconclusive(
            Reason("some-unread", params),
            evidence=part.evidence,
            facts=facts,
            findings=result.findings,
            level=EvidenceLevel.NONE,
        )
    return result


def _findings(exposure: Exposure) -> Iterator[Finding]:
    source, trouble = exposure.source, exposure.trouble
    if trouble is not None:
        params: dict[str, Scalar] = {
            "where": source.where,
            "detail": trouble.detail,
            "line": trouble.line,
        }
        status = None if exposure.charged else Status.INCONCLUSIVE
        yield Finding(source.service, Reason(trouble.code, params), status=status)
    for remark in exposure.remarks:
        params = {"where": source.where, "metric": remark.subject, "line": remark.line}
        code = f"remark-{remark.code}"
        yield Finding(
            f"{source.service}: {remark.subject}", Reason(code, params), status=Status.WARN
        )


CHECK = Check(SPEC, (Exposed,), judge)
