"""Every judge on its three cases, and both catalogues on everything that judges say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import golive_gates.slo as package
from golive.api import CheckResult, Fact, Status
from golive.texts import catalogue
from golive_gates.slo import GATE
from golive_gates.slo.settings import Settings
from tests.gates.slo.cases import CASES

CHECKS = {c.spec.id: c for c in GATE.checks}
LANGUAGES = ("ko", "en")


def judged(check_id: str, which: str) -> CheckResult:
    observation, settings = getattr(CASES[check_id], which)
    return CHECKS[check_id].evaluate(observation, settings)


def test_every_check_has_cases() -> None:
    assert set(CASES) == set(CHECKS)


@pytest.mark.parametrize("check_id", CHECKS)
def test_passes(check_id: str) -> None:
    assert judged(check_id, "passing").status is Status.PASS


@pytest.mark.parametrize("check_id", CHECKS)
def test_fails(check_id: str) -> None:
    assert judged(check_id, "failing").status is Status.FAIL


@pytest.mark.parametrize("check_id", CHECKS)
def test_no_evidence_never_passes(check_id: str) -> None:
    assert judged(check_id, "no_evidence").status in (Status.INCONCLUSIVE, Status.ERROR)


@pytest.mark.parametrize("check_id", CHECKS)
def test_an_empty_observation_is_an_error(check_id: str) -> None:
    empty = CASES["slo.defined"].no_evidence[0]
    assert CHECKS[check_id].evaluate(empty, Settings()).status is Status.ERROR


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("check_id", CHECKS)
@pytest.mark.parametrize("which", ["passing", "failing", "no_evidence"])
def test_what_a_judge_says_is_in_the_catalogue(check_id: str, which: str, lang: str) -> None:
    says(judged(check_id, which), lang)


def says(result: CheckResult, lang: str = "ko") -> str:
    """The reason as a sentence; also renders findings, remedy and names of facts."""
    texts = catalogue(GATE.package, lang)
    for finding in result.findings:
        assert texts.reason(finding.reason, result.spec.id)
    assert texts.remedy(result.spec.id, result.reason)
    for fact in result.facts:
        assert named(fact, lang)
    return texts.reason(result.reason, result.spec.id)


def named(fact: Fact, lang: str) -> bool:
    """A fact has a display name, unless its name already is one (service, failure kind)."""
    own = re.fullmatch(r"[a-z_0-9]+", fact.name)
    return own is None or fact.name in catalogue(GATE.package, lang).tables["facts"]


def test_both_catalogues_have_the_same_keys() -> None:
    def keys(table: object, where: str = "") -> set[str]:
        if not isinstance(table, dict):
            return {where}
        return {k for name, sub in table.items() for k in keys(sub, f"{where}/{name}")}

    ko, en = (dict(catalogue(GATE.package, lang).tables) for lang in LANGUAGES)
    assert keys(ko) == keys(en)


def test_every_code_in_the_sources_has_a_sentence() -> None:
    root = Path(package.__file__).parent
    source = "\n".join(f.read_text(encoding="utf-8") for f in root.rglob("*.py"))
    codes = set(re.findall(r'Reason\(\s*"([a-z0-9-]+)"', source))
    codes |= set(re.findall(r'"(prom-[a-z-]+)"', source))
    tables = catalogue(GATE.package, "ko").tables
    known = set(tables["reasons"])
    for check in tables["checks"].values():
        known |= set(check["reasons"])
    assert codes - known == set()
    assert len(codes) > 40
