"""``manifests.removed-apis``: every target cluster serves every kind that the release uses.

What: ``apiVersion`` and ``kind`` of every object of Kubernetes itself, for every version in
``kubernetes``: removed, not there yet, or misspelt. Why: kubectl stops at such an object, and
what comes after it is not applied. Remedy: the API that the finding names. Custom kinds are
``manifests.custom-resources``'.
"""

from __future__ import annotations

from golive.api import Check, CheckResult, CheckSpec, EvidenceLevel, Finding, Observation
from golive.sources.kubernetes.objects import KubernetesObject
from golive.sources.kubernetes.schema import Schemas, minor, schemas
from golive.sources.kubernetes.schema_apis import removed, served_in
from golive.sources.kubernetes.schema_near import near
from golive_gates.manifests.looking import finding, judged
from golive_gates.manifests.parts import Manifests
from golive_gates.manifests.settings import Settings
from golive_gates.manifests.validating import meant_group, validation

SPEC = CheckSpec("manifests.removed-apis", needs=EvidenceLevel.STATIC)


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Every kind of Kubernetes itself has to be served by all targets."""
    seen = validation(observation, settings)
    owners = {id(held.owner) for held in seen.builtin} | {id(o) for o, _ in seen.unserved}
    findings = [_finding(owner, missing) for owner, missing in seen.unserved]
    return judged(SPEC, observation, len(owners), findings)


def _finding(owner: KubernetesObject, missing: tuple[str, ...]) -> Finding:
    api, kind = owner.api_version, owner.kind
    gone = removed(api, kind)
    if gone is not None and any(minor(gone.version) <= minor(v) for v in missing):
        code = "removed" if gone.replacement else "removed-for-good"
        return _said(owner, code, missing, since=gone.version, replacement=gone.replacement)
    served = served_in(api, kind)
    if served and minor(served[0]) > max(map(minor, missing)):
        return _said(owner, "too-new", missing, since=served[0])
    meant = _meant(owner, schemas(missing[0]))
    code = "no-such-kind-near" if meant else "no-such-kind"
    return _said(owner, code, missing, suggestion=meant)


def _said(
    owner: KubernetesObject,
    code: str,
    missing: tuple[str, ...],
    *,
    since: str = "",
    replacement: str = "",
    suggestion: str = "",
) -> Finding:
    return finding(
        owner,
        ("apiVersion",),
        code,
        api=owner.api_version,
        kind=owner.kind,
        target=", ".join(missing),
        since=since,
        replacement=replacement,
        suggestion=suggestion,
    )


def _meant(owner: KubernetesObject, kinds: Schemas) -> str:
    """The API and kind that were probably meant, or empty."""
    group = meant_group(owner.group, owner.kind, kinds)
    if group:
        return f"{group}/v1 {owner.kind}"
    there = sorted(kinds.kinds(), key=lambda k: ("alpha" in k[0], "beta" in k[0], k))
    same = next((api for api, kind in there if kind == owner.kind), "")
    if same:
        return f"{same} {owner.kind}"
    alike = near(owner.kind, dict.fromkeys(kind for _, kind in there))
    return next((f"{api} {kind}" for api, kind in there if kind == alike), "")


CHECK = Check(SPEC, (Manifests,), judge)
