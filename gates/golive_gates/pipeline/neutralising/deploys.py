"""Deployments that happen although a scan that they wait for failed."""

from __future__ import annotations

from collections.abc import Iterator

from golive_gates.pipeline.deploys.model import Deploy
from golive_gates.pipeline.model.expressions import runs_after_failure, truth
from golive_gates.pipeline.model.failing import starts_after
from golive_gates.pipeline.model.records import Job
from golive_gates.pipeline.neutralising.model import Cause, at, short
from golive_gates.pipeline.scans.model import Scan


def deployed_anyway(deploy: Deploy, scan: Scan) -> Iterator[Cause]:
    """Causes in the conditions of *deploy*, which waits for *scan*."""
    if scan.run is not deploy.run:
        return
    if scan.node is deploy.node:
        yield from _same_job(deploy, scan)
        return
    starts = starts_after(deploy.run, scan.node.id).get(deploy.node.id, False)
    if starts is False:
        return
    job = _guard(deploy)
    code = "runs-anyway" if starts else "runs-anyway-unknown"
    params = {"deploy": deploy.node.id, "condition": short(job.condition), "scan": scan.node.id}
    cause = at(job.place.below("if"), code, certain=bool(starts), **params)
    yield Cause(
        cause.code, cause.location, cause.json_path, cause.certain, cause.params, deploy.subject
    )


def deployed_unscanned(deploy: Deploy, scan: Scan) -> Iterator[Cause]:
    """Conditions by which *scan* may be skipped and *deploy* happens without it.

    What GitHub skips with it, because nothing asks for another outcome, is none.
    """
    if scan.run is not deploy.run or scan.node is deploy.node:
        return
    open_jobs = [
        g.job
        for g in scan.node.guards
        if g.job.condition.strip() and truth(g.job.condition, {}, "success") is None
    ]
    kept = _kept(deploy, scan)
    if open_jobs and kept:
        job = open_jobs[0]
        said = {"name": short(job.id), "condition": short(job.condition)}
        yield at(job.place.below("if"), "condition-unknown", certain=False, **said)


def _kept(deploy: Deploy, scan: Scan) -> bool:
    """Whether the deployment happens when the job of *scan* is skipped, on its own events."""
    if starts_after(deploy.run, scan.node.id, "skipped").get(deploy.node.id, False) is False:
        return False
    # Both may hang on the same condition: then what skips the one skips the other.
    asked = {g.job.condition.strip() for g in scan.node.guards} - {""}
    held = " ".join(g.job.condition for g in deploy.node.guards)
    return not all(a.removeprefix("${{").removesuffix("}}").strip() in held for a in asked)


def _guard(deploy: Deploy) -> Job:
    """The job whose condition lets the deployment happen."""
    asking = [g.job for g in deploy.node.guards if g.job.condition.strip()]
    return asking[-1] if asking else deploy.node.job


def _same_job(deploy: Deploy, scan: Scan) -> Iterator[Cause]:
    if not scan.position < deploy.position < len(deploy.node.steps):
        return
    step = deploy.node.steps[deploy.position]
    for part in (*step.within, step):
        if not part.condition.strip():
            continue
        runs = runs_after_failure(part.condition)
        if runs is False:
            return
        code = "step-runs-anyway" if runs else "runs-anyway-unknown"
        params = {
            "deploy": short(part.label),
            "condition": short(part.condition),
            "scan": short(scan.step.label),
        }
        cause = at(part.place.below("if"), code, certain=bool(runs), **params)
        yield Cause(
            cause.code, cause.location, cause.json_path, cause.certain, cause.params, deploy.subject
        )
