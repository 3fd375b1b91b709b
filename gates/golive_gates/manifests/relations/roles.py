"""Names that objects other than pods refer to: roles, subjects, issuers, stores, Services."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from golive.api import Finding, Status
from golive.sources.kubernetes.graph import Graph
from golive.sources.kubernetes.objects import KeyPath, KubernetesObject
from golive_gates.manifests.looking import finding
from golive_gates.manifests.relations.values import entries, text

RBAC = "rbac.authorization.k8s.io"
BINDINGS = (f"RoleBinding.{RBAC}", f"ClusterRoleBinding.{RBAC}")
BUILT_IN = frozenset(
    {"cluster-admin", "admin", "edit", "view", "extension-apiserver-authentication-reader"}
)
STORES: Mapping[str, tuple[KeyPath, str, str]] = {
    "Certificate.cert-manager.io": (("spec", "issuerRef"), "Issuer", "cert-manager.io"),
    "ExternalSecret.external-secrets.io": (
        ("spec", "secretStoreRef"),
        "SecretStore",
        "external-secrets.io",
    ),
}
"""Types that name an object of their namespace: where, and its kind and group by default."""


def object_refs(graph: Graph, missing: Status | None) -> Iterator[Finding | None]:
    """One entry for each name: what is wrong with it, or ``None``."""
    for binding in graph.all(*BINDINGS):
        yield _role(graph, binding, missing)
        for index, subject in entries(binding.get("subjects")):
            if subject.get("kind") == "ServiceAccount":
                yield _subject(graph, binding, index, subject, missing)
    for kind, (path, default, group) in STORES.items():
        for owner in graph.all(kind):
            named = text(owner.get(*path, "kind")) or default
            name = text(owner.get(*path, "name"))
            foreign = owner.get(*path, "group", default=group) != group
            if named != default or foreign or not name:
                continue  # One of the whole cluster, which is rarely among the files.
            there = graph.find(f"{default}.{group}", owner.namespace, name) is not None
            yield (
                None
                if there
                else finding(owner, path, "no-issuer", status=Status.WARN, kind=default, name=name)
            )
    for owner in graph.all("StatefulSet.apps"):
        name = text(owner.get("spec", "serviceName"))
        if name:
            there = graph.find("Service", owner.namespace, name) is not None
            place = ("spec", "serviceName")
            yield (
                None
                if there
                else finding(owner, place, "no-governing", status=Status.WARN, name=name)
            )


def _role(graph: Graph, binding: KubernetesObject, missing: Status | None) -> Finding | None:
    kind, name = (text(binding.get("roleRef", key)) for key in ("kind", "name"))
    if not name or name in BUILT_IN or name.startswith("system:"):
        return None
    if kind not in ("Role", "ClusterRole"):
        return None  # `manifests.schema` reports it.
    space = binding.namespace if kind == "Role" else ""
    if graph.find(f"{kind}.{RBAC}", space, name) is not None:
        return None
    status = missing if kind == "Role" else Status.WARN
    return finding(binding, ("roleRef",), "no-role", status=status, kind=kind, name=name)


def _subject(
    graph: Graph,
    binding: KubernetesObject,
    index: int,
    subject: Mapping[str, Any],
    missing: Status | None,
) -> Finding | None:
    name = text(subject.get("name"))
    space = text(subject.get("namespace")) or binding.namespace
    if not name or name == "default" or graph.find("ServiceAccount", space, name) is not None:
        return None
    if not graph.within("ServiceAccount", space):
        return None  # Another release's namespace.
    return finding(
        binding, ("subjects", index), "no-subject", status=missing, name=name, namespace=space
    )
