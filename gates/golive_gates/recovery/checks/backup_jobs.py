"""``recovery.backup-jobs``: a backup job ends, does not overlap, and writes where it lasts.

What: concurrency, deadlines, retries and history of the CronJobs that back something up, held
against the shortest time between their runs, and the volume that they write to. Why: one backup
that hangs keeps every later one from starting; one on the volume of its own data, or on one that
ends with the pod, is lost with what it should save. Remedy: `concurrencyPolicy: Forbid`,
`activeDeadlineSeconds` below the schedule's step, a few retries, kept failures, a claim of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    EvidenceLevel,
    Fact,
    Finding,
    Observation,
    Status,
)
from golive.sources.kubernetes.objects import KeyPath, KubernetesObject
from golive.sources.kubernetes.pods import pod_of
from golive_gates.recovery.procedures.gaps import gaps, zone_of
from golive_gates.recovery.procedures.jobs import BackupJob
from golive_gates.recovery.procedures.judging import backup_jobs, job_finding, judged
from golive_gates.recovery.procedures.parts import Procedures
from golive_gates.recovery.procedures.targets import Live, live_claims, target_of
from golive_gates.recovery.settings import Settings

SPEC = CheckSpec("recovery.backup-jobs", needs=EvidenceLevel.STATIC)

CONTROLLER_PERIOD = 10
"""Seconds: a CronJob with a shorter starting deadline may never start (kubernetes.io, CronJob)."""
_SPEC: KeyPath = ("spec",)
_JOB: KeyPath = ("spec", "jobTemplate", "spec")
_POD: KeyPath = (*_JOB, "template", "spec")


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Every CronJob that backs something up."""
    part = observation.require(Procedures)
    jobs = [j for j in backup_jobs(part, settings) if j.owner is not None]
    live = live_claims(part.objects)
    findings: list[Finding] = []
    remote = 0
    for job in jobs:
        if job.owner is not None:
            findings += _of_job(job, job.owner, _shortest(job, part))
            target, found = _of_target(job, job.owner, live)
            findings += found
            remote += target
    facts = (Fact("backup_cron_jobs", len(jobs)), Fact("backup_remote_targets", remote))
    return judged(SPEC, part, len(jobs), findings, facts, texts=False)


def _shortest(job: BackupJob, part: Procedures) -> float | None:
    """Seconds between two runs at least; ``None`` where the schedule cannot be followed."""
    found = [
        gaps(schedule, zone, part.day)
        for schedule, name in job.schedules
        if (zone := zone_of(name)) is not None
    ]
    return min((g.shortest for g in found), default=None)


def _of_job(job: BackupJob, owner: KubernetesObject, step: float | None) -> Iterator[Finding]:
    policy = owner.get("spec", "concurrencyPolicy", default="Allow")
    limit = _number(owner, (*_JOB, "activeDeadlineSeconds"))
    if limit is None:
        limit = _number(owner, (*_POD, "activeDeadlineSeconds"))
    if limit is None and policy == "Forbid":
        yield job_finding(job, "no-active-deadline", path=_JOB)
    elif policy not in ("Forbid", "Replace"):
        if limit is None or (step is not None and limit > step):
            yield job_finding(job, "may-overlap", path=(*_SPEC, "concurrencyPolicy"))
    elif step is not None and limit is not None and limit > step:
        path = (*_JOB, "activeDeadlineSeconds")
        yield _late(job, "deadline-beyond-step", path, limit, step)
    elif limit is None:
        yield job_finding(job, "replaced-midway", path=_SPEC, status=Status.WARN)
    yield from _starting(job, owner, step)
    yield from _history(job, owner)


def _starting(job: BackupJob, owner: KubernetesObject, step: float | None) -> Iterator[Finding]:
    path = (*_SPEC, "startingDeadlineSeconds")
    within = _number(owner, path)
    if within is None:
        return
    if within < CONTROLLER_PERIOD:
        yield job_finding(job, "starting-deadline-short", path=path, seconds=within)
    elif step is not None and within > step:
        yield _late(job, "starting-beyond-step", path, within, step)


def _late(job: BackupJob, code: str, path: KeyPath, limit: float, step: float) -> Finding:
    return job_finding(job, code, path=path, status=Status.WARN, limit=limit, step=step)


def _history(job: BackupJob, owner: KubernetesObject) -> Iterator[Finding]:
    path = (*_SPEC, "failedJobsHistoryLimit")
    if _number(owner, path) == 0:
        yield job_finding(job, "no-failed-history", path=path)
    path = (*_SPEC, "successfulJobsHistoryLimit")
    if _number(owner, path) == 0:
        yield job_finding(job, "no-successful-history", path=path, status=Status.WARN)
    path = (*_JOB, "backoffLimit")
    restarts = owner.get(*_POD, "restartPolicy") == "OnFailure"
    if _number(owner, path) == 0:
        # With OnFailure the limit counts the restarts of containers as well.
        detail = "OnFailure" if restarts else "Never"
        yield job_finding(job, "no-retry", path=path, status=Status.WARN, policy=detail)


def _of_target(job: BackupJob, owner: KubernetesObject, live: Live) -> tuple[int, list[Finding]]:
    pod = pod_of(owner)
    if pod is None:
        return 0, []
    target = target_of(pod, job.words, live)
    if not target.code:
        return int(bool(target.remote)), []
    status = {"target-host": Status.WARN, "target-unknown": Status.INCONCLUSIVE}.get(target.code)
    volume = target.volume or "-"
    return 0, [job_finding(job, target.code, path=target.path, status=status, volume=volume)]


def _number(owner: KubernetesObject, path: KeyPath) -> int | None:
    found = owner.get(*path)
    return found if isinstance(found, int) and not isinstance(found, bool) else None


CHECK = Check(SPEC, (Procedures,), judge)
