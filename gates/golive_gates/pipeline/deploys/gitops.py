"""Deployments by a commit: the wanted state is pushed, and a controller in the cluster follows."""

from __future__ import annotations

import re

from golive_gates.pipeline.model.records import Node
from golive_gates.pipeline.parts import Repository
from golive_gates.pipeline.scans.commands import as_run, commands_of, known_text, program_in
from golive_gates.pipeline.scans.known import action_named

_STATE = re.compile(
    r"gitops|argo-?cd|flux|deploy|manifest|k8s|kubernetes|helm-?(?:values|releases?)|infra|cluster",
    re.IGNORECASE,
)
_IMAGE = re.compile(r"image|\.tag\b|newTag|appVersion")


def pushes_state(node: Node, repository: Repository) -> int | None:
    """Index of the step that pushes the wanted state of a cluster; ``None`` for none.

    A push is one where a repository that is named for it was checked out or cloned before, or where
    an image was written into a file with kustomize, yq or sed.
    """
    state = False
    for index, step in enumerate(node.steps):
        if action_named(step.uses) == "actions/checkout":
            given = known_text(step.inputs.get("repository", ""), step, node)
            state = state or bool(_STATE.search(given))
            continue
        for command in commands_of(step, repository, node) if as_run(step, node).run else ():
            name, words = program_in(command, step, node)
            if name == "git" and "push" in words and state:
                return index
            state = state or _writes(name, words)
    return None


def _writes(name: str, words: tuple[str, ...]) -> bool:
    if name == "git":
        return "clone" in words and any(_STATE.search(w) for w in words)
    if name == "kustomize":
        return words[:3] == ("edit", "set", "image")
    inplace = any(w in ("--inplace", "--in-place") or re.match(r"-\w*i", w) for w in words)
    return name in ("yq", "sed") and inplace and any(_IMAGE.search(w) for w in words)
