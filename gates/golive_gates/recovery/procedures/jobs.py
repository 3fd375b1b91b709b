"""The jobs of a release that back something up, wherever they are scheduled. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal

from golive.model import Location
from golive.sources.kubernetes.objects import KubernetesObject
from golive.sources.kubernetes.pods import Pod, pod_of
from golive_gates.recovery.procedures.calendars import Schedule, ScheduleError, cron
from golive_gates.recovery.procedures.parts import Procedures
from golive_gates.recovery.procedures.units import Entry, entries_of

Kind = Literal["CronJob", "cron", "timer"]

_BACKS_UP = re.compile(
    r"""(?ix) (?<![a-z]) (?:back-?_?up s? | snapshots? | pg_?dump | mysqldump | restic
    | borg(?:matic)? | velero | litestream | duplicity | kopia | \.backup | sqlite3_rsync)
    (?![a-z])"""
)
_SOMETHING_ELSE = re.compile(
    r"""(?ix) (?<![a-z]) (?:prune | clean(?:up|er)? | verify | verification | check | restore
    | test | drill | monitor | exporter | rotate | expire | delete | report) (?![a-z])"""
)
_KINDS = {
    "sqlite": re.compile(r"(?i)(?<![a-z])sqlite|\.(?:db|sqlite3?)(?![\w.])"),
    "chroma": re.compile(r"(?i)(?<![a-z])chroma"),
}


@dataclass(frozen=True, slots=True)
class BackupJob:
    """A job that backs something up. ``words``: of its command, environment values included.

    ``problem``: why its schedule is not followed, with ``detail``; empty with ``schedules``, at
    least one, of which each has its zone. ``delay``: seconds that a run may come late on purpose.
    """

    kind: Kind
    name: str
    subject: str
    written: str
    place: Location
    words: tuple[str, ...] = ()
    schedules: tuple[tuple[Schedule, str], ...] = ()
    problem: str = ""
    detail: str = ""
    suspended: bool = False
    delay: float = 0.0
    owner: KubernetesObject | None = None

    @property
    def moves(self) -> bool:
        """Whether a run that a clock change leaves out comes later, as with cron(8)."""
        return self.kind == "cron"

    @property
    def kinds(self) -> tuple[str, ...]:
        """What it backs up by its name and command: ``sqlite``, ``chroma``."""
        said = " ".join((self.name, *self.words))
        return tuple(kind for kind, words in _KINDS.items() if words.search(said))


def jobs_of(part: Procedures, named: tuple[str, ...] = ()) -> tuple[BackupJob, ...]:
    """Every backup job of the release. *named*: patterns of jobs that golive.yaml says are."""
    entries = (_unit(e) for text in part.units for e in entries_of(text, part.units))
    return tuple(
        job
        for job in (*_cron_jobs(part.objects), *entries)
        if backs_up(job) or any(fnmatchcase(job.name, pattern) for pattern in named)
    )


def backs_up(job: BackupJob) -> bool:
    """Whether its name, its labels or its command say so."""
    if _SOMETHING_ELSE.search(job.name):
        return False
    if _BACKS_UP.search(job.name):
        return True
    programs = " ".join(job.words)
    return _BACKS_UP.search(programs) is not None and not _SOMETHING_ELSE.search(programs)


def _cron_jobs(objects: tuple[KubernetesObject, ...]) -> Iterator[BackupJob]:
    for found in objects:
        if found.type != "CronJob.batch":
            continue
        written = found.get("spec", "schedule")
        zone = found.get("spec", "timeZone")
        schedules, problem, detail = _followed(written, zone)
        pod = pod_of(found)
        yield BackupJob(
            "CronJob",
            found.name,
            str(found.ref),
            written if isinstance(written, str) else "-",
            found.at(("spec", "schedule")),
            () if pod is None else words_of(pod),
            schedules,
            problem,
            detail,
            suspended=found.get("spec", "suspend") is True,
            owner=found,
        )


def _followed(written: object, zone: object) -> tuple[tuple[tuple[Schedule, str], ...], str, str]:
    if not isinstance(written, str):
        return (), "schedule-invalid", "-"
    try:
        schedule = cron(written, kubernetes=True)
    except ScheduleError as error:
        return (), error.code, error.detail
    return ((schedule, zone if isinstance(zone, str) else ""),), "", ""


def words_of(pod: Pod) -> tuple[str, ...]:
    """Words that the containers of *pod* run with: commands, arguments, plain environment."""
    words: list[str] = []
    for container in pod.containers:
        for key in ("command", "args"):
            listed = container.get(key)
            for word in listed if isinstance(listed, list | tuple) else ():
                words += str(word).split() if isinstance(word, str | int | float) else ()
        env = container.get("env")
        for variable in env if isinstance(env, list | tuple) else ():
            if isinstance(variable, Mapping):
                words += (str(variable.get(k)) for k in ("name", "value") if k in variable)
    return tuple(words)


def _unit(entry: Entry) -> BackupJob:
    return BackupJob(
        entry.kind,
        entry.name,
        entry.name,
        entry.written,
        entry.place,
        entry.words,
        entry.schedules,
        entry.problem,
        entry.detail,
        delay=entry.delay,
    )
