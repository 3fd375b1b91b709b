"""One passing, one failing and one no-evidence observation for every check of gate `load`."""

from __future__ import annotations

from dataclasses import dataclass, replace

from golive.api import Observation, Reason, Unavailable
from golive_gates.load.limit_parts import Again, Answer, Attempt, Bursts, Bystander, Readmission
from golive_gates.load.parts import Recovery
from golive_gates.load.settings import Settings
from tests.gates.load import parts as p
from tests.gates.load.pentest.cases import PENTEST_CASES

Case = tuple[Observation, Settings]


@dataclass(frozen=True)
class Cases:
    """Observation and settings by the status that a judge has to give."""

    passing: Case
    failing: Case
    no_evidence: Case


def _cases(passing: object, failing: object, no_evidence: Observation) -> Cases:
    settings = Settings()
    return Cases(
        (p.observed(passing), settings),
        (p.observed(failing), settings),
        (no_evidence, settings),
    )


_REFUSED = Reason("core.not-authorised", {"permission": "load", "host": "api.example"})
_NO_LOAD = Observation({"LoadSeen": Unavailable(_REFUSED)})
_NO_LIMIT = Observation({"RateLimitSeen": Unavailable(Reason("no-limit-client"))})

_LATE = p.streams(120, first=3.1)
_LYING = p.round_of(
    answers=tuple(
        replace(a, quota=replace(a.quota, limit=500)) if a.quota else a for a in p.answers(200)
    )
)
_SHARED = Bystander(Answer(0.0, 200), Answer(3.0, 429))
_OVER = Bursts(270, 260, 0.4, 400, 200, 0.8)
_SLIDING = (Readmission(3.0, 60.1, 58.0, True, Again(60.1, 4, 3)),)
_HELD = Bursts(270, 200, 0.4, 400, 200, 0.8)

LOAD_CASES: dict[str, Cases] = {
    "load.availability": _cases(p.load(), p.load(p.requests(560, silent=40)), _NO_LOAD),
    "load.error-rate": _cases(p.load(), p.load(of_streams=p.streams(90, broken=30)), _NO_LOAD),
    "load.latency": _cases(p.load(), p.load(p.requests(600, 1.7)), _NO_LOAD),
    "load.first-content": _cases(p.load(), p.load(of_streams=_LATE), _NO_LOAD),
    "load.readiness": _cases(p.load(), p.load(series=(p.ready(60),)), _NO_LOAD),
    "load.recovery": _cases(
        p.load(),
        p.load(recovery=Recovery(30.5, 30.0, None, None, failure="api: status-503")),
        _NO_LOAD,
    ),
    "load.rate-limit": _cases(p.limit(), p.UNLIMITED, _NO_LIMIT),
    "load.rate-limit-status": _cases(p.limit(), p.limit(p.round_of(status=503)), _NO_LIMIT),
    "load.rate-limit-headers": _cases(p.limit(), p.limit(_LYING), _NO_LIMIT),
    "load.rate-limit-isolation": _cases(p.limit(), p.limit(other=_SHARED), _NO_LIMIT),
    "load.rate-limit-bypass": _cases(
        p.limit(), p.limit(attempts=(Attempt("X-Real-IP", "header", 3, 3, status=200),)), _NO_LIMIT
    ),
    "load.rate-limit-burst": _cases(
        p.limit(bursts=_HELD, readmissions=_SLIDING), p.limit(bursts=_OVER), _NO_LIMIT
    ),
}

CASES = {**LOAD_CASES, **PENTEST_CASES}
