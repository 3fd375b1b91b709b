"""What sentences and selectors of monitors need of an object."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from golive.sources.kubernetes.objects import KubernetesObject


def labels_of(item: KubernetesObject) -> Mapping[str, Any]:
    """The labels of an object itself."""
    return item.mapping("metadata", "labels")


def listed(values: object) -> str:
    """Names in a sentence: the first four, and how many more."""
    names = sorted({str(v) for v in values}) if isinstance(values, list | tuple | set) else []
    more = f" (+{len(names) - 4})" if len(names) > 4 else ""
    return ", ".join(names[:4]) + more
