"""Permissions of the job token, as a workflow and its jobs state them.

Source: "Workflow syntax for GitHub Actions", permissions: a scope that a mapping does not name is
``none``; a job's own mapping replaces that of its workflow.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from golive_gates.pipeline.model.records import Job, Place, Workflow

Level = Literal["none", "read", "write"]
LEVELS: Mapping[str, Level] = {"none": "none", "read": "read", "write": "write"}
_ORDER: Mapping[Level, int] = {"none": 0, "read": 1, "write": 2}
_WRITE_ONLY = ("id-token",)
"""Scopes that ``read-all`` does not give anything of."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What one place gives. ``scopes``: by name; ``rest``: what every other scope gets.

    ``place``: where it is written.
    """

    scopes: Mapping[str, Level]
    rest: Level
    place: Place

    @property
    def everything(self) -> bool:
        """Whether it is ``write-all``."""
        return self.rest == "write"

    @property
    def writes(self) -> tuple[str, ...]:
        """Scopes that it names and may write."""
        return tuple(name for name, level in self.scopes.items() if level == "write")

    def level(self, scope: str) -> Level:
        """What it gives of *scope*."""
        if scope in self.scopes:
            return self.scopes[scope]
        return "none" if self.rest == "read" and scope in _WRITE_ONLY else self.rest

    def beyond(self, other: Grant) -> tuple[str, ...]:
        """``scope: level`` of what it gives and *other* does not."""
        if _ORDER[self.rest] > _ORDER[other.rest]:
            return (f"{self.rest}-all",)
        return tuple(
            f"{name}: {level}"
            for name, level in self.scopes.items()
            if _ORDER[level] > _ORDER[other.level(name)]
        )


def grant(said: object, place: Place) -> Grant | None:
    """What *said*, the value of ``permissions``, gives; ``None`` where it is no such value."""
    if said in ("read-all", "write-all"):
        return Grant({}, "read" if said == "read-all" else "write", place)
    if not isinstance(said, Mapping):
        return None
    scopes = {
        str(name): LEVELS[level]
        for name, level in said.items()
        if isinstance(level, str) and level in LEVELS
    }
    return Grant(scopes, "none", place)


def of_workflow(workflow: Workflow) -> Grant | None:
    """What the workflow gives all its jobs; ``None`` when it does not say."""
    return grant(workflow.permissions, workflow.place.below("permissions"))


def of_job(job: Job, workflow: Workflow) -> Grant | None:
    """What *job* has: its own, else that of *workflow*; ``None`` when neither says."""
    if job.permissions is not None:
        return grant(job.permissions, job.place.below("permissions"))
    return of_workflow(workflow)
