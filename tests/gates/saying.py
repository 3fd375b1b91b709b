"""What a result says: in both catalogues, by its codes, by its places."""

from __future__ import annotations

import re

from golive.api import CheckResult, EvidenceRef
from golive.texts import LANGUAGES, catalogue


def evidence(name: str) -> EvidenceRef:
    """Evidence of that name that nobody opens."""
    return EvidenceRef(name, name, "0" * 64, 1, "application/json")


def said(result: CheckResult) -> CheckResult:
    """*result*; raises unless both catalogues have its reason, remedy, findings and facts of it."""
    for lang in LANGUAGES:
        texts = catalogue(f"golive_gates.{result.spec.gate}", lang)
        assert texts.reason(result.reason, result.spec.id).strip()
        assert texts.remedy(result.spec.id, result.reason).strip()
        for finding in result.findings:
            assert texts.reason(finding.reason, result.spec.id).strip()
            assert texts.remedy(result.spec.id, finding.reason).strip()
        names = [f.name for f in result.facts if re.fullmatch(r"[a-z_0-9]+", f.name)]
        if result.measurement is not None:
            names.append(result.measurement.name)
        known = {*texts.tables["facts"], *texts.core.get("facts", {})}
        assert set(names) - known == set()
    return result


def codes(result: CheckResult) -> list[str]:
    """Codes of the findings, in their order."""
    return [f.reason.code for f in result.findings]


def places(result: CheckResult) -> list[str]:
    """JSON paths of the findings, in their order."""
    return [f.json_path for f in result.findings]
