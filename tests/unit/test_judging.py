"""A judge or a catalogue that fails is an error of its own check, and is recorded as one."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from core_records import TODAY, TOMORROW, YESTERDAY, evidence, waiver
from fake_gates import Further, Seen, Settings, fake_gate, measured

from golive import isolation, judging
from golive.codec import encode
from golive.judging import judge_gate
from golive.model import (
    CheckResult,
    CheckSpec,
    EvidenceRef,
    Fact,
    Finding,
    Location,
    Measurement,
    Reason,
    Status,
)
from golive.observation import Observation
from golive.record import CheckRecord

SPEC = CheckSpec("alpha.main")
SEEN = Observation({"Seen": Seen(2.0), "Further": Further(1.0)})
WHY = Reason("proven", {"value": 2.0})


def judged(judge: Callable[..., object] | None = None, **gate: Any) -> CheckRecord:
    (record,) = judge_gate(fake_gate("alpha", judge=judge, **gate), SEEN, Settings(), ())
    encode(record)
    return record


def passing(**parts: Any) -> Callable[..., CheckResult]:
    return lambda _, settings: SPEC.passed(WHY, measurement=measured(2.0, settings), **parts)


def raising(error: BaseException) -> Callable[..., object]:
    def judge(*_: object) -> object:
        raise error

    return judge


def test_a_result_is_worded_in_both_languages() -> None:
    record = judged()
    assert (record.status, record.reason) == (Status.PASS, "The value is 2.0.")
    assert record.sentences("ko").reason == "값은 2.0입니다."
    assert record.facts[0].labels == {"en": "Value", "ko": "값"}


class TestJudgesThatFail:
    @pytest.mark.parametrize(
        "error", [ZeroDivisionError("x"), RecursionError(), SystemExit(0), KeyboardInterrupt()]
    )
    def test_by_raising_are_an_error(self, error: BaseException) -> None:
        record = judged(raising(error))
        assert (record.status, record.reason_code) == (Status.ERROR, "core.judge-crashed")
        assert type(error).__name__ in record.reason

    @pytest.mark.parametrize(
        "result",
        [
            None,
            True,
            "pass",
            Status.PASS,
            replace(SPEC.inconclusive(WHY), spec=CheckSpec("beta.main")),
            replace(SPEC.inconclusive(WHY), spec=CheckSpec("alpha.main", required=False)),
        ],
    )
    def test_by_returning_something_else_are_an_error(self, result: object) -> None:
        record = judged(lambda *_: result)
        assert (record.status, record.reason_code) == (Status.ERROR, "core.judge-crashed")
        assert record.required

    def test_by_overclaiming_are_an_error(self) -> None:
        record = judged(lambda *_: SPEC.passed(WHY))
        assert (record.status, record.reason_code) == (Status.ERROR, "core.overclaim")

    def test_by_reading_what_they_did_not_declare_are_an_error(self) -> None:
        record = judged(lambda o, _: o.require(Further))
        assert record.status is Status.ERROR
        assert "Further" in record.reason

    def test_by_hanging_are_an_error(
        self, monkeypatch: pytest.MonkeyPatch, release: threading.Event
    ) -> None:
        monkeypatch.setattr(judging, "JUDGE_SECONDS", 0.1)
        monkeypatch.setattr(isolation, "GRACE", 0.1)
        record = judged(lambda *_: release.wait())
        assert (record.status, record.reason_code) == (Status.ERROR, "core.judge-crashed")
        assert "TimedOut" in record.reason


@pytest.fixture
def release() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


class TestResultsThatCannotBeRecorded:
    @pytest.mark.parametrize(
        "parts",
        [
            {"facts": (Fact("value", math.nan),)},
            {"facts": (Fact("value", object()),)},  # type: ignore[arg-type]
            {"facts": (Fact("value", [1]),)},  # type: ignore[arg-type]
            {"facts": ("value",)},
            {"facts": None},
            {"evidence": (EvidenceRef("a", "a", "no digest", 1, "x"),)},
            {"evidence": (EvidenceRef("a", "a", "0" * 64, -1, "x"),)},
            {"evidence": ("file.txt",)},
        ],
    )
    def test_are_an_error_and_never_end_the_run(self, parts: dict[str, Any]) -> None:
        record = judged(passing(**parts))
        assert (record.status, record.reason_code) == (Status.ERROR, "core.judge-crashed")

    def test_nor_does_a_measurement_of_a_strange_type(self) -> None:
        def judge(*_: object) -> CheckResult:
            odd = Measurement("v", "2", "", measured(2.0, Settings()).comparator, 1.0)  # type: ignore[arg-type]
            return SPEC.passed(WHY, measurement=odd)

        assert judged(judge).status is Status.ERROR

    def test_infinite_numbers_are_recorded(self) -> None:
        assert judged(passing(facts=(Fact("value", math.inf),))).status is Status.PASS


class TestCatalogues:
    @pytest.mark.parametrize(
        "reason",
        [
            Reason("gone"),
            Reason("proven"),
            Reason("proven", {"value": "text"}),
            Reason("core.gone"),
            Reason("english-only"),
        ],
    )
    def test_that_lack_a_sentence_make_an_error_even_of_a_pass(self, reason: Reason) -> None:
        record = judged(
            lambda _, settings: SPEC.passed(reason, measurement=measured(2.0, settings))
        )
        assert (record.status, record.reason_code) == (Status.ERROR, "core.judge-crashed")
        assert record.reason
        assert record.sentences("ko").remedy

    def test_that_are_missing_altogether_make_an_error(self) -> None:
        record = judged(package="golive_no_such_package")
        assert (record.status, record.title) == (Status.ERROR, "alpha.main")

    def test_that_do_not_know_a_finding_make_an_error(self) -> None:
        finding = Finding("x", Reason("gone"))
        record = judged(lambda *_: SPEC.failed(Reason("found", {"what": "x"}), findings=(finding,)))
        assert record.status is Status.ERROR


def test_text_from_outside_is_cleaned_wherever_it_enters() -> None:
    hostile = "\x1b[2J\u202eevil\nGO"
    finding = Finding(hostile, Reason("found", {"what": hostile}), Location(hostile, 1))
    record = judged(
        lambda *_: SPEC.failed(
            Reason("found", {"what": hostile}),
            findings=(finding,),
            evidence=(evidence(),),
            facts=(Fact(hostile, hostile, hostile),),
        )
    )
    (found,), (fact,) = record.findings, record.facts
    assert found.location is not None
    shown = (record.reason, found.subject, found.message, found.location.path)
    assert all(text.isprintable() for text in (*shown, fact.name, str(fact.value), fact.unit))


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_waivers_the_one_that_lasts_longer_counts(order: int) -> None:
    waivers = [waiver(day, "alpha.main") for day in (YESTERDAY, TOMORROW, TODAY)][::order]
    (record,) = judge_gate(fake_gate(), SEEN, Settings(), waivers)
    assert record.waiver is not None
    assert record.waiver.until == TOMORROW


def test_a_waiver_stands_beside_a_status_and_never_replaces_it() -> None:
    low = Observation({"Seen": Seen(0.0)})
    (record,) = judge_gate(fake_gate(), low, Settings(), [waiver(TOMORROW, "alpha.main")])
    assert record.status is Status.FAIL
