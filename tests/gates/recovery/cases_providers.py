"""A passing, a failing and a no-evidence observation for each check of the fallback."""

from __future__ import annotations

from dataclasses import dataclass, replace

from golive.api import Observation, Reason, Unavailable
from golive_gates.recovery.providers.parts import (
    EMPTY,
    ERROR,
    SECONDARY,
    SPLICE,
    Count,
    FallbackCounts,
    Return,
)
from golive_gates.recovery.providers.settings import GoodAndBad
from golive_gates.recovery.settings import Settings
from tests.gates.recovery import provider_parts as p

Case = tuple[Observation, Settings]


@dataclass(frozen=True)
class Cases:
    """Observation and settings by the status that a judge has to give."""

    passing: Case
    failing: Case
    no_evidence: Case


NO_STUB = p.observed(Unavailable(Reason("no-stub")))

COUNTERS = replace(
    p.SETTINGS, providers=replace(p.SETTINGS.providers, counters={"fallback": GoodAndBad("a", "f")})
)
COUNTS = FallbackCounts("http://prometheus", {"fallback": Count(0.0, 0.0)})
NOT_ATTESTED = Unavailable(Reason("no-stores"), kind="absent")
UNCOUNTED: Case = (
    NO_STUB.with_part("FallbackCounts", COUNTS).with_part("Promises", NOT_ATTESTED),
    COUNTERS,
)
"""For the fallback there was nothing to count, and for the others nobody counts."""


def _cases(failing: object, no_evidence: Case = (NO_STUB, p.SETTINGS)) -> Cases:
    return Cases(
        (p.observed(p.fallback()), p.SETTINGS), (p.observed(failing), p.SETTINGS), no_evidence
    )


def _drill(part: object) -> Case:
    return (p.observed(part), p.SETTINGS)


_SWAPPED = p.leg(healthy=replace(p.HEALTHY, outcome=SECONDARY, asked_primary=0, asked_secondary=1))
_GARBLED = p.leg(p.trial("split-utf8", outcome="other", detail="�"))
_ALONE = p.leg(p.trial("status-503", outcome=ERROR, asked_secondary=0, answer=0))
_SPLICED = p.leg(p.trial("cut@3", outcome=SPLICE, asked_secondary=1))
_LATE = p.leg(p.trial("status-429", first_content=10.4, asked_primary=3, retries=2))
_GONE = p.leg(returns=(Return("status-503", None, 9, SECONDARY),), stopped="primary-lost")
_HIDDEN = p.leg(both_down=(p.told("status-503", outcome=EMPTY, status=200), p.told("refuse")))
_BLAMED = p.leg(user_errors=(p.told("status-400", outcome=SECONDARY, asked_secondary=1),))
_DEAR = p.leg(healthy=replace(p.HEALTHY, asked_secondary=1, told_secondary=28))
_ONE = replace(p.fallback(), legs=(p.leg(),))
_UNTRIED = p.leg(trials=(), returns=(), both_down=(), user_errors=(), stopped="deadline")

CASES: dict[str, Cases] = {
    "recovery.provider-order": _cases(p.fallback(_SWAPPED), _drill(_ONE)),
    "recovery.provider-healthy": _cases(p.fallback(_GARBLED)),
    "recovery.provider-fallback": _cases(p.fallback(_ALONE), UNCOUNTED),
    "recovery.provider-whole": _cases(p.fallback(_SPLICED), UNCOUNTED),
    "recovery.provider-first-content": _cases(
        p.fallback(_LATE), _drill(p.fallback(threshold=None))
    ),
    "recovery.provider-return": _cases(p.fallback(_GONE), _drill(p.fallback(_UNTRIED))),
    "recovery.provider-outage": _cases(p.fallback(_HIDDEN), _drill(p.fallback(_UNTRIED))),
    "recovery.provider-user-errors": _cases(p.fallback(_BLAMED)),
    "recovery.provider-spend": _cases(p.fallback(_DEAR), UNCOUNTED),
}
