"""What a file or a YAML document is, told by its content, and by its name where that decides."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import PurePath
from typing import Any

from golive.sources.tree import FileKind

KUSTOMIZATION_NAMES = frozenset({"kustomization.yaml", "kustomization.yml", "Kustomization"})
CHART_NAME = "Chart.yaml"
YAML_SUFFIXES = frozenset({".yaml", ".yml"})
GROUPS: Mapping[str, FileKind] = {
    "manifests": FileKind.KUBERNETES,
    "nginx": FileKind.NGINX,
    "rules": FileKind.RULES,
    "alertmanager": FileKind.ALERTMANAGER,
    "dashboards": FileKind.DASHBOARD,
    "workflows": FileKind.WORKFLOW,
}
"""What the well-known file sets of a configuration hold."""

# Files of other tools that have apiVersion and kind too, and are never applied to a cluster.
_NO_CLUSTER = re.compile(
    r"(openslo|golive|skaffold|ctlptl\.dev|kind\.x-k8s\.io|k3d\.io|eksctl\.io|backstage\.io"
    r"|kubeadm\.k8s\.io|kubelet\.config\.k8s\.io|kubeproxy\.config\.k8s\.io"
    r"|kubescheduler\.config\.k8s\.io|apiserver\.config\.k8s\.io|audit\.k8s\.io"
    r"|client\.authentication\.k8s\.io|config\.kubernetes\.io|krew\.googlecontainertools\.github\.com"
    r"|devspace|garden\.io|kumactl|okteto|kompose|keptn\.sh)(/|$)"
)
_KUSTOMIZE = "kustomize.config.k8s.io/"

_SIGNS: tuple[tuple[FileKind, tuple[re.Pattern[str], ...]], ...] = tuple(
    (kind, tuple(re.compile(p, re.MULTILINE) for p in patterns))
    for kind, patterns in (
        (
            FileKind.KUBERNETES,
            (
                r"(?:^[ \t]*(?:- )?|[{,][ \t]*)[\"']?apiVersion[\"']?[ \t]*:",
                r"(?:^[ \t]*(?:- )?|[{,][ \t]*)[\"']?kind[\"']?[ \t]*:",
            ),
        ),
        (FileKind.RULES, (r"^groups[ \t]*:", r"^[ \t]*(?:- )?rules[ \t]*:")),
        (FileKind.ALERTMANAGER, (r"^route[ \t]*:", r"^receivers[ \t]*:")),
        (FileKind.DASHBOARD, (r"\"panels\"[ \t]*:", r"\"schemaVersion\"[ \t]*:")),
        (FileKind.WORKFLOW, (r"^jobs[ \t]*:", r"^[\"']?on[\"']?[ \t]*:")),
    )
)


def kind_of_data(data: object, path: str) -> FileKind:
    """What the YAML document *data* of the file *path* is; ``OTHER`` for none of ours."""
    name = path.rpartition("/")[2]
    if not isinstance(data, Mapping):
        return FileKind.OTHER
    if name in KUSTOMIZATION_NAMES:
        return FileKind.KUSTOMIZATION
    api_version, kind = data.get("apiVersion"), data.get("kind")
    if isinstance(api_version, str) and isinstance(kind, str) and api_version and kind:
        if api_version.startswith(_KUSTOMIZE):
            return FileKind.KUSTOMIZATION
        return FileKind.OTHER if _of_another_tool(data, api_version, kind) else FileKind.KUBERNETES
    if name == CHART_NAME and "name" in data:
        return FileKind.HELM_CHART
    if name in _GITLAB_NAMES:
        return FileKind.GITLAB
    if name in _ACTION_NAMES and isinstance(data.get("runs"), Mapping):
        return FileKind.ACTION
    return next((kind for kind, holds in _PLAIN.items() if holds(data)), FileKind.OTHER)


def _of_another_tool(data: Mapping[str, Any], api_version: str, kind: str) -> bool:
    if api_version == "v1" and kind == "Config":
        return "clusters" in data or "contexts" in data  # A kubeconfig.
    return _NO_CLUSTER.match(api_version) is not None


def _holds_rules(groups: object) -> bool:
    return isinstance(groups, list) and any(isinstance(g, Mapping) and "rules" in g for g in groups)


def _holds_panels(data: Mapping[str, Any]) -> bool:
    """Whether *data* is a Grafana dashboard, plain or as its API wraps it."""
    inner = data.get("dashboard", data)
    if not isinstance(inner, Mapping) or "schemaVersion" not in inner:
        return False
    return isinstance(inner.get("panels"), list) or isinstance(inner.get("rows"), list)


_PLAIN: Mapping[FileKind, Callable[[Mapping[str, Any]], bool]] = {
    FileKind.RULES: lambda data: _holds_rules(data.get("groups")),
    FileKind.ALERTMANAGER: lambda data: (
        isinstance(data.get("route"), Mapping) and isinstance(data.get("receivers"), list)
    ),
    FileKind.DASHBOARD: _holds_panels,
    FileKind.WORKFLOW: lambda data: isinstance(data.get("jobs"), Mapping) and "on" in data,
}
_ACTION_NAMES = frozenset({"action.yml", "action.yaml"})
_GITLAB_NAMES = frozenset({".gitlab-ci.yml", ".gitlab-ci.yaml"})


def meant_as_object(data: object) -> bool:
    """Whether *data*, which is no Kubernetes object, was clearly meant to be one, or several."""
    if isinstance(data, list):
        return any(isinstance(d, Mapping) and {"apiVersion", "kind"} <= d.keys() for d in data)
    if not isinstance(data, Mapping):
        return False
    if _of_another_tool(data, str(data.get("apiVersion")), str(data.get("kind"))):
        return False
    parts = data.keys() & {"apiVersion", "kind", "metadata"}
    return len(parts) > 1


def kind_of_text(text: str, path: str) -> FileKind:
    """What a file that cannot be parsed was meant to be, as far as name, place and text tell."""
    place = PurePath(path)
    if place.name in KUSTOMIZATION_NAMES:
        return FileKind.KUSTOMIZATION
    if place.name == CHART_NAME:
        return FileKind.HELM_CHART
    if is_workflow(path):
        return FileKind.WORKFLOW
    if place.name in _GITLAB_NAMES:
        return FileKind.GITLAB
    if place.name in _ACTION_NAMES:
        return FileKind.ACTION
    for kind, patterns in _SIGNS:
        if all(p.search(text) for p in patterns):
            return kind
    return FileKind.OTHER


def is_workflow(path: str) -> bool:
    """Whether *path* is where GitHub looks for workflows."""
    return path.replace("\\", "/").rpartition("/")[0].endswith(".github/workflows")
