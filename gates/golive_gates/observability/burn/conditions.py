"""When an alert on error shares fires, and when it stops: exact for a constant share. Pure.

A share over a window grows in a straight line from the fault's begin until the window is full of
it, and falls the same way after its end. What a scrape and an evaluation add is left out: at most
one interval each.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Above:
    """The share of failures over the last ``window_s`` seconds is above ``share``."""

    window_s: float
    share: float


@dataclass(frozen=True, slots=True)
class Joined:
    """Several conditions: ``and``, where all have to hold, or ``or``."""

    how: Literal["and", "or"]
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Guard:
    """Something else, such as enough traffic; it is taken to hold."""


Condition = Above | Joined | Guard


def watches(condition: Condition) -> bool:
    """Whether *condition* depends on the share of failures."""
    match condition:
        case Above():
            return True
        case Joined("and", parts):
            return any(watches(p) for p in parts)
        case Joined(_, parts):
            return bool(parts) and all(watches(p) for p in parts)
        case _:
            return False


def begins(condition: Condition, share: float) -> float:
    """Seconds from the begin of a constant *share* of failures until it holds, or infinity."""
    match condition:
        case Above(window, least):
            if least < 0:
                return 0.0
            return window * least / share if share > least else math.inf
        case Joined("and", parts):
            return max((begins(p, share) for p in parts), default=0.0)
        case Joined(_, parts):
            return min((begins(p, share) for p in parts), default=math.inf)
        case _:
            return 0.0


def ends(condition: Condition, share: float) -> float:
    """Seconds from the end of a long fault of *share* until it no longer holds; 0 if it did not."""
    match condition:
        case Above(window, least):
            if least < 0:
                return math.inf
            return window * (1 - least / share) if share > least else 0.0
        case Joined("and", parts):
            return min((ends(p, share) for p in parts), default=math.inf)
        case Joined(_, parts):
            return max((ends(p, share) for p in parts), default=0.0)
        case _:
            return math.inf
