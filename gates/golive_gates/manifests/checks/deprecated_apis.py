"""``manifests.deprecated-apis``: no kind that the release uses goes away with the next upgrade.

What: kinds of Kubernetes itself that the targets still serve and a later known version does
not, that are deprecated or superseded, or that a cluster serves only when they are switched on.
Why: the next cluster upgrade breaks the roll-out or the roll-back. It warns. Remedy: move to
the API that the finding names, before the upgrade.
"""

from __future__ import annotations

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    EvidenceLevel,
    Finding,
    Observation,
    Severity,
    Status,
)
from golive.sources.kubernetes.objects import KubernetesObject
from golive.sources.kubernetes.schema import minor
from golive.sources.kubernetes.schema_apis import deprecated, off_by_default, removed
from golive_gates.manifests.looking import finding, judged
from golive_gates.manifests.parts import Manifests
from golive_gates.manifests.settings import Settings
from golive_gates.manifests.validating import validation

SPEC = CheckSpec("manifests.deprecated-apis", severity=Severity.MEDIUM, needs=EvidenceLevel.STATIC)


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Kinds on their way out are warned of."""
    seen = validation(observation, settings)
    unserved = {id(owner) for owner, _ in seen.unserved}
    latest = max(settings.kubernetes, key=minor)
    # What a target does not serve any more is `manifests.removed-apis`'.
    owners = [held.owner for held in seen.builtin if id(held.owner) not in unserved]
    findings = [found for owner in owners if (found := _finding(owner, latest)) is not None]
    return judged(SPEC, observation, len(owners), findings)


def _finding(owner: KubernetesObject, latest: str) -> Finding | None:
    api, kind = owner.api_version, owner.kind
    gone = removed(api, kind)
    if gone is not None:
        code = "goes" if gone.replacement else "goes-for-good"
        return _warning(owner, code, since=gone.version, replacement=gone.replacement)
    old = deprecated(api, kind, latest)
    if old is not None:
        code = "deprecated" if old.replacement else "deprecated-for-good"
        return _warning(owner, code, replacement=old.replacement)
    return _warning(owner, "off-by-default") if off_by_default(api, kind) else None


def _warning(
    owner: KubernetesObject, code: str, *, since: str = "", replacement: str = ""
) -> Finding:
    return finding(
        owner,
        ("apiVersion",),
        code,
        status=Status.WARN,
        api=owner.api_version,
        kind=owner.kind,
        since=since,
        replacement=replacement,
    )


CHECK = Check(SPEC, (Manifests,), judge)
