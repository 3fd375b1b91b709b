"""What results of this gate show beside their sentences: named, counted and in known units."""

from __future__ import annotations

import re

import pytest

from golive.api import CheckResult
from golive.texts import LANGUAGES, catalogue
from golive_gates.recovery.wiring import GATE
from golive_reports.words import words
from tests.gates.recovery.cases import CASES

CHECKS = {check.spec.id: check for check in GATE.checks}
ONE_OF_MANY = re.compile(r"(?<![\d.,])1 (?:of )?(?!is\b|has\b|was\b)[a-z]+s\b")
"""A count of one before a word in the plural, as English does not say it."""


def results(name: str) -> list[CheckResult]:
    given = CASES[name]
    return [CHECKS[name].evaluate(*case) for case in (given.passing, given.failing)]


@pytest.mark.parametrize("name", sorted(CASES))
def test_facts_and_figures_have_words_in_each_language(name: str) -> None:
    for result in results(name):
        shown = [(f.name, f.unit, f.value) for f in result.facts]
        if result.measurement is not None:
            shown.append((result.measurement.name, result.measurement.unit, 0))
        for lang in LANGUAGES:
            texts = catalogue("golive_gates.recovery", lang)
            known = {*texts.tables["facts"], *texts.core.get("facts", {})}
            assert {n for n, _, _ in shown} <= known
            units = {u for _, u, _ in shown if u not in ("", "B")}
            assert {u for u in units if words(lang).find(f"units.{u}") is None} == set()
        assert not [n for n, _, v in shown if v in ("yes", "no", "attested", "prometheus")]


@pytest.mark.parametrize("name", sorted(CASES))
def test_a_count_of_one_reads_well(name: str) -> None:
    texts = catalogue("golive_gates.recovery", "en")
    for result in results(name):
        said = [
            texts.reason(r, name) for r in (result.reason, *(f.reason for f in result.findings))
        ]
        assert [s for s in said if ONE_OF_MANY.search(s)] == []


def test_what_is_spent_is_a_multiple_and_no_share() -> None:
    found = results("recovery.provider-spend")[0]
    assert found.measurement is not None
    assert (found.measurement.unit, found.measurement.threshold) == ("x", 1.5)
