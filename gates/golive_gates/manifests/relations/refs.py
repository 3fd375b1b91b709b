"""What pods refer to by name: ConfigMaps, Secrets and their keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from golive.sources.kubernetes.objects import KeyPath
from golive.sources.kubernetes.pods import Pod
from golive_gates.manifests.relations.values import entries, mapping, text

CONFIG, SECRET = "ConfigMap", "Secret"


@dataclass(frozen=True, slots=True)
class Ref:
    """A ConfigMap or Secret that a pod needs before it starts. ``keys``: those it needs of it."""

    kind: str
    name: str
    path: KeyPath
    container: str = ""
    keys: tuple[str, ...] = ()


def refs_of(pod: Pod) -> Iterator[Ref]:
    """References that are not optional."""
    for container in pod.containers:
        for index, source in entries(container.get("envFrom")):
            for field, kind in (("configMapRef", CONFIG), ("secretRef", SECRET)):
                path = (*container.path, "envFrom", index, field)
                yield from _ref(kind, source.get(field), "name", path, container.name)
        for index, variable in entries(container.get("env")):
            for field, kind in (("configMapKeyRef", CONFIG), ("secretKeyRef", SECRET)):
                source = mapping(mapping(variable.get("valueFrom")).get(field))
                path = (*container.path, "env", index, "valueFrom", field)
                keys = (key,) if (key := text(source.get("key"))) else ()
                yield from _ref(kind, source, "name", path, container.name, keys)
    for index, volume in entries(pod.spec.get("volumes")):
        path = (*pod.path, "volumes", index)
        yield from _volume(volume, path, "secretName")
        for place, source in entries(mapping(volume.get("projected")).get("sources")):
            yield from _volume(source, (*path, "projected", "sources", place), "name")


def _volume(source: Mapping[str, Any], path: KeyPath, secret_name: str) -> Iterator[Ref]:
    for field, kind, named in (("configMap", CONFIG, "name"), ("secret", SECRET, secret_name)):
        found = mapping(source.get(field))
        items = entries(found.get("items"))
        keys = tuple(key for _, item in items if (key := text(item.get("key"))))
        yield from _ref(kind, found, named, (*path, field), "", keys)


def _ref(
    kind: str,
    source: object,
    named: str,
    path: KeyPath,
    container: str,
    keys: tuple[str, ...] = (),
) -> Iterator[Ref]:
    name = text(mapping(source).get(named))
    if name and mapping(source).get("optional") is not True:
        yield Ref(kind, name, path, container, keys)
