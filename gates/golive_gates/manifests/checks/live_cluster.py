"""``manifests.live-cluster``: the release was looked at in the cluster that it runs in.

What: the API server of the configured cluster answers, may be read, and its namespace holds
objects of this release. Why: manifests are a design; only the cluster shows what became of it.
Without a cluster gate 3 is designed, never done, and the decision is conditional at best.
Remedy: name ``cluster.namespace`` in golive.yaml and give golive the Role of docs/cluster.md.
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
    ResourceRef,
    Unavailable,
)
from golive.model import Scalar
from golive_gates.manifests.live.judging import NO_CLUSTER, manifests_of, problem_of
from golive_gates.manifests.live.parts import Live
from golive_gates.manifests.live.release import Release
from golive_gates.manifests.parts import Manifests
from golive_gates.manifests.settings import Settings

# Optional, so that a release without a cluster yet can be approved conditionally; the other live
# checks are required, and bind as soon as there is a cluster to look at.
SPEC = CheckSpec("manifests.live-cluster", required=False)


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Reached, readable, and this release's."""
    del settings
    live = observation.find(Live)
    if isinstance(live, Unavailable) and live.reason.code == NO_CLUSTER:
        files = observation.require(Manifests)
        return SPEC.designed(Reason("files-only"), evidence=files.evidence)
    live = observation.require(Live)
    release = Release(live, manifests_of(observation))
    answered = sum(c.outcome == "ok" for c in live.calls)
    facts = (
        Fact("server_version", live.version or None),
        Fact("objects_compared", len(live.stated)),
        Fact("objects_elsewhere", live.elsewhere),
        Fact("calls_refused", sum(c.outcome == "forbidden" for c in live.calls)),
    )
    if not answered:
        return SPEC.inconclusive(
            Reason("nothing-readable", {"n": len(live.calls), "namespace": live.namespace}),
            evidence=live.evidence,
            facts=facts,
            findings=tuple(problem_of(c, live) for c in live.calls if not c.answered),
        )
    if not release.deployed:
        params: dict[str, Scalar] = {"namespace": live.namespace, "n": len(live.stated)}
        reason = Reason("empty" if release.open else "not-there", params)
        place = ResourceRef("Namespace", "", live.namespace)
        finding = Finding(f"{place}", reason, resource=place)
        return SPEC.failed(reason, evidence=live.evidence, facts=facts, findings=(finding,))
    measurement = Measurement(
        "lists_answered", float(answered), "", Comparator.GE, 1.0, n=len(live.calls)
    )
    if not live.verified:
        return SPEC.warned(
            Reason("unverified", {"host": live.host}),
            measurement=measurement,
            evidence=live.evidence,
            facts=facts,
        )
    return SPEC.passed(
        Reason("reached", {"version": live.version or "?", "namespace": live.namespace}),
        measurement=measurement,
        evidence=live.evidence,
        facts=facts,
    )


CHECK = Check(SPEC, (Live, Manifests), judge)
