"""What the names of objects have to look like, by kind."""

from __future__ import annotations

from golive.sources.kubernetes.schema_files import minor

_ANY_NAMED = """
Role ClusterRole RoleBinding ClusterRoleBinding APIService FlowSchema IPAddress ServiceCIDR
PodDisruptionBudget Lease Event CertificateSigningRequest ClusterTrustBundle
"""
_ANY = frozenset(_ANY_NAMED.split())
"""Kinds whose names only have to fit into a URL, or have rules of their own."""

_RELAXED_SERVICES = 35
"""From this minor version a Service's name may be allowed to begin with a digit."""


def name_format(api_version: str, kind: str, version: str) -> str:
    """The format that ``metadata.name`` of a kind has in Kubernetes *version*."""
    core = api_version == "v1"
    if core and kind == "Namespace":
        return "dns-label"
    if core and kind == "Service":
        return "dns-1035-label" if minor(version) < _RELAXED_SERVICES else "dns-label"
    if kind == "CronJob":
        return "cron-job-name"
    if kind == "Job":
        return "job-name"
    return "path-segment" if kind in _ANY else "dns-subdomain"
