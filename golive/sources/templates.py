"""Templates that nobody rendered: told from YAML that is merely wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from golive.sources.kubernetes.objects import KeyPath
from golive.sources.kubernetes.pods import CONTAINER_LISTS, POD_PATHS

# What breaks YAML: an action at the beginning of a line or of a value. Within quotes and after
# other text it is a value like any other.
_BREAKING = re.compile(
    r"^[ \t]*(?:-[ \t]+)?\{[{%#]|^[^#\n]*?:[ \t]+\{\{|^[^#\n]*?\{%-?[ \t]|^[ \t]*<%|^[ \t]*\$\{",
    re.MULTILINE,
)
_ACTION = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\$\{[A-Za-z_]\w*(?::?[-?+=][^}]*)?\}|<no value>")
HINT = "render the template first (helm template, envsubst), or check its rendered result"


def breaking_line(text: str, first_line: int, last_line: int | None) -> int | None:
    """Line of the template action that makes *text* no YAML; ``None`` when none does.

    *text* begins at *first_line* of its file. Actions below *last_line*, where reading stopped,
    are not the cause.
    """
    found = _BREAKING.search(text)
    if found is None:
        return None
    start = found.start() + len(found.group()) - len(found.group().lstrip())
    line = first_line + text.count("\n", 0, start)
    return line if last_line is None or line <= last_line + 1 else None


def unrendered(data: Mapping[str, Any]) -> KeyPath | None:
    """Path of the first value of a Kubernetes object that is an unrendered template.

    Only values that Kubernetes itself reads count: names, namespaces, labels, images, ports,
    numbers of replicas and resources. Texts that a program reads (ConfigMaps, environment,
    arguments, annotations, rules) hold ``{{ }}`` and ``${}`` of their own.
    """
    for path, value in _read_by_kubernetes(data):
        if isinstance(value, str) and ("{" in value or "<" in value) and _ACTION.search(value):
            return path
    return None


def _read_by_kubernetes(data: Mapping[str, Any]) -> Iterator[tuple[KeyPath, object]]:
    yield ("apiVersion",), data.get("apiVersion")
    yield ("kind",), data.get("kind")
    metadata = data.get("metadata")
    if isinstance(metadata, Mapping):
        for key in ("name", "namespace", "generateName"):
            yield ("metadata", key), metadata.get(key)
        labels = metadata.get("labels")
        if isinstance(labels, Mapping):
            for key, value in labels.items():
                yield ("metadata", "labels", key), value
    spec = data.get("spec")
    if isinstance(spec, Mapping):
        yield ("spec", "replicas"), spec.get("replicas")
        yield from _of_containers(data)


def _of_containers(data: Mapping[str, Any]) -> Iterator[tuple[KeyPath, object]]:
    group = str(data.get("apiVersion")).rpartition("/")[0]
    base = POD_PATHS.get(f"{data.get('kind')}.{group}" if group else str(data.get("kind")))
    if base is None:
        return
    pod: Any = data
    for part in (*base, "spec"):
        pod = pod.get(part) if isinstance(pod, Mapping) else None
    if not isinstance(pod, Mapping):
        return
    for listed in CONTAINER_LISTS:
        found = pod.get(listed)
        for index, container in enumerate(found if isinstance(found, list) else ()):
            if isinstance(container, Mapping):
                path = (*base, "spec", listed, index)
                yield (*path, "image"), container.get("image")
                yield from _figures(container, path)


def _figures(container: Mapping[str, Any], path: KeyPath) -> Iterator[tuple[KeyPath, object]]:
    resources = container.get("resources")
    for kind in ("requests", "limits"):
        amounts = resources.get(kind) if isinstance(resources, Mapping) else None
        for name, amount in amounts.items() if isinstance(amounts, Mapping) else ():
            yield (*path, "resources", kind, name), amount
    ports = container.get("ports")
    for index, port in enumerate(ports if isinstance(ports, list) else ()):
        if isinstance(port, Mapping):
            yield (*path, "ports", index, "containerPort"), port.get("containerPort")
