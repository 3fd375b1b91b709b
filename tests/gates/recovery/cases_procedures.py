"""A passing, a failing and a no-evidence observation for the checks of procedures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from golive.api import Observation
from golive.config.release import Attestation
from golive_gates.recovery.files import GATE
from golive_gates.recovery.procedures.parts import Promises
from golive_gates.recovery.settings import Settings, SqliteStore
from tests.gates.recovery.procedures_parts import DATABASE, cron_job, part
from tests.gates.saying import evidence
from tests.mutations.mutated_cases import mutated_cases

Case = tuple[Observation, Settings]
TODAY = date(2026, 3, 1)
SETTINGS = Settings(sqlite=(SqliteStore("shop", ("backups",)),))


@dataclass(frozen=True)
class Cases:
    """Observation and settings by the status that a judge has to give."""

    passing: Case
    failing: Case
    no_evidence: Case


def promises(name: str, *, left: int | None) -> Case:
    """What somebody said of check *name*, with *left* days to go; nobody for ``None``."""
    said = {}
    if left is not None:
        day = TODAY - timedelta(30)
        said[name] = Attestation("홍길동", day, TODAY + timedelta(left), "점검 기록 12")
    seen = Promises(TODAY, said, (evidence("recovery-attested.json"),))
    parts = {"Promises": seen, "Procedures": part(DATABASE + cron_job())}
    return Observation(parts), SETTINGS


def _promised(name: str) -> Cases:
    return Cases(promises(name, left=0), promises(name, left=-1), promises(name, left=None))


CASES: dict[str, Any] = {
    **mutated_cases(GATE, but=()),
    "recovery.encryption": _promised("encryption"),
    "recovery.off-site": _promised("off-site"),
}
