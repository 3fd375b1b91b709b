"""Which Kubernetes version serves which API: what is gone, what goes, and what takes its place.

What the shipped definitions tell (1.25 and later) is read from them. The rest are facts of the
Kubernetes deprecation guide and changelogs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from golive.sources.kubernetes.schema_files import (
    kind_file,
    kind_versions,
    minor,
    shipped_versions,
)

# From which version on, which kinds of which API, and what serves them now: `v1` is that of the
# same group.
_REMOVED = """
1.16 extensions/v1beta1 Deployment DaemonSet ReplicaSet > apps/v1
1.16 extensions/v1beta1 NetworkPolicy > networking.k8s.io/v1
1.16 extensions/v1beta1 PodSecurityPolicy >
1.16 apps/v1beta1 Deployment StatefulSet ControllerRevision > v1
1.16 apps/v1beta2 Deployment StatefulSet DaemonSet ReplicaSet ControllerRevision > v1
1.21 batch/v2alpha1 CronJob > v1
1.22 extensions/v1beta1 Ingress > networking.k8s.io/v1
1.22 networking.k8s.io/v1beta1 Ingress IngressClass > v1
1.22 admissionregistration.k8s.io/v1beta1 MutatingWebhookConfiguration > v1
1.22 admissionregistration.k8s.io/v1beta1 ValidatingWebhookConfiguration > v1
1.22 apiextensions.k8s.io/v1beta1 CustomResourceDefinition > v1
1.22 apiregistration.k8s.io/v1beta1 APIService > v1
1.22 authentication.k8s.io/v1beta1 TokenReview > v1
1.22 authorization.k8s.io/v1beta1 LocalSubjectAccessReview SelfSubjectAccessReview > v1
1.22 authorization.k8s.io/v1beta1 SubjectAccessReview SelfSubjectRulesReview > v1
1.22 certificates.k8s.io/v1beta1 CertificateSigningRequest > v1
1.22 coordination.k8s.io/v1beta1 Lease > v1
1.22 rbac.authorization.k8s.io/v1beta1 Role RoleBinding > v1
1.22 rbac.authorization.k8s.io/v1beta1 ClusterRole ClusterRoleBinding > v1
1.22 rbac.authorization.k8s.io/v1alpha1 Role RoleBinding > v1
1.22 rbac.authorization.k8s.io/v1alpha1 ClusterRole ClusterRoleBinding > v1
1.22 scheduling.k8s.io/v1beta1 PriorityClass > v1
1.22 scheduling.k8s.io/v1alpha1 PriorityClass > v1
1.22 storage.k8s.io/v1beta1 CSIDriver CSINode StorageClass VolumeAttachment > v1
1.25 batch/v1beta1 CronJob > v1
1.25 discovery.k8s.io/v1beta1 EndpointSlice > v1
1.25 events.k8s.io/v1beta1 Event > v1
1.25 autoscaling/v2beta1 HorizontalPodAutoscaler > autoscaling/v2
1.25 policy/v1beta1 PodDisruptionBudget > v1
1.25 policy/v1beta1 PodSecurityPolicy >
1.25 node.k8s.io/v1beta1 RuntimeClass > v1
1.26 autoscaling/v2beta2 HorizontalPodAutoscaler > autoscaling/v2
1.26 flowcontrol.apiserver.k8s.io/v1beta1 FlowSchema > v1
1.26 flowcontrol.apiserver.k8s.io/v1beta1 PriorityLevelConfiguration > v1
1.27 storage.k8s.io/v1beta1 CSIStorageCapacity > v1
1.29 flowcontrol.apiserver.k8s.io/v1beta2 FlowSchema > v1
1.29 flowcontrol.apiserver.k8s.io/v1beta2 PriorityLevelConfiguration > v1
1.32 flowcontrol.apiserver.k8s.io/v1beta3 FlowSchema > v1
1.32 flowcontrol.apiserver.k8s.io/v1beta3 PriorityLevelConfiguration > v1
"""


_DEPRECATED = """
1.19 v1 ComponentStatus >
1.33 v1 Endpoints > discovery.k8s.io/v1 EndpointSlice
"""

_GROUPS = """
admissionregistration.k8s.io apiextensions.k8s.io apiregistration.k8s.io apps
authentication.k8s.io authorization.k8s.io autoscaling batch certificates.k8s.io
coordination.k8s.io discovery.k8s.io events.k8s.io extensions flowcontrol.apiserver.k8s.io
internal.apiserver.k8s.io lifecycle.k8s.io networking.k8s.io node.k8s.io policy
rbac.authorization.k8s.io resource.k8s.io scheduling.k8s.io settings.k8s.io storage.k8s.io
storagemigration.k8s.io
"""
GROUPS = frozenset({"", *_GROUPS.split()})
"""API groups that Kubernetes itself serves or has served; all others are custom."""

_UNSTABLE = re.compile(r"v\d+(alpha|beta)\d+")


@dataclass(frozen=True, slots=True)
class Retirement:
    """From which *version* on an API is deprecated or gone; *replacement*: ``apps/v1 Deployment``.

    No replacement is an empty one.
    """

    version: str
    replacement: str


def is_builtin(group: str) -> bool:
    """Whether Kubernetes itself serves *group*; the groups of custom kinds contain a dot."""
    return group in GROUPS or "." not in group


def is_unstable(api_version: str) -> bool:
    """Whether it is an alpha or a beta version."""
    return _UNSTABLE.fullmatch(api_version.rpartition("/")[2]) is not None


@cache
def served_in(api_version: str, kind: str) -> tuple[str, ...]:
    """Shipped versions that have the kind, oldest first."""
    return tuple(v for v in shipped_versions() if kind_file(v, api_version, kind) is not None)


@cache
def removed(api_version: str, kind: str) -> Retirement | None:
    """Since when a kind is not served any more, as far as known."""
    fact = _facts(_REMOVED).get((api_version, kind))
    if fact is not None:
        return fact
    served, shipped = served_in(api_version, kind), shipped_versions()
    if not served or served[-1] == shipped[-1]:
        return None
    gone = shipped[shipped.index(served[-1]) + 1]
    return Retirement(gone, successor(api_version, kind, gone))


@cache
def deprecated(api_version: str, kind: str, version: str) -> Retirement | None:
    """By what *version* says that a kind that it serves is not to be used any more."""
    fact = _facts(_DEPRECATED).get((api_version, kind))
    if fact is not None and minor(fact.version) <= minor(version):
        return fact
    better = successor(api_version, kind, version, stable=True) if is_unstable(api_version) else ""
    return Retirement(version, better) if better else None


@cache
def off_by_default(api_version: str, kind: str) -> bool:
    """Whether a kind has to be switched on at the API server: alpha, and beta since 1.24."""
    served = served_in(api_version, kind)
    if not served or not is_unstable(api_version):
        return False
    group = api_version.rpartition("/")[0]
    # New versions of beta APIs from before 1.24 stayed on until they were removed.
    before = any(a.startswith(f"{group}/") and k == kind for a, k in _facts(_REMOVED))
    return "alpha" in api_version or not before


def successor(api_version: str, kind: str, version: str, *, stable: bool = False) -> str:
    """``group/v1 Kind``, the steadiest in Kubernetes *version* beside *api_version*, or empty."""
    group, _, own = api_version.rpartition("/")
    others = [v for v in kind_versions(version, group, kind) if v != own]
    firm = [v for v in others if not _UNSTABLE.fullmatch(v)]
    found = firm or ([] if stable else [v for v in others if "beta" in v] or others)
    return f"{group}/{found[-1]} {kind}".lstrip("/") if found else ""


@cache
def _facts(table: str) -> Mapping[tuple[str, str], Retirement]:
    return dict(_rows(table))


def _rows(table: str) -> Iterator[tuple[tuple[str, str], Retirement]]:
    for line in table.strip().splitlines():
        old, _, new = (part.strip() for part in line.partition(">"))
        version, api_version, *kinds = old.split()
        if new == "v1":
            new = f"{api_version.rpartition('/')[0]}/v1"
        for kind in kinds:
            replacement = f"{new} {kind}" if new and " " not in new else new
            yield (api_version, kind), Retirement(version, replacement)
