"""Workflows to what they do when they run: each job with all that it needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from golive_gates.pipeline.model.records import Action, Job, Node, Run, Workflow


def runs_in(workflows: Sequence[Workflow], actions: Sequence[Action]) -> tuple[Run, ...]:
    """The run of every workflow that something else than a call starts."""
    del actions
    return tuple(
        Run(workflow, {job.id: _node(job, workflow) for job in workflow.jobs.values()})
        for workflow in workflows
        if set(workflow.events) - {"workflow_call"}
    )


def _node(job: Job, workflow: Workflow) -> Node:
    return Node(job.id, job, workflow, (), job.steps, frozenset(_above(job, workflow.jobs)))


def _above(job: Job, jobs: Mapping[str, Job]) -> set[str]:
    found: set[str] = set()
    waiting = list(job.needs)
    while waiting:
        name = waiting.pop()
        if name not in found and name in jobs:
            found.add(name)
            waiting += jobs[name].needs
    return found
