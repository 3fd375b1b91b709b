"""Which items of two lists belong together, and what of a live object the files speak of. Pure.

The API server merges some lists by a key (``x-kubernetes-list-map-keys`` and the patch merge keys
of the API reference); an item that only the cluster has was put there by somebody else, as a
sidecar or the token of the service account is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

KEYS: tuple[tuple[str, ...], ...] = (
    ("name",),
    ("containerPort", "protocol"),
    ("port", "protocol"),
    ("mountPath",),
    ("devicePath",),
    ("topologyKey", "whenUnsatisfiable"),
    ("ip",),
)
"""Merge keys in the order in which they are tried; all items must have the first part."""

KEYED = frozenset(
    {
        "containers",
        "env",
        "ephemeralContainers",
        "hostAliases",
        "imagePullSecrets",
        "initContainers",
        "ports",
        "secrets",
        "topologySpreadConstraints",
        "volumeClaimTemplates",
        "volumeDevices",
        "volumeMounts",
        "volumes",
    }
)
"""Lists that are merged by a key; every other list is replaced as a whole."""

Key = tuple[object, ...]

WHOLE = object()
"""In the place of a shape: whatever is there."""


def naming(field: str, items: Sequence[object]) -> tuple[str, ...]:
    """Names of the fields that make up the key; empty where there is none."""
    if field not in KEYED or not items or not all(isinstance(i, Mapping) for i in items):
        return ()
    for names in KEYS:
        found = [key_of(i, names) for i in items if isinstance(i, Mapping)]
        if all(k[0] is not None for k in found) and len(set(found)) == len(found):
            return names
    return ()


def key_of(item: Mapping[str, Any], names: tuple[str, ...]) -> Key:
    """The key of one item, its usual defaults filled in."""
    values = []
    for name in names:
        value = item.get(name)
        if name == "protocol" and value is None:
            value = "TCP"
        values.append(None if value is None else str(value))
    return tuple(values)


def projected(stated: object, live: object, field: str = "", depth: int = 0) -> Any:  # noqa: ANN401 - JSON
    """What of *live* has a place in *stated*; nothing else is kept or recorded."""
    if depth > 60:
        return None
    if stated is WHOLE:
        return live
    if isinstance(stated, Mapping) and isinstance(live, Mapping):
        return {
            str(k): projected(v, live[k], str(k), depth + 1) for k, v in stated.items() if k in live
        }
    if isinstance(stated, list | tuple) and isinstance(live, list | tuple):
        if not any(isinstance(i, Mapping) for i in stated):
            return list(live)
        maps = [i for i in stated if isinstance(i, Mapping)]
        names = naming(field, stated)
        if names:
            shapes = {key_of(i, names): i for i in maps}
            keyed = [(key_of(i, names), i) for i in live if isinstance(i, Mapping)]
            return [projected(shapes[k], i, "", depth + 1) for k, i in keyed if k in shapes]
        shape = _merged(maps)
        return [projected(shape, item, "", depth + 1) for item in live]
    return live if not isinstance(live, Mapping) else {}


def _merged(items: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """One mapping with every place that any of *items* has."""
    found: dict[str, Any] = {}
    for item in items:
        for key, value in item.items():
            found[key] = _shape(found[key], value) if key in found else value
    return found


def _shape(first: Any, second: Any) -> Any:  # noqa: ANN401 - JSON
    """What has the places of both; a scalar has none of its own."""
    if isinstance(first, Mapping) and isinstance(second, Mapping):
        return _merged([first, second])
    if isinstance(first, list | tuple) and isinstance(second, list | tuple):
        return [*first, *second]
    nested = [v for v in (first, second) if isinstance(v, Mapping | list | tuple)]
    if len(nested) == 2:
        return WHOLE
    return nested[0] if nested else first
