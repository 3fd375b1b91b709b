"""``pipeline.references``: what a pipeline names is there.

What: jobs in ``needs`` and no circle among them; workflows and actions of the same repository, with
the inputs and secrets that they ask for; workflows that ``workflow_run`` follows. Why: the forge
refuses the whole file for one name that leads nowhere, and a workflow that waits for another that
does not exist never runs. Remedy: mend the name or add what it names.
"""

from __future__ import annotations

from collections.abc import Iterator

from golive.api import Check, CheckResult, CheckSpec, EvidenceLevel, Finding, Observation
from golive_gates.pipeline.looking import actions_of, judged, workflows_of
from golive_gates.pipeline.parts import Pipeline, Repository
from golive_gates.pipeline.references.actions import in_steps
from golive_gates.pipeline.references.followed import in_triggers
from golive_gates.pipeline.references.needs import in_names, in_needs
from golive_gates.pipeline.references.reusable import in_calls
from golive_gates.pipeline.settings import Settings

SPEC = CheckSpec("pipeline.references", needs=EvidenceLevel.STATIC)


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Every name in every pipeline."""
    del settings
    repositories = observation.require(Pipeline).repositories
    count = sum(len(w.jobs) for r in repositories for w in workflows_of(r))
    return judged(SPEC, observation, count, [f for r in repositories for f in _in(r)])


def _in(repository: Repository) -> Iterator[Finding]:
    workflows = workflows_of(repository)
    for workflow in workflows:
        yield from in_needs(workflow)
        yield from in_names(workflow)
        yield from in_triggers(workflow, workflows, repository)
        for job in workflow.jobs.values():
            yield from in_calls(job, repository, workflow)
            yield from in_steps(job.steps, repository)
    for action in actions_of(repository):
        yield from in_steps(action.steps, repository)


CHECK = Check(SPEC, (Pipeline,), judge)
