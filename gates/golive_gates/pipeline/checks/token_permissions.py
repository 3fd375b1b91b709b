"""``pipeline.token-permissions``: each job's token may do what the job does, and no more.

What: every job has ``permissions``, its own or its workflow's; none is ``write-all``; a scope that
may be written is given to the jobs that need it, not to a whole workflow; a called workflow does
not ask for more than its caller has. Why: whatever runs in a job, a hijacked action included, acts
with its token. Without ``permissions`` the repository's setting decides, which the files do not
show and which is read and write in repositories made before February 2023: that only warns. What
exceeds the caller is refused before any job starts. Remedy: ``permissions: {}`` at the top and the
scopes that each job needs in the job. Sources: "Automatic token authentication" and "Reuse
workflows" in GitHub's documentation; OpenSSF Scorecard, Token-Permissions.
"""

from __future__ import annotations

from collections.abc import Iterator

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    EvidenceLevel,
    Finding,
    Observation,
    Severity,
    Status,
)
from golive_gates.pipeline.looking import finding, judged, workflows_of
from golive_gates.pipeline.model.calls import local_path
from golive_gates.pipeline.model.records import Job, Workflow
from golive_gates.pipeline.parts import Pipeline
from golive_gates.pipeline.settings import Settings
from golive_gates.pipeline.supply.tokens import Grant, of_job, of_workflow

SPEC = CheckSpec("pipeline.token-permissions", Severity.MEDIUM, needs=EvidenceLevel.STATIC)


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Every job's token is limited."""
    del settings
    found: list[Finding] = []
    jobs = 0
    for repository in observation.require(Pipeline).repositories:
        workflows = [w for w in workflows_of(repository) if w.forge == "github"]
        by_path = {w.path: w for w in workflows}
        for workflow in workflows:
            jobs += len(workflow.jobs)
            found += _of_workflow(workflow)
            for job in workflow.jobs.values():
                called = by_path.get(local_path(job.uses) or "")
                if called is not None:
                    found += _exceeding(workflow, job, called)
    return judged(SPEC, observation, jobs, found)


def _of_workflow(workflow: Workflow) -> Iterator[Finding]:
    whole = of_workflow(workflow)
    heirs = [job for job in workflow.jobs.values() if job.permissions is None]
    if whole is None and workflow.permissions is None:
        # A workflow that is only called has its caller's token.
        if heirs and set(workflow.events) != {"workflow_call"}:
            place = workflow.place if len(heirs) == len(workflow.jobs) else heirs[0].place
            names = ", ".join(j.id for j in heirs[:5])
            yield finding(
                place, workflow.path, "not-stated", status=Status.WARN, key=True, jobs=names
            )
    elif whole is not None and heirs:
        if whole.everything:
            yield finding(whole.place, workflow.path, "write-all")
        elif len(heirs) > 1 and whole.writes:
            yield finding(
                whole.place,
                workflow.path,
                "for-all-jobs",
                status=Status.WARN,
                scopes=", ".join(whole.writes),
                n=len(heirs),
            )
    for job in workflow.jobs.values():
        own = of_job(job, workflow) if job.permissions is not None else None
        if own is not None and own.everything:
            yield finding(own.place, f"{workflow.path}:{job.id}", "write-all")


def _exceeding(workflow: Workflow, job: Job, called: Workflow) -> Iterator[Finding]:
    has = of_job(job, workflow)
    if has is None:
        return
    asked: list[tuple[str, Grant | None]] = [(called.path, of_workflow(called))]
    asked += [
        (f"{called.path}:{inner.id}", of_job(inner, called))
        for inner in called.jobs.values()
        if inner.permissions is not None
    ]
    for who, wants in asked:
        beyond = wants.beyond(has) if wants is not None else ()
        if beyond:
            yield finding(
                job.place,
                f"{workflow.path}:{job.id}",
                "exceeds-caller",
                below=("uses",),
                called=who,
                scopes=", ".join(beyond),
            )


CHECK = Check(SPEC, (Pipeline,), judge)
