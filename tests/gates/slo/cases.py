"""One passing, one failing and one no-evidence observation for every check of gate `slo`."""

from __future__ import annotations

from dataclasses import dataclass

from golive.api import Observation, Reason, Unavailable
from golive_gates.slo.parts import Drift, Operation
from golive_gates.slo.settings import Settings
from tests.gates.slo import parts as p

Case = tuple[Observation, Settings]


@dataclass(frozen=True)
class Cases:
    """Observation and settings by the status that a judge has to give."""

    passing: Case
    failing: Case
    no_evidence: Case


def _cases(passing: Observation, failing: Observation, no_evidence: Observation) -> Cases:
    settings = Settings()
    return Cases((passing, settings), (failing, settings), (no_evidence, settings))


_DRIFT = Operation(
    "api", "POST", "/generate", drifts=(Drift("missing-field", "prompt", "", "description"),)
)
_NO_DOCUMENT = Operation("api", "POST", "/generate", problem="no-openapi")
_NO_STREAMS = Observation(
    {
        "Definitions": p.definitions(),
        "Streams": Unavailable(Reason("blocked-contract", {"operation": "POST /x"})),
    }
)
_NO_HISTORY = Observation(
    {"Definitions": p.definitions(), "History": Unavailable(Reason("core.needs-prometheus"))}
)
_SILENT = p.observed(p.definitions(), p.readiness(0, 0))

CASES: dict[str, Cases] = {
    "slo.defined": _cases(
        p.observed(p.definitions()),
        p.observed(p.definitions(without="availability")),
        Observation(),
    ),
    "slo.contract": _cases(
        p.observed(p.contract()),
        p.observed(p.contract(_DRIFT)),
        p.observed(p.contract(_NO_DOCUMENT)),
    ),
    "slo.readiness": _cases(
        p.observed(p.definitions(), p.readiness(1)),
        p.observed(p.definitions(), p.readiness(10, 300)),
        _SILENT,
    ),
    "slo.error-rate": _cases(
        p.observed(p.definitions(), p.traffic(), p.flows(), p.streams()),
        p.observed(p.definitions(), p.traffic(10), p.flows(), p.streams()),
        p.observed(p.definitions(), p.traffic(0, 0)),
    ),
    "slo.availability": _cases(
        p.observed(p.definitions(), p.history()),
        p.observed(p.definitions(), p.history(5_000.0)),
        _NO_HISTORY,
    ),
    "slo.project-api": _cases(
        p.observed(p.flows()),
        p.observed(p.flows(p.flow(create=500, failure="status-500"))),
        Observation({"ProjectFlows": Unavailable(Reason("no-project-api"))}),
    ),
    "slo.sse-first-event": _cases(
        p.observed(p.definitions(), p.streams()),
        p.observed(p.definitions(), p.streams(*(p.stream(3.1) for _ in range(93)))),
        _NO_STREAMS,
    ),
    "slo.sse-complete": _cases(
        p.observed(p.definitions(), p.streams()),
        p.observed(p.definitions(), p.streams(p.stream(matches=False, differs_at=7))),
        _NO_STREAMS,
    ),
    "slo.error-budget": _cases(
        p.observed(p.definitions(), p.history()),
        p.observed(
            p.definitions(),
            p.history(
                short=(p.short(300.0, 0.02), p.short(3600.0, 0.02)),
            ),
        ),
        _NO_HISTORY,
    ),
}
