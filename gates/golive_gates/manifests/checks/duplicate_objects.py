"""``manifests.duplicate-objects``: no two objects of one kind have the same name.

What: kind, API group, namespace and name of every object. Why: of two objects with one name the
one that is applied last wins, and which one that is depends on the order of files. Two files of
different folders only warn: they may be for two clusters. Rendered objects are held against those
of the same chart or kustomization alone. Remedy: remove one, or rename it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from posixpath import dirname

from golive.api import Check, CheckResult, CheckSpec, EvidenceLevel, Finding, Observation, Status
from golive.sources.kubernetes.objects import KubernetesObject
from golive_gates.manifests.looking import finding, judged
from golive_gates.manifests.parts import Manifests
from golive_gates.manifests.settings import Settings

SPEC = CheckSpec("manifests.duplicate-objects", needs=EvidenceLevel.STATIC)

_Identity = tuple[str, str, str, str]


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Each kind, namespace and name may occur once in what is applied together."""
    del settings
    together: dict[_Identity, list[KubernetesObject]] = defaultdict(list)
    named = [o for o in observation.require(Manifests).objects if o.get("metadata", "name")]
    for owner in named:
        # What is rendered from a folder is applied in the place of the files in it.
        source = owner.path if owner.generated else ""
        together[source, owner.type, owner.namespace, owner.name].append(owner)
    findings = [f for same in together.values() if len(same) > 1 for f in _findings(same)]
    return judged(SPEC, observation, len(named), findings)


def _findings(same: list[KubernetesObject]) -> Iterator[Finding]:
    first: dict[str, KubernetesObject] = {}
    for owner in same:
        folder = dirname(owner.path)
        before = first.get(folder)
        other = before or next(iter(first.values()), None)
        first.setdefault(folder, owner)
        if other is None:
            continue
        code = "twice" if before else "twice-elsewhere"
        status = None if before else Status.WARN
        there = str(other.at(("metadata", "name")))
        yield finding(owner, ("metadata", "name"), code, status=status, other=there)


CHECK = Check(SPEC, (Manifests,), judge)
