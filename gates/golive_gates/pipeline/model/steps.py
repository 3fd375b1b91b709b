"""Steps as they run: those of composite actions instead of the step that uses them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from golive_gates.pipeline.model.calls import local_path
from golive_gates.pipeline.model.expressions import filled
from golive_gates.pipeline.model.records import Action, Step, Unfollowed

MOST_STEPS = 2_000
MOST_LEVELS = 10
"""Actions that may use each other in a row (GitHub's own bound)."""
_COMPOSITE = "composite"


class Finds(Protocol):
    """Finds actions of this repository."""

    def action(self, uses: str) -> Action | None:
        """The one that *uses* names."""


@dataclass(slots=True)
class _Taken:
    looked: int = 0
    steps: list[Step] = field(default_factory=list)
    unfollowed: list[Unfollowed] = field(default_factory=list)


def taken_apart(
    steps: Sequence[Step], calls: Finds
) -> tuple[tuple[Step, ...], tuple[Unfollowed, ...]]:
    """*steps* with composite actions of this repository taken apart, and what cannot be.

    Such a step stays as it is when its action is not there, is no composite one (JavaScript,
    Docker: what it does is not said in YAML) or is used by itself.
    """
    taken = _Taken()
    _take(steps, calls, (), {}, (), taken)
    return tuple(taken.steps), tuple(taken.unfollowed)


def _take(
    steps: Sequence[Step],
    calls: Finds,
    within: tuple[Step, ...],
    given: Mapping[str, str],
    trail: tuple[str, ...],
    taken: _Taken,
) -> None:
    for step in steps:
        taken.looked += 1
        if taken.looked > MOST_STEPS:
            taken.unfollowed.append(Unfollowed(step.place, f"more than {MOST_STEPS:,} steps"))
            return
        own = replace(step, within=within, given=given) if within else step
        if local_path(step.uses) is None:
            taken.steps.append(own)
            continue
        action = calls.action(step.uses)
        known = action is not None and action.kind == _COMPOSITE
        if action is None or not known or action.path in trail or len(trail) >= MOST_LEVELS:
            taken.steps.append(own)
            taken.unfollowed.append(Unfollowed(step.place.below("uses"), step.uses))
            continue
        inputs = {name: filled(text, given) for name, text in step.inputs.items()}
        _take(
            action.steps,
            calls,
            (*within, own),
            {**action.defaults, **inputs},
            (*trail, action.path),
            taken,
        )
