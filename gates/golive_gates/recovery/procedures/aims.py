"""Which store a backup job serves, and how far apart its runs may lie. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase

from golive_gates.recovery.procedures.jobs import BackupJob
from golive_gates.recovery.settings import DAY, ChromaStore, Settings


@dataclass(frozen=True, slots=True)
class Aim:
    """A store and its RPO in seconds. ``declared``: golive.yaml has it."""

    store: str
    kind: str
    rpo: float
    declared: bool = True


def aims_of(settings: Settings) -> tuple[Aim, ...]:
    """The declared stores; without any, what a job says that it backs up is held to the usual."""
    declared = tuple(
        Aim(s.name, "chroma", s.rpo)
        if isinstance(s, ChromaStore)
        else Aim(s.name, "sqlite", settings.rpo)
        for s in settings.stores
    )
    return declared or (
        Aim("SQLite", "sqlite", settings.rpo, declared=False),
        Aim("ChromaDB", "chroma", DAY, declared=False),
    )


def served(job: BackupJob, settings: Settings) -> tuple[Aim, ...]:
    """The stores that *job* backs up; none where that cannot be told."""
    aims = aims_of(settings)
    given = [
        store for s in settings.schedules if fnmatchcase(job.name, s.job) for store in s.stores
    ]
    if given:
        return tuple(a for a in aims if a.store in given)
    said = " ".join((job.name, *job.words))
    named = tuple(a for a in aims if a.declared and _names(a.store, said))
    if named:
        return named
    found: list[Aim] = []
    for kind in job.kinds:
        of_kind = [a for a in aims if a.kind == kind]
        found += of_kind if len(of_kind) == 1 else []
    return tuple(found)


def _names(store: str, said: str) -> bool:
    return re.search(rf"(?<![\w]){re.escape(store)}(?![\w])", said) is not None
