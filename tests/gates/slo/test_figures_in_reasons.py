"""What a reason says about a number is what the tables say, and never contradicts itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golive.api import Status
from golive.judging import word
from golive.record import CheckRecord
from golive.texts import LANGUAGES, catalogue
from golive_gates.slo import GATE
from golive_gates.slo.settings import Settings
from golive_reports.figures import Figures
from golive_reports.words import words
from tests.gates.slo import parts as p

PACKAGE = "golive_gates.slo"
CONFIDENCE_BOUND = re.compile(r"(?:bound|하한|상한) \{(?:bound|opposite):")
OWN_ROUNDING = re.compile(r"\{\w+:[^}]*(?:%|\.[1-9]\d*f|e)\}")


def judged(check_id: str, *parts: object, settings: Settings) -> CheckRecord:
    check = next(c for c in GATE.checks if c.spec.id == check_id)
    return word(PACKAGE, check.evaluate(p.observed(p.Definitions(p.SLOS), *parts), settings))


def one(failures: int, n: int) -> p.Readiness:
    """One service, all its *n* probes done."""
    part = p.readiness(failures, n, planned=n)
    return replace(part, series=part.series[1:])


def figures_of(record: CheckRecord) -> tuple[str, str]:
    measurement = record.measurement
    assert measurement is not None
    shown = Figures(words("en"))
    bound = shown.bound(measurement, confidence=False).lstrip("≥≤")
    return shown.value(measurement), bound


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_sentence_rounds_by_itself(lang: str) -> None:
    def sentences(tables: Mapping[str, object]) -> list[str]:
        found: list[str] = []
        for value in tables.values():
            found += sentences(value) if isinstance(value, Mapping) else [str(value)]
        return found

    every = sentences(catalogue(PACKAGE, lang).tables)
    assert [text for text in every if OWN_ROUNDING.search(text)] == []
    named = [text for text in every if CONFIDENCE_BOUND.search(text)]
    assert named
    assert [text for text in named if "{confidence:pct}" not in text] == []


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(("confidence", "named"), [(0.95, "95%"), (0.9, "90%"), (0.999, "99.9%")])
def test_a_bound_is_named_with_its_confidence(confidence: float, named: str, lang: str) -> None:
    settings = Settings(confidence=confidence)
    record = judged("slo.readiness", one(0, 5000), settings=settings)
    assert record.status is Status.PASS
    reason = record.sentences(lang).reason
    assert re.findall(r"([\d.]+%) (?:lower bound|하한)", reason) == [named]


@given(st.integers(299, 20_000), st.integers(0, 3))
def test_an_error_rate_is_told_as_in_the_table(n: int, failures: int) -> None:
    traffic = p.traffic(failures, n, planned=n)
    record = judged("slo.error-rate", traffic, settings=Settings())
    value, bound = figures_of(record)
    reason = record.sentences("en").reason
    assert f"error rate {value} " in reason
    if record.status is Status.PASS:
        assert f"{bound} < 1%" in reason
        assert bound != "1%"


@given(st.integers(299, 20_000), st.integers(0, 3))
def test_a_success_ratio_is_told_as_in_the_table(n: int, failures: int) -> None:
    record = judged("slo.readiness", one(failures, n), settings=Settings())
    value, bound = figures_of(record)
    reason = record.sentences("en").reason
    assert f"success ratio {value} " in reason
    if record.status is Status.PASS:
        assert f"lower bound {bound};" in reason


@given(st.lists(st.floats(0.01, 1.99), min_size=93, max_size=93))
def test_a_latency_is_told_as_in_the_table(times: list[float]) -> None:
    record = judged("slo.sse-first-event", p.streams(*map(p.stream, times)), settings=Settings())
    value, bound = figures_of(record)
    reason = record.sentences("en").reason
    assert record.status is Status.PASS
    assert f" {value.removesuffix(' s')} s (n=93" in reason
    assert f"upper bound {bound.removesuffix(' s')} s ≤ 2 s" in reason
