"""From violations to findings: at their place, and what a Namespace would do about them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from golive.api import Finding
from golive.sources.kubernetes.pods import Pod
from golive_gates.manifests.looking import finding
from golive_gates.manifests.pod_security.standards import Assessment, Enforced, assess
from golive_gates.manifests.pod_security.views import Violation


def findings_of(pod: Pod, violations: Sequence[Violation]) -> Iterator[Finding]:
    """One finding for each violation; its code is the control."""
    for violation in violations:
        yield finding(
            pod.owner,
            violation.path,
            violation.control,
            container=violation.container,
            value=violation.value,
        )


def under(rule: Enforced, seen: Assessment, versions: tuple[int, ...]) -> Assessment:
    """The pod of *seen*, assessed at *versions*, under what *rule* enforces."""
    return seen if rule.minors == versions else assess(seen.pod, rule.minors)


def rejected(pod: Pod, rule: Enforced, violations: Sequence[Violation]) -> Finding:
    """The Namespace enforces a level, so the pod would not be created."""
    controls = dict.fromkeys(v.control for v in violations)
    return finding(
        pod.owner,
        pod.path,
        "rejected",
        namespace=rule.namespace,
        level=rule.level.value,
        controls=", ".join(controls),
    )
