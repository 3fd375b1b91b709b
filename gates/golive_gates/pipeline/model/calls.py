"""Where a pipeline leads to: workflows and actions of the same repository, by how they are used."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

from golive_gates.pipeline.model.github import read_action, read_workflow
from golive_gates.pipeline.model.records import Action, Job, Workflow
from golive_gates.pipeline.model.texts import document_of
from golive_gates.pipeline.parts import Repository

_OWN = ("./", "$/")


class Calls:
    """Finds what ``uses`` names; what is not among the documents is read from its text, once."""

    def __init__(
        self,
        workflows: Sequence[Workflow],
        actions: Sequence[Action],
        repository: Repository | None = None,
    ) -> None:
        self._workflows: dict[str, Workflow | None] = {w.path: w for w in workflows}
        self._actions: dict[str, Action | None] = {a.path: a for a in actions}
        self._repository = repository

    def workflow(self, job: Job) -> Workflow | None:
        """The workflow that *job* calls; ``None`` for a remote one and one that is not there."""
        path = local_path(job.uses)
        if path is None:
            return None
        if path not in self._workflows:
            document = document_of(self._repository, path)
            self._workflows[path] = None if document is None else read_workflow(document, path)
        return self._workflows[path]

    def action(self, uses: str) -> Action | None:
        """The action of this repository that *uses* names; ``None`` for any other."""
        path = local_path(uses)
        if path is None:
            return None
        if path not in self._actions:
            self._actions[path] = next(
                (
                    read_action(document, path)
                    for name in ("action.yml", "action.yaml")
                    if (document := document_of(self._repository, _below(path, name))) is not None
                ),
                None,
            )
        return self._actions[path]


def _below(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def local_path(uses: str) -> str | None:
    """The path from the root that *uses* names; ``None`` for what is not of this repository.

    ``./.github/workflows/x.yml``, or the same behind ``$/``; a ref behind ``@``, which GitHub
    refuses, is left out.
    """
    text = uses.strip()
    if not text.startswith(_OWN):
        return None
    text = text.replace("$", ".", 1) if text.startswith("$") else text
    path = posixpath.normpath(text.partition("@")[0])
    return "" if path == "." else path
