"""The half of gate ``recovery`` that reads files: what ``golive lint`` loads, and no more."""

from __future__ import annotations

from golive.api import Gate
from golive_gates.recovery.checks import backup_jobs, backup_schedules, restore_document
from golive_gates.recovery.observers.procedures import ProceduresObserver
from golive_gates.recovery.settings import Settings

GATE = Gate(
    id="recovery",
    package="golive_gates.recovery",
    settings=Settings,
    observers=(ProceduresObserver(),),
    checks=(backup_schedules.CHECK, backup_jobs.CHECK, restore_document.CHECK),
    number=6,
)
