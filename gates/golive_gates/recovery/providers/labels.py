"""Names of faults, and what is demanded of a generator under each. Pure."""

from __future__ import annotations

import re
from typing import Literal

Demand = Literal["primary", "fallback", "honest", "error"]
"""``primary``: its answer, whole. ``fallback``: the other's answer, whole. ``honest``: that, or an
error that is told, for content was sent already. ``error``: an error that is told."""

FAULTS = (
    "status-401",
    "status-429",
    "status-500",
    "status-503",
    "status-529",
    "stream-error",
    "slow-first-token",
    "stall",
    "truncate",
    "cut",
    "malformed",
    "refuse",
    "reset",
    "split-utf8",
    "stream-error@3",
    "stall@3",
    "truncate@3",
    "cut@3",
    "malformed@3",
    "reset@3",
)
"""What is tried unless ``golive.yaml`` says otherwise."""

BOTH_DOWN = ("status-503", "refuse")
"""What both providers do at once unless ``golive.yaml`` says otherwise."""

_LABEL = re.compile(
    r"status-[45]\d\d|slow-first-token|refuse|split-utf8"
    r"|(stream-error|stall|truncate|cut|malformed|reset)(@[1-9]\d{0,3})?"
)


def known(label: str) -> bool:
    """Whether there is such a fault."""
    return _LABEL.fullmatch(label) is not None


def kind_of(label: str) -> str:
    """The fault without its place in the stream."""
    return label.partition("@")[0]


def demand_of(label: str) -> Demand:
    """What is demanded while the primary shows the fault *label*, "" for none."""
    if label in ("", "split-utf8"):
        return "primary"
    return "honest" if "@" in label else "fallback"
