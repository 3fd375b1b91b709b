"""Custom resources whose operators make pods and Services that no file shows."""

from __future__ import annotations

from golive.sources.kubernetes.objects import KubernetesObject

_PODLESS = (
    "argoproj.io",
    "bitnami.com",
    "cert-manager.io",
    "cilium.io",
    "external-secrets.io",
    "istio.io",
    "k8s.io",
    "keda.sh",
    "kyverno.io",
    "projectcalico.org",
    "traefik.io",
    "toolkit.fluxcd.io",
)
"""Groups, with those below them, whose objects make no pods of the release."""
_MONITORING = frozenset({"Alertmanager", "Prometheus", "PrometheusAgent", "ThanosRuler"})


def makes_pods(found: KubernetesObject) -> bool:
    """Whether the operator of a custom resource may make pods for it."""
    group = found.group
    if "." not in group or any(group == p or group.endswith(f".{p}") for p in _PODLESS):
        return False
    return group != "monitoring.coreos.com" or found.kind in _MONITORING
