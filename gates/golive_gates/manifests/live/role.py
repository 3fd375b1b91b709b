"""The Role that golive needs, as YAML. Pure: it derives from the table of requests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from golive_gates.manifests.live.resources import RESOURCES, Resource

NAME = "golive-reader"


def role_manifest(namespace: str) -> str:
    """Role and RoleBinding for *namespace*, with a comment for what each rule is read for."""
    return "\n".join(
        (
            "apiVersion: rbac.authorization.k8s.io/v1",
            "kind: Role",
            "metadata:",
            f"  name: {NAME}",
            f"  namespace: {namespace}",
            "rules:",
            *(f"  {line}" for line in _rules(RESOURCES)),
            "---",
            "apiVersion: rbac.authorization.k8s.io/v1",
            "kind: RoleBinding",
            "metadata:",
            f"  name: {NAME}",
            f"  namespace: {namespace}",
            "roleRef:",
            "  apiGroup: rbac.authorization.k8s.io",
            "  kind: Role",
            f"  name: {NAME}",
            "subjects:",
            "  - kind: ServiceAccount",
            f"    name: {NAME}",
            f"    namespace: {namespace}",
            "",
        )
    )


def _rules(resources: Iterable[Resource]) -> Iterator[str]:
    def key(resource: Resource) -> tuple[str, str, tuple[str, ...]]:
        return resource.verb, resource.group, resource.checks

    for (verb, group, checks), found in groupby(sorted(resources, key=key), key):
        plurals = ", ".join(sorted({r.plural for r in found}))
        yield f"- apiGroups: [{group!r}]".replace("'", '"')
        yield f"  resources: [{plurals}]"
        if verb == "get":
            yield "  # Those that your Ingresses name; without resourceNames it were every Secret."
            yield "  resourceNames: [web-tls]"
        yield f"  verbs: [{verb}] # {', '.join(checks)}"
