"""The environment of a container, as far as the release's files tell it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from golive.sources.kubernetes.graph import Graph
from golive.sources.kubernetes.objects import KeyPath, KubernetesObject, dig
from golive.sources.kubernetes.pods import Container, Pod

_REFERENCE = re.compile(r"\$\$|\$\(([A-Za-z_][A-Za-z0-9_.-]*)\)")
_SHELL = re.compile(r"\$(?:\{(\w+)(?::?-([^}]*))?\}|(\w+))")


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable. ``value``: ``None`` when no file holds it (a Secret, a field of the pod).

    ``owner`` and ``path``: where its value is written.
    """

    name: str
    value: str | None
    owner: KubernetesObject
    path: KeyPath


def environment(graph: Graph, pod: Pod, container: Container) -> Mapping[str, Variable]:
    """Variables by name: ``envFrom`` in its order, then ``env`` over it."""
    found: dict[str, Variable] = {}
    for index, source in enumerate(_list(container.data.get("envFrom"))):
        found.update((v.name, v) for v in _all_of(graph, pod, source, container, index))
    for index, entry in enumerate(_list(container.data.get("env"))):
        name = dig(entry, ("name",))
        if isinstance(name, str):
            path = (*container.path, "env", index)
            found[name] = _one(graph, pod, name, entry, path, found)
    return found


def expanded(text: str, variables: Mapping[str, Variable]) -> str:
    """*text* with ``$(NAME)`` filled in as Kubernetes does; what is not known stays as it is."""

    def fill(match: re.Match[str]) -> str:
        if match[0] == "$$":
            return "$"
        found = variables.get(match[1])
        return match[0] if found is None or found.value is None else found.value

    return _REFERENCE.sub(fill, text)


def substituted(script: str, variables: Mapping[str, Variable]) -> str:
    """*script* with ``$NAME``, ``${NAME}`` and ``${NAME:-default}`` filled in as a shell does."""

    def fill(match: re.Match[str]) -> str:
        found = variables.get(match[1] or match[3])
        if found is None:
            return match[0] if match[2] is None else match[2]
        return match[0] if found.value is None else found.value or match[2] or ""

    return _SHELL.sub(fill, script)


def _all_of(
    graph: Graph, pod: Pod, source: object, container: Container, index: int
) -> Iterator[Variable]:
    prefix = dig(source, ("prefix",), "")
    for key, kind in (("configMapRef", "ConfigMap"), ("secretRef", "Secret")):
        name = dig(source, (key, "name"))
        held = graph.find(kind, pod.owner.namespace, name) if isinstance(name, str) else None
        if held is None:
            continue
        for entry, value in held.mapping("data").items():
            if kind == "Secret":
                path = (*container.path, "envFrom", index)
                yield Variable(f"{prefix}{entry}", None, pod.owner, path)
            else:
                yield Variable(f"{prefix}{entry}", _text(value), held, ("data", entry))


def _one(
    graph: Graph,
    pod: Pod,
    name: str,
    entry: object,
    path: KeyPath,
    before: Mapping[str, Variable],
) -> Variable:
    reference = dig(entry, ("valueFrom", "configMapKeyRef"))
    map_name, key = dig(reference, ("name",)), dig(reference, ("key",))
    if isinstance(map_name, str) and isinstance(key, str):
        held = graph.find("ConfigMap", pod.owner.namespace, map_name)
        if held is not None and key in held.mapping("data"):
            return Variable(name, _text(held.get("data", key)), held, ("data", key))
    if dig(entry, ("valueFrom",)) is not None:
        return Variable(name, None, pod.owner, path)
    value = _text(dig(entry, ("value",), ""))
    return Variable(
        name, None if value is None else expanded(value, before), pod.owner, (*path, "value")
    )


def _text(value: object) -> str | None:
    """Only a string is valid there; what is not is `manifests.schema`'s to report."""
    return value if isinstance(value, str) else None


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
