"""Values of a manifest in the type that a reader needs; YAML may hold any other in their place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from golive.api import Observation, Status
from golive.sources.kubernetes.schema_near import near
from golive.sources.kubernetes.values import entries, mapping, text, whole
from golive_gates.manifests.parts import Manifests

__all__ = ["absent", "entries", "mapping", "misspelt", "pairs", "share", "text", "whole"]

_SLIPS = 3
"""Letters by which a misspelt key is longer or shorter."""
_PERCENT = re.compile(r"(\d{1,9})%")


def absent(observation: Observation) -> Status | None:
    """How a missing object weighs: undecided while something that may hold it is unread."""
    return Status.INCONCLUSIVE if observation.require(Manifests).problems else None


def misspelt(data: Mapping[str, Any], key: str) -> bool:
    """Whether *data* lacks *key* and has one that is meant for it: `unknown-fields` tells that."""
    if key in data:
        return False
    alike = (
        other
        for other in data
        if other[:1].lower() == key[0] and abs(len(other) - len(key)) <= _SLIPS
    )
    return any(near(other, (key,)) for other in alike)


def share(value: object, total: int, *, up: bool) -> int | None:
    """An absolute number, or a percentage of *total* rounded *up* or down; else ``None``."""
    number = whole(value)
    if number is not None:
        return number
    found = _PERCENT.fullmatch(text(value))
    if found is None:
        return None
    part = int(found[1]) * total
    return -(-part // 100) if up else part // 100


def pairs(labels: Mapping[str, Any]) -> str:
    """``key=value,key=value``, as kubectl writes a selector."""
    return ",".join(f"{key}={value}" for key, value in labels.items())
