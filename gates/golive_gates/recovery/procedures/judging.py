"""What the checks of schedules, jobs and the restore document share. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from golive.api import CheckResult, CheckSpec, Fact, Finding, Reason, Status
from golive.inspecting import Inspection, Same, concluded, unread_finding
from golive.model import Location, Scalar
from golive.sources.kubernetes.objects import KeyPath
from golive_gates.recovery.procedures.jobs import BackupJob, jobs_of
from golive_gates.recovery.procedures.parts import Procedures
from golive_gates.recovery.settings import Settings

SCHEDULES_CHECK = "recovery.backup-schedules"


@lru_cache(maxsize=8)
def _jobs(part: Same[Procedures], patterns: tuple[str, ...]) -> tuple[BackupJob, ...]:
    return jobs_of(part.part, patterns)


def backup_jobs(part: Procedures, settings: Settings) -> tuple[BackupJob, ...]:
    """The backup jobs of the release; found once for all checks of a run."""
    return _jobs(Same(part), tuple(s.job for s in settings.schedules))


def job_finding(
    job: BackupJob,
    code: str,
    /,
    *,
    path: KeyPath = (),
    key: bool = False,
    status: Status | None = None,
    **params: Scalar,
) -> Finding:
    """A finding about *job*, at *path* of its manifest where it has one."""
    place = job.place if job.owner is None or not path else job.owner.at(path, key=key)
    resource = None if job.owner is None else job.owner.ref
    return Finding(job.subject, Reason(code, params), place, status, resource)


def file_finding(
    path: str, line: int | None, code: str, /, *, status: Status | None = None, **params: Scalar
) -> Finding:
    """A finding about a line of a file."""
    return Finding(path, Reason(code, params), Location(path, line), status)


def judged(
    spec: CheckSpec,
    part: Procedures,
    subjects: int,
    findings: Sequence[Finding],
    facts: tuple[Fact, ...] = (),
) -> CheckResult:
    """The result over the files; manifests that could not be read keep it from passing."""
    unread = len(part.problems) + len(part.unread)
    seen = Inspection(subjects, findings, unread, "", part.evidence, facts)
    return concluded(spec, seen)


__all__ = ["backup_jobs", "file_finding", "job_finding", "judged", "unread_finding"]
