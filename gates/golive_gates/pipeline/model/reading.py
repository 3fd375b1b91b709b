"""The pipelines and actions of a repository, whatever forge they are for."""

from __future__ import annotations

from collections.abc import Sequence

from golive.sources.tree import FileKind
from golive_gates.pipeline.model.calls import Calls, local_path
from golive_gates.pipeline.model.github import read_action, read_workflow
from golive_gates.pipeline.model.gitlab import read_pipelines
from golive_gates.pipeline.model.records import Action, Step, Workflow
from golive_gates.pipeline.parts import Repository

MOST_ACTIONS = 500


def read_workflows(repository: Repository) -> tuple[Workflow, ...]:
    """Every workflow among the documents of *repository*, GitLab's told in GitHub's words."""
    return (
        *(
            read_workflow(d, repository.within(d.path))
            for d in repository.documents
            if d.kind is FileKind.WORKFLOW
        ),
        *read_pipelines(repository),
    )


def read_actions(repository: Repository, workflows: Sequence[Workflow]) -> tuple[Action, ...]:
    """Every action among the documents of *repository*, and those that *workflows* lead to."""
    found = {
        a.path: a
        for a in (
            read_action(d, repository.within(d.path).rpartition("/")[0])
            for d in repository.documents
            if d.kind is FileKind.ACTION
        )
    }
    calls = Calls(workflows, tuple(found.values()), repository)
    waiting: list[Step] = [s for w in workflows for j in w.jobs.values() for s in j.steps]
    waiting += [s for a in found.values() for s in a.steps]
    while waiting:
        step = waiting.pop(0)
        path = local_path(step.uses)
        if path is None or path in found or len(found) >= MOST_ACTIONS:
            continue
        action = calls.action(step.uses)
        if action is not None:
            found[path] = action
            waiting += action.steps
    return tuple(found.values())
