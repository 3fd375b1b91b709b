"""Jobs that ``needs`` names, and circles among them."""

from __future__ import annotations

from collections.abc import Iterator

from golive.api import Finding, Status
from golive_gates.pipeline.looking import finding
from golive_gates.pipeline.model.graph import closure
from golive_gates.pipeline.model.records import Job, Workflow
from golive_gates.pipeline.schemas.near import near

MOST_NAMES = 6


def in_needs(workflow: Workflow) -> Iterator[Finding]:
    """What is wrong with what the jobs of *workflow* wait for."""
    for job in workflow.jobs.values():
        for name in dict.fromkeys(job.needs):
            if name not in workflow.jobs:
                yield _unknown(job, name, workflow)
    above = closure(workflow.jobs)
    # Only what needs itself is in a circle.
    circular = {name for name, needed in above.items() if name in needed}
    told: set[str] = set()
    for job in workflow.jobs.values():
        if job.id in circular and job.id not in told:
            circle = [n for n in above[job.id] if n in circular and job.id in above[n]]
            told.update(circle)
            names = " → ".join(circle[:MOST_NAMES]) + (" → ..." if circle[MOST_NAMES:] else "")
            yield finding(
                job.place, job.id, "circle", below=("needs",), file=workflow.path, names=names
            )


def in_names(workflow: Workflow) -> Iterator[Finding]:
    """Templates, stages and files that a GitLab pipeline names and does not have."""
    for missing in workflow.missing:
        # What is taken from elsewhere may bring all but the file itself.
        open_ = workflow.unfollowed and missing.code != "no-include"
        yield finding(
            missing.place,
            workflow.path,
            missing.code,
            status=Status.INCONCLUSIVE if open_ else None,
            name=missing.what,
        )


def _unknown(job: Job, name: str, workflow: Workflow) -> Finding:
    # Where jobs are taken from elsewhere, one of those may be meant.
    status = Status.INCONCLUSIVE if workflow.unfollowed else None
    meant = near(name, workflow.jobs)
    if not meant:
        return finding(job.place, job.id, "no-job", below=("needs",), status=status, need=name)
    return finding(
        job.place, job.id, "near-need", below=("needs",), status=status, need=name, near=meant
    )
