"""``manifests.custom-resources``: objects of well-known custom kinds are as their operators read.

What: fields, types and values of the kinds of the Prometheus Operator, cert-manager, the Gateway
API and External Secrets that releases hold most, and of every kind whose
CustomResourceDefinition is part of the release. A field that golive's own schema does not know
only warns, unless it misspells one: operators add fields. A kind without a schema warns once, and
is not counted as validated. Why: a misspelt monitor or route is accepted and does nothing. Remedy:
correct what the finding names; put the CustomResourceDefinition of a kind beside its objects.
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
    Status,
)
from golive.sources.kubernetes.objects import KubernetesObject
from golive_gates.manifests.looking import finding, judged
from golive_gates.manifests.parts import Manifests
from golive_gates.manifests.settings import Settings
from golive_gates.manifests.validating import Held, Validation, described, validation

SPEC = CheckSpec("manifests.custom-resources", needs=EvidenceLevel.STATIC)


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Objects of custom kinds with a schema have to keep to it."""
    seen = validation(observation, settings)
    findings = [
        found
        for held, complete in seen.custom
        if held.violations
        for found in _findings(held, settings, complete=complete)
    ]
    others: list[KubernetesObject] = []
    old: list[KubernetesObject] = []
    for owner in seen.unknown:
        versions = seen.kinds.versions(owner.group, owner.kind)
        (old if versions else others).append(owner)
    findings += [_old(owner, seen) for owner in old]
    findings += _unvalidated(others)
    looked = len(seen.custom) + len(old)
    return judged(SPEC, observation, looked, findings, tuple(_facts(others)))


def _findings(held: Held, settings: Settings, *, complete: bool) -> Iterator[Finding]:
    for one in held.violations:
        strange = one[0].code == "unknown-field" and not one[0].suggestion and not complete
        status = Status.WARN if strange else None
        yield from described(held, settings.kubernetes, [one], status=status)


def _old(owner: KubernetesObject, seen: Validation) -> Finding:
    known = ", ".join(seen.kinds.versions(owner.group, owner.kind))
    return finding(
        owner,
        ("apiVersion",),
        "other-version",
        status=Status.WARN,
        api=owner.api_version,
        kind=owner.kind,
        known=known,
    )


def _unvalidated(owners: list[KubernetesObject]) -> Iterator[Finding]:
    """One for each kind, at its first object."""
    for kind, owner in {o.type: o for o in reversed(owners)}.items():
        yield finding(owner, ("kind",), "no-schema", status=Status.WARN, kind=kind)


def _facts(owners: list[KubernetesObject]) -> Iterator[Fact]:
    kinds = sorted({owner.type for owner in owners})
    if kinds:
        yield Fact("kinds_without_schema", ", ".join(kinds))


CHECK = Check(SPEC, (Manifests,), judge)
