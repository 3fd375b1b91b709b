"""Judge a check of gate `streaming`, and put what it says into both languages."""

from __future__ import annotations

from golive.api import CheckResult, Observation
from golive_gates.streaming import GATE
from golive_gates.streaming.settings import Settings
from tests.gates.saying import said
from tests.gates.streaming import parts as p

CHECKS = {c.spec.name: c for c in GATE.checks}


def judged(name: str, *parts: object, settings: Settings | None = None) -> CheckResult:
    """The result of check *name* over *parts*; every sentence of it can be said."""
    observation = parts[0] if isinstance(parts[0], Observation) else p.observed(*parts)
    result = CHECKS[name].evaluate(observation, settings or Settings())
    return said(result)
