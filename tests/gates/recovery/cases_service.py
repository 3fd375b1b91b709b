"""The contract cases of the check on the service that is started on restored data."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from golive.api import Observation, Reason, Unavailable
from golive_gates.recovery.drills.records import Phase
from golive_gates.recovery.service.records import FIRST_ANSWER, START, Answer, ServiceDrill
from golive_gates.recovery.service.settings import Ask, RestoredService, RowValue
from golive_gates.recovery.sqlite.records import SqliteDrills
from tests.gates.recovery.cases_backups import CASES as BACKUPS
from tests.gates.recovery.cases_backups import DRILL, EVIDENCE, Cases
from tests.gates.recovery.cases_backups import SETTINGS as STORES

SERVICE = RestoredService(
    ("serve", "{sqlite.shop}", "--port", "{port}"),
    Ask("/items/{value}", RowValue("shop", "items", "id")),
)
SETTINGS = replace(STORES, service=SERVICE)
SEEN = ServiceDrill(
    SERVICE.command,
    ("shop",),
    said="listening",
    phases=(Phase(START, 2.0), Phase(FIRST_ANSWER, 0.1)),
    rows=2,
    answers=(Answer("1", 200, has_value=True), Answer("300", 200, has_value=True)),
    control=Answer("411", 404),
    removed=Answer("250", 404),
    evidence=(EVIDENCE,),
)


def seen(drill: ServiceDrill | Unavailable, **parts: Any) -> Observation:
    """What the restore drills of the other cases give, with *drill* beside them."""
    observation, _ = BACKUPS["recovery.rto"].passing
    return Observation({**observation.parts, "ServiceDrill": drill, **parts})


def restored(**changes: Any) -> SqliteDrills:
    """The restore drill of the store, with *changes*."""
    return SqliteDrills((replace(DRILL, **changes),), (EVIDENCE,))


_FAILING = replace(SEEN, problem="exited", exit_code=1, answers=(), control=None, phases=())
_UNSEEN = Unavailable(Reason("service-deadline"))

CASES: dict[str, Any] = {
    "recovery.restored-service": Cases(
        (seen(SEEN), SETTINGS),
        (seen(_FAILING), SETTINGS),
        (seen(_UNSEEN), SETTINGS),
    ),
}
