"""Judge a check of gate `streaming`, and put what it says into both languages."""

from __future__ import annotations

import re

from golive.api import CheckResult, Observation
from golive.texts import LANGUAGES, catalogue
from golive_gates.streaming import GATE
from golive_gates.streaming.settings import Settings
from tests.gates.streaming import parts as p

CHECKS = {c.spec.name: c for c in GATE.checks}


def judged(name: str, *parts: object, settings: Settings | None = None) -> CheckResult:
    """The result of check *name* over *parts*; every sentence of it can be said."""
    observation = parts[0] if isinstance(parts[0], Observation) else p.observed(*parts)
    result = CHECKS[name].evaluate(observation, settings or Settings())
    said(result)
    return result


def said(result: CheckResult) -> None:
    """Raises unless both catalogues have reason, remedy, findings and facts of *result*."""
    for lang in LANGUAGES:
        texts = catalogue(GATE.package, lang)
        assert texts.reason(result.reason, result.spec.id).strip()
        assert texts.remedy(result.spec.id, result.reason).strip()
        for finding in result.findings:
            assert texts.reason(finding.reason, result.spec.id).strip()
        names = [f.name for f in result.facts if re.fullmatch(r"[a-z_0-9]+", f.name)]
        if result.measurement is not None:
            names.append(result.measurement.name)
        known = {*texts.tables["facts"], *texts.core.get("facts", {})}
        assert set(names) - known == set()
