"""How the live checks look and come to a result. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from golive.api import (
    CheckResult,
    CheckSpec,
    Fact,
    Finding,
    Observation,
    Reason,
    Status,
    Unavailable,
)
from golive.inspecting import Inspection, concluded_as, live_undecided
from golive.model import ResourceRef, Scalar
from golive.observation import PartMissing
from golive_gates.manifests.live.parts import Call, Live
from golive_gates.manifests.live.release import Release
from golive_gates.manifests.live.resources import Resource
from golive_gates.manifests.parts import Manifests

CLUSTER_CHECK = "manifests.live-cluster"
DRIFT_CHECK = "manifests.live-drift"
ROLLOUT_CHECK = "manifests.live-rollout"
RESTARTS_CHECK = "manifests.live-restarts"
NO_CLUSTER = "core.needs-cluster"
NO_FILES = frozenset({"core.needs-files", "no-manifests"})


def release_of(spec: CheckSpec, observation: Observation) -> Release | CheckResult:
    """The release as it runs, or the result that ends the judgement before it began.

    Without a configured cluster the claim has no subject, which ``manifests.live-cluster`` alone
    reports; what it could not reach or find blocks the other live checks.
    """
    live = observation.find(Live)
    if isinstance(live, Unavailable):
        if live.reason.code == NO_CLUSTER:
            return spec.not_applicable(Reason("no-cluster"))
        raise PartMissing(Unavailable(live.reason, live.kind, CLUSTER_CHECK))
    release = Release(live, manifests_of(observation))
    if not release.deployed:
        params: dict[str, Scalar] = {"namespace": live.namespace}
        return spec.inconclusive(Reason("live-not-deployed", params), blocked_by=CLUSTER_CHECK)
    return release


def manifests_of(observation: Observation) -> Manifests | None:
    """The files' objects; ``None`` where no files are configured. Raises ``PartMissing``."""
    found = observation.find(Manifests)
    if isinstance(found, Unavailable):
        if found.reason.code in NO_FILES:
            return None
        raise PartMissing(found)
    return found


def found(
    live: Live,
    kind: str,
    name: str,
    code: str,
    *,
    status: Status | None = None,
    container: str = "",
    **params: Scalar,
) -> Finding:
    """A finding about a live object; it has no place in a file."""
    ref = ResourceRef(kind, live.namespace, name)
    subject = f"{ref}" + (f" [{container}]" if container else "")
    return Finding(subject, Reason(code, params), None, status, ref, container)


def concluded_live(
    spec: CheckSpec,
    live: Live,
    subjects: int,
    findings: Iterable[Finding],
    facts: Sequence[Fact] = (),
    blocked_by: str = "",
) -> CheckResult:
    """The result of *spec* over what was seen; a call that it needs and that failed is named.

    ``blocked_by``: the check that reports the cause of what is undecided here.
    """
    problems = [problem_of(c, live) for c in unanswered(live, spec.name)]
    everything = (*findings, *problems)
    seen = Inspection(subjects, everything, evidence=live.evidence, facts=tuple(facts))
    if not subjects and not everything:
        return spec.not_applicable(Reason("live-nothing", {"namespace": live.namespace}))
    undecided = problems[0].reason if problems else live_undecided(everything)
    return concluded_as(spec, seen, undecided, blocked_by)


def missing(live: Live, *kinds: str) -> list[Finding]:
    """Objects of *kinds* that the files state and that are not there, as undecided findings.

    ``manifests.live-drift`` reports them; nothing else can be said of them.
    """
    return [
        found(live, s.kind, s.name, "live-not-there", status=Status.INCONCLUSIVE)
        for s in live.stated
        if s.found is False and s.kind in kinds
    ]


def answered(live: Live, resource: Resource) -> bool:
    """Whether the list of *resource* came whole: only then is what is not in it not there."""
    return any(c.resource == resource.name and c.answered for c in live.calls)


def unanswered(live: Live, name: str) -> list[Call]:
    """What check *name* needs and did not get."""
    return [c for c in live.calls if name in c.checks and not c.answered]


def problem_of(call: Call, live: Live) -> Finding:
    """A call without its answer as an undecided finding."""
    params: dict[str, Scalar] = {
        "verb": call.verb,
        "resource": call.resource,
        "namespace": live.namespace,
        "detail": call.detail or (f"HTTP {call.status}" if call.status else "?"),
        "host": live.host,
    }
    subject = f"{call.verb} {call.resource}"
    return Finding(subject, Reason(f"live-{call.outcome}", params), None, Status.INCONCLUSIVE)
