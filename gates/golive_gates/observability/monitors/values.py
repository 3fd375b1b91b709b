"""Values of a monitor in the type that a reader needs; YAML may hold any other in their place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from golive.sources.kubernetes.objects import KubernetesObject

_MAPPING = (dict, Mapping)
"""A test for dict costs a tenth of one for Mapping, and YAML makes dicts."""


def text(value: object) -> str:
    """A string as it is; empty for every other type."""
    return value if isinstance(value, str) else ""


def whole(value: object) -> int | None:
    """A whole number, which ``true`` is not."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def entries(value: object) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The mappings in a list, with their places in it."""
    if isinstance(value, list | tuple):
        for index, item in enumerate(value):
            if isinstance(item, _MAPPING):
                yield index, item


def labels_of(item: KubernetesObject) -> Mapping[str, Any]:
    """The labels of an object itself."""
    return item.mapping("metadata", "labels")


def listed(values: object) -> str:
    """Names in a sentence: the first four, and how many more."""
    names = sorted({str(v) for v in values}) if isinstance(values, list | tuple | set) else []
    more = f" (+{len(names) - 4})" if len(names) > 4 else ""
    return ", ".join(names[:4]) + more
