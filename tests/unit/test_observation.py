"""A judge sees the parts its check declares, and a missing one ends its judgement."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from golive.gate import Check
from golive.model import CheckResult, CheckSpec, Reason, Status
from golive.observation import Observation, PartMissing, Unavailable

SPEC = CheckSpec("slo.readiness")


@dataclass(frozen=True, slots=True)
class Probes:
    n: int


@dataclass(frozen=True, slots=True)
class History:
    days: int


def judge(observation: Observation, _: object) -> CheckResult:
    observation.require(Probes)
    return SPEC.inconclusive(Reason("judged"))


def test_a_part_is_found_by_its_type() -> None:
    assert Observation({"Probes": Probes(3)}).require(Probes) == Probes(3)


def test_a_part_that_was_never_delivered_is_an_error() -> None:
    found = Observation().find(Probes)
    assert isinstance(found, Unavailable)
    assert (found.kind, found.reason.code) == ("error", "core.not-observed")


def test_a_part_that_is_none_was_not_delivered() -> None:
    assert isinstance(Observation({"Probes": None}).find(Probes), Unavailable)


def test_requiring_a_missing_part_ends_the_judgement() -> None:
    gone = Unavailable(Reason("gone"))
    with pytest.raises(PartMissing) as caught:
        Observation({"Probes": gone}).require(Probes)
    assert caught.value.unavailable is gone


def test_a_judge_cannot_read_what_its_check_does_not_declare() -> None:
    limited = Observation({"Probes": Probes(3), "History": History(30)}).limited(
        frozenset({"Probes"})
    )
    assert limited.require(Probes) == Probes(3)
    with pytest.raises(LookupError, match="History"):
        limited.find(History)


def test_adding_a_part_leaves_the_first_observation_alone() -> None:
    first = Observation()
    second = first.with_part("Probes", Probes(1))
    assert first.parts == {}
    assert second.require(Probes) == Probes(1)


@pytest.mark.parametrize(
    ("kind", "status"), [("error", Status.ERROR), ("inconclusive", Status.INCONCLUSIVE)]
)
def test_a_missing_part_never_becomes_a_pass(kind: str, status: Status) -> None:
    gap = Unavailable(Reason("gone"), kind, blocked_by="slo.defined")  # type: ignore[arg-type]
    result = Check(SPEC, (Probes,), judge).evaluate(Observation({"Probes": gap}), None)
    assert result.status is status
    assert result.reason.code == "gone"


def test_the_cause_of_a_gap_is_kept() -> None:
    gap = Unavailable(Reason("gone"), blocked_by="slo.defined")
    result = Check(SPEC, (Probes,), judge).evaluate(Observation({"Probes": gap}), None)
    assert result.blocked_by == "slo.defined"
