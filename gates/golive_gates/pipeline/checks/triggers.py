"""``pipeline.triggers``: code of a stranger does not run with the repository's rights.

What: no job of a run that ``pull_request_target``, ``workflow_run`` or ``issue_comment`` starts
checks out the code of the pull request, unless its condition keeps forks out; one that asks for a
member's word (an association, a label) only warns, because what it vouched for can be changed
before it runs. In a repository that is offered to the public (it has a licence), a job on a
self-hosted machine that pull requests start warns. Why: such runs have the secrets and a token
that may write, and a build runs whatever the pull request wrote. Remedy: build pull requests on
``pull_request``, and hand over results as artifacts. Sources: GitHub Security Lab, "Keeping your
GitHub Actions and workflows secure"; "Security hardening", self-hosted runners.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from golive.api import Check, CheckResult, CheckSpec, EvidenceLevel, Finding, Observation, Status
from golive_gates.pipeline.looking import finding, judged, runs_of, workflows_of
from golive_gates.pipeline.model.records import Node, Run, Workflow
from golive_gates.pipeline.parts import Pipeline
from golive_gates.pipeline.settings import Settings
from golive_gates.pipeline.supply.once import once
from golive_gates.pipeline.supply.untrusted import (
    conditions,
    from_forks,
    guarded,
    head_checkouts,
    privileged_events,
    self_hosted,
    vouched,
)

SPEC = CheckSpec("pipeline.triggers", needs=EvidenceLevel.STATIC)
_LICENCE = re.compile(r"(?i)(?:licen[cs]e|copying)(?:[.-][\w.-]+)?")


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Looks at every run, those of called workflows and local actions included."""
    del settings
    found: list[Finding] = []
    jobs = 0
    for repository in observation.require(Pipeline).repositories:
        workflows = workflows_of(repository)
        public = any(_LICENCE.fullmatch(name) for name in repository.names)
        for run in runs_of(repository):
            if run.workflow.forge != "github":
                continue
            jobs += len(run.nodes)
            found += _of_run(run, workflows)
            if public:
                found += _on_own_machines(run)
    # A workflow that several call is one mistake.
    return judged(SPEC, observation, jobs, once(found))


def _of_run(run: Run, workflows: tuple[Workflow, ...]) -> Iterator[Finding]:
    for event in privileged_events(run.workflow):
        if not from_forks(run.workflow, event, workflows):
            continue
        for node in run.nodes.values():
            above = "\n".join(caller.condition for caller in node.callers)
            for step in node.steps:
                condition = f"{above}\n{conditions(node.job, step)}"
                if head_checkouts(step, event) and not guarded(condition, event):
                    yield finding(
                        step.place,
                        f"{node.workflow.path}:{node.job.id}",
                        "vouched-for" if vouched(condition) else "runs-strangers",
                        status=Status.WARN if vouched(condition) else None,
                        event=event,
                        step=step.label[:80],
                    )


def _on_own_machines(run: Run) -> Iterator[Finding]:
    if "pull_request" not in run.workflow.events:
        return
    for node in run.nodes.values():
        if self_hosted(node.job) and not guarded(_every_condition(node), "pull_request"):
            yield finding(
                node.job.place,
                f"{node.workflow.path}:{node.job.id}",
                "own-machine",
                below=("runs-on",),
                status=Status.WARN,
            )


def _every_condition(node: Node) -> str:
    return "\n".join((*(caller.condition for caller in node.callers), node.job.condition))


CHECK = Check(SPEC, (Pipeline,), judge)
