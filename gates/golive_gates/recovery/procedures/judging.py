"""What the checks of schedules, jobs and the restore document share. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from golive.api import CheckResult, CheckSpec, Fact, Finding, Reason, Status
from golive.inspecting import Inspection, Same, concluded
from golive.model import Location, Scalar
from golive.sources.kubernetes.objects import KeyPath
from golive_gates.recovery.procedures.jobs import BackupJob, jobs_of
from golive_gates.recovery.procedures.parts import Procedures
from golive_gates.recovery.settings import Settings

READ_CHECK = "manifests.parse"
"""Reports manifests that cannot be read."""


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
    *,
    texts: bool = True,
) -> CheckResult:
    """The result over the files; what could not be read keeps it from passing.

    *texts*: whether those beside the manifests may hold further subjects.
    """
    unread = part.unread.items() if texts else ()
    gaps = tuple(
        file_finding(path, None, "text-unread", status=Status.INCONCLUSIVE, detail=why)
        for path, why in unread
    )
    seen = Inspection(
        subjects, (*findings, *gaps), len(part.problems), READ_CHECK, part.evidence, facts
    )
    return concluded(spec, seen)
