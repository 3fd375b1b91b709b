"""One passing, failing and no-evidence observation for `observability.burn-rate`."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from golive.api import Observation, Status
from golive_gates.observability.burn.parts import Objectives
from golive_gates.observability.settings import Settings
from tests.gates.observability.burning import generated, sli
from tests.gates.observability.snippets import EVIDENCE, alert, alerting, rules


def observed(*texts: str, problems: int = 0) -> Observation:
    """The availability SLO beside the rules of *texts*."""
    part = alerting(*texts, problems=problems)
    return Observation({"Alerting": part, "Objectives": Objectives((sli(),), (), (EVIDENCE,))})


def _seen(observation: Observation) -> tuple[Observation, Settings]:
    return observation, Settings()


CASES: dict[str, Any] = {
    "observability.burn-rate": SimpleNamespace(
        passing=_seen(observed(generated(sli()))),
        failing=_seen(observed(rules(alert("up == 0")))),
        fails=frozenset({Status.WARN}),
        no_evidence=_seen(observed(problems=1)),
    )
}
