"""``recovery.backup-schedules``: backups are scheduled at least as often as the RPO asks.

What: CronJobs, crontabs and systemd timers that back something up are followed for a year, clock
changes of their time zone included; the longest time between two runs must not exceed the RPO of
the store. Why: a store that is backed up once a day loses up to a day, however well it is restored.
Remedy: let the job run more often, in UTC, and do not leave it suspended.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    EvidenceLevel,
    Fact,
    Finding,
    Observation,
    Reason,
    Status,
)
from golive_gates.recovery.procedures.aims import Aim, aims_of, served
from golive_gates.recovery.procedures.gaps import Gaps, gaps, zone_of
from golive_gates.recovery.procedures.jobs import BackupJob
from golive_gates.recovery.procedures.judging import backup_jobs, job_finding, judged
from golive_gates.recovery.procedures.parts import Procedures
from golive_gates.recovery.settings import Settings

SPEC = CheckSpec("recovery.backup-schedules", needs=EvidenceLevel.STATIC)


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Every store has a job whose runs lie no further apart than its RPO."""
    part = observation.require(Procedures)
    jobs = backup_jobs(part, settings)
    findings = [f for job in jobs for f in _of_job(job, settings)]
    wanted = [a for job in jobs for a in served(job, settings)]
    aims = [a for a in aims_of(settings) if a.declared or a in wanted]
    for aim in aims:
        mine = [j for j in jobs if aim in served(j, settings)]
        findings += _of_store(aim, mine, part)
    facts = (Fact("backup_jobs", len(jobs)), Fact("scheduled_stores", len(aims)))
    return judged(SPEC, part, len(jobs), findings, facts)


def _of_job(job: BackupJob, settings: Settings) -> Iterator[Finding]:
    """What is wrong with a schedule whatever it serves."""
    if job.problem:
        status = Status.INCONCLUSIVE if job.problem == "schedule-form" else None
        yield job_finding(job, job.problem, status=status, detail=job.detail)
        return
    strange = next((zone for _, zone in job.schedules if zone_of(zone) is None), None)
    if strange is not None:
        yield job_finding(job, "schedule-zone", path=("spec", "timeZone"), detail=strange)
    if not served(job, settings):
        yield job_finding(job, "schedule-unassigned", status=Status.WARN, detail=job.written)


def _of_store(aim: Aim, jobs: list[BackupJob], part: Procedures) -> Iterator[Finding]:
    """What the schedules of one store come to together: the most frequent one counts."""
    if not jobs:
        yield Finding(aim.store, Reason("store-unscheduled"), status=Status.INCONCLUSIVE)
        return
    running = [j for j in jobs if not j.suspended]
    for job in jobs:
        if job.suspended:
            status = Status.WARN if running else None
            yield job_finding(
                job, "schedule-suspended", path=("spec", "suspend"), status=status, store=aim.store
            )
    followed = [(found, job) for job in running if (found := step_of(job, part)) is not None]
    if not followed:
        return
    found, job = min(followed, key=lambda pair: pair[0].longest + pair[1].delay)
    longest = found.longest + job.delay
    if longest <= aim.rpo:
        return
    if found.runs < 2:
        code = "schedule-rare"
    elif found.usual + job.delay <= aim.rpo:
        code = "schedule-clock-change"
    else:
        code = "schedule-gap"
    yield job_finding(
        job,
        code,
        path=("spec", "schedule"),
        store=aim.store,
        written=job.written,
        longest=longest,
        limit=aim.rpo,
        since=_minute(found.since),
        until=_minute(found.until),
    )


def _minute(at: datetime | None) -> str:
    return "-" if at is None else f"{at:%Y-%m-%d %H:%M}"


def step_of(job: BackupJob, part: Procedures) -> Gaps | None:
    """How far the runs of *job* lie apart; ``None`` where its schedule cannot be followed."""
    found = [
        gaps(schedule, zone, part.day, moves=job.moves)
        for schedule, name in job.schedules
        if (zone := zone_of(name)) is not None
    ]
    return min(found, key=lambda g: g.longest, default=None)


CHECK = Check(SPEC, (Procedures,), judge)
