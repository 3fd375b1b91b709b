"""What a step or job uses from elsewhere: ``uses`` taken apart.

Source: "Workflow syntax for GitHub Actions", jobs.<job_id>.steps[*].uses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from golive_gates.pipeline.looking import actions_of, workflows_of
from golive_gates.pipeline.model.github import mapping, text
from golive_gates.pipeline.model.records import Place
from golive_gates.pipeline.parts import Repository

_COMMIT = re.compile(r"[0-9a-f]{40}", re.IGNORECASE)
_SHORT = re.compile(r"(?=.*[0-9])[0-9a-f]{7,39}", re.IGNORECASE)
_REMOTE = re.compile(r"[\w.-]+/[\w.-]+(?:/[^@\s]+)?", re.ASCII)
_DOCKER = "docker://"


@dataclass(frozen=True, slots=True)
class Use:
    """One ``uses``. ``text``: as written; ``image``: that of ``docker://``, else empty."""

    place: Place
    text: str
    image: str = ""

    @property
    def name(self) -> str:
        """``owner/repository/path`` of a remote action or workflow, else empty."""
        name = self.text.partition("@")[0]
        return name if not self.image and _REMOTE.fullmatch(name) else ""

    @property
    def ref(self) -> str:
        """What stands behind ``@``."""
        return self.text.partition("@")[2]

    @property
    def pinned(self) -> bool:
        """Whether it names one commit, which nobody can move."""
        return bool(_COMMIT.fullmatch(self.ref))

    @property
    def abbreviated(self) -> bool:
        """Whether it may be the beginning of a commit, which GitHub refuses."""
        return bool(_SHORT.fullmatch(self.ref))


def uses_of(repository: Repository) -> Iterator[Use]:
    """Every ``uses`` of the workflows and actions of *repository* that is not one of its own."""
    for place, said in _written(repository):
        if said.startswith(_DOCKER):
            yield Use(place, said, said.removeprefix(_DOCKER))
        elif not said.startswith(("./", "../", ".\\")) and "${{" not in said:
            yield Use(place, said)


def _written(repository: Repository) -> Iterator[tuple[Place, str]]:
    for workflow in workflows_of(repository):
        for job in workflow.jobs.values():
            if job.uses:
                yield job.place.below("uses"), job.uses
            for step in job.steps:
                if step.uses:
                    yield step.place.below("uses"), step.uses
    for action in actions_of(repository):
        for step in action.steps:
            if step.uses:
                yield step.place.below("uses"), step.uses
        image = text(mapping(action.place.source.data.get("runs")).get("image"))
        if image.startswith(_DOCKER):
            yield action.place.below("runs", "image"), image
