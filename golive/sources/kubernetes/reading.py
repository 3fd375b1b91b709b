"""YAML documents to Kubernetes objects: lists taken apart, secret values masked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from golive.model import Location
from golive.sources.kubernetes.masking import mask
from golive.sources.kubernetes.objects import KeyPath, KubernetesObject
from golive.sources.places import node_count
from golive.sources.tree import FileKind, SourceProblem

_NESTED = 8
"""Lists in lists; kubectl takes apart any, and nobody writes more."""


def objects_in(
    data: Mapping[str, Any],
    lines: tuple[int, ...],
    path: str,
    document: int,
    *,
    suspicious: bool = True,
) -> Iterator[KubernetesObject | SourceProblem]:
    """The objects that *data* is or, being a List, holds; what is none of them is a problem.

    *data* has ``apiVersion`` and ``kind`` as text. *lines*: of its parts, empty when they mean
    nothing to the reader (rendered text); then the objects count as generated. *suspicious*: as
    :func:`golive.sources.kubernetes.masking.suspicious` says of their source.
    """
    place = _Place(path, document, generated=not lines, suspicious=suspicious)
    yield from _objects(data, lines, place, ())


@dataclass(frozen=True, slots=True)
class _Place:
    path: str
    document: int
    generated: bool
    suspicious: bool


def _objects(
    data: Mapping[str, Any], lines: tuple[int, ...], place: _Place, prefix: KeyPath
) -> Iterator[KubernetesObject | SourceProblem]:
    kind, api_version = data["kind"], data["apiVersion"]
    items = data.get("items")
    if kind.endswith("List") and isinstance(items, list) and "spec" not in data:
        number = _number_of_items(data)
        for index, item in enumerate(items):
            count = node_count(item) if lines else 0
            part = lines[number : number + count]
            number += count
            path = (*prefix, "items", index)
            member = _member(item, kind, api_version)
            if member is None or len(path) > 2 * _NESTED:
                message = f"item {index + 1} of the {kind} is no Kubernetes object"
                where = Location(place.path, part[0] if part else 1)
                yield SourceProblem(where, FileKind.KUBERNETES, "no-object", message, _HINT)
            else:
                if part and member is not item:
                    part = (*part, *(part[:1] * 4))
                yield from _objects(member, part, place, path)
        return
    metadata = data.get("metadata")
    named = metadata if isinstance(metadata, Mapping) else {}
    yield KubernetesObject(
        api_version,
        kind,
        _text(named.get("namespace")),
        name_in(named),
        mask(data, deep=place.suspicious),
        place.path,
        place.document,
        prefix,
        lines,
        place.generated,
    )


_HINT = "write apiVersion and kind as text"


def name_in(metadata: Mapping[str, Any]) -> str:
    """The name in *metadata*; ``prefix*`` where the cluster completes a ``generateName``."""
    name = _text(metadata.get("name"))
    prefix = _text(metadata.get("generateName"))
    return name or (f"{prefix}*" if prefix else "")


def _text(value: object) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)[:253]


def _number_of_items(data: Mapping[str, Any]) -> int:
    """Number of the place of the first item of a List."""
    number = 1
    for key, value in data.items():
        if key == "items":
            break
        number += 1 + node_count(value)
    return number + 2


def _member(item: object, kind: str, api_version: str) -> Mapping[str, Any] | None:
    """An item as an object; those of a ``DeploymentList`` may leave out what they are."""
    if not isinstance(item, Mapping):
        return None
    if kind != "List" and "kind" not in item and "apiVersion" not in item:
        # After the item's own keys, so that its lines keep their numbers.
        return {**item, "apiVersion": api_version, "kind": kind.removesuffix("List")}
    own = (item.get("apiVersion"), item.get("kind"))
    return item if all(isinstance(part, str) and part for part in own) else None
