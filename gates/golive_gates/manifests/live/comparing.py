"""Where a live object is not what its file states. Pure; only what the file states counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from golive.sources.kubernetes.objects import KeyPath
from golive.sources.kubernetes.quantities import quantity
from golive_gates.manifests.live.shapes import key_of, naming

MISSING = object()
"""The live object has nothing there."""

NOT_COMPARED: frozenset[KeyPath] = frozenset(
    {
        ("status",),
        ("metadata", "name"),
        ("metadata", "namespace"),
        ("metadata", "creationTimestamp"),
        ("metadata", "generation"),
        ("metadata", "resourceVersion"),
        ("metadata", "uid"),
        ("metadata", "managedFields"),
        ("metadata", "annotations", "kubectl.kubernetes.io/last-applied-configuration"),
        ("metadata", "annotations", "deployment.kubernetes.io/revision"),
    }
)
"""The object's identity, and what the server writes itself."""

TRUE_BY_DEFAULT = frozenset(
    {
        "allocateLoadBalancerNodePorts",
        "allowPrivilegeEscalation",
        "automountServiceAccountToken",
        "enableServiceLinks",
    }
)
"""Fields whose absence means true, so that a stated ``false`` may not be missing."""

QUANTITIES = frozenset(
    {
        "capacity",
        "default",
        "defaultRequest",
        "hard",
        "limits",
        "max",
        "maxLimitRequestRatio",
        "min",
        "requests",
    }
)
"""Mappings whose values are quantities."""

QUANTITY = frozenset({"averageValue", "divisor", "sizeLimit", "value"})

SECRETIVE = frozenset({"binaryData", "data", "stringData"})

MOST = 20
"""Differences kept of one object; one more is only counted."""


@dataclass(frozen=True, slots=True)
class Difference:
    """``stated`` in the file against ``live``, which may be :data:`MISSING`.

    ``private``: the values may be secret and are not to be shown.
    """

    path: KeyPath
    stated: Any
    live: Any
    private: bool = False


def differences(stated: Mapping[str, Any], live: Mapping[str, Any]) -> Iterator[Difference]:
    """Every place of *stated* that *live* does not agree with. ``apiVersion`` is the caller's."""
    for key, value in stated.items():
        if key not in ("apiVersion", "kind"):
            yield from _at((key,), value, live.get(key, MISSING))


def _at(path: KeyPath, stated: Any, live: Any) -> Iterator[Difference]:  # noqa: ANN401 - JSON
    if path in NOT_COMPARED or stated is None or len(path) > 60:
        return
    if live is MISSING or live is None:
        if not _like_nothing(path, stated):
            yield Difference(path, stated, MISSING, private(path))
    elif isinstance(stated, Mapping):
        if isinstance(live, Mapping):
            for key, value in stated.items():
                yield from _at((*path, str(key)), value, live.get(key, MISSING))
        else:
            yield Difference(path, stated, live, private(path))
    elif isinstance(stated, list | tuple):
        if isinstance(live, list | tuple):
            yield from _lists(path, stated, live)
        else:
            yield Difference(path, stated, live, private(path))
    elif not _same(path, stated, live):
        yield Difference(path, stated, live, private(path))


def _lists(path: KeyPath, stated: Sequence[Any], live: Sequence[Any]) -> Iterator[Difference]:
    names = naming(str(path[-1]), stated)
    if names:
        there = {key_of(i, names): i for i in live if isinstance(i, Mapping)}
        for index, item in enumerate(stated):
            yield from _at((*path, index), item, there.get(key_of(item, names), MISSING))
        return
    if len(stated) != len(live):
        yield Difference(path, list(stated), list(live), private(path))
        return
    free = list(range(len(live)))
    for index, item in enumerate(stated):
        at = (*path, index)
        if not isinstance(item, Mapping):
            yield from _at(at, item, live[index])
            continue
        # The order of such items carries no meaning, and some servers give another one.
        order = sorted(free, key=lambda i: i != index)
        match = next((i for i in order if not any(_at(at, item, live[i]))), None)
        if match is None:
            yield from _at(at, item, live[index])
        else:
            free.remove(match)


def _same(path: KeyPath, stated: Any, live: Any) -> bool:  # noqa: ANN401 - JSON
    if stated == live and isinstance(stated, bool) == isinstance(live, bool):
        return True
    if isinstance(stated, bool) or isinstance(live, bool):
        return False
    if _is_quantity(path):
        wanted, found = quantity(stated), quantity(live)
        return wanted is not None and wanted == found
    if isinstance(stated, int | float) and isinstance(live, int | float):
        return stated == live
    if isinstance(stated, int) != isinstance(live, int) and not private(path):
        # A port may be a number or text; the server keeps whichever it was given.
        return str(stated) == str(live)
    return False


def _is_quantity(path: KeyPath) -> bool:
    if len(path) > 1 and path[-2] in QUANTITIES:
        return True
    return path[-1] in QUANTITY and not private(path)


def _like_nothing(path: KeyPath, stated: Any) -> bool:  # noqa: ANN401 - JSON
    """Whether the server leaves *stated* out when it writes the object."""
    if isinstance(stated, Mapping):
        return all(_like_nothing((*path, str(k)), v) for k, v in stated.items())
    if stated is False:
        return path[-1] not in TRUE_BY_DEFAULT
    return stated is None or stated in (0, "", [], ())


def private(path: KeyPath) -> bool:
    """Whether the values there may hold a secret: environment and ConfigMap data."""
    if path and path[0] in SECRETIVE:
        return True
    return "env" in path
