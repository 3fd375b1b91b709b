"""Inline suppressions: which are in force, what they cover, and what is said of the others."""

from __future__ import annotations

from datetime import date

import pytest

from golive.lint_record import SuppressionState
from golive.lint_suppressions import Suppressions
from golive.model import Location
from golive.sources.tree import Suppression

TODAY = date(2025, 8, 27)
KNOWN = ("manifests.image-tags", "manifests.probes", "streaming.proxy-buffering")


def written(
    *checks: str,
    until: str = "2025-12-31",
    reason: str = "known",
    applies: tuple[int, int] = (10, 12),
    problem: str = "",
) -> Suppression:
    names = checks or ("manifests.image-tags",)
    return Suppression(Location("a.yaml", 9), names, until, reason, applies, problem)


def asked(*found: Suppression, ran: tuple[str, ...] = KNOWN) -> Suppressions:
    return Suppressions(found, TODAY, KNOWN, ran)


def state(suppression: Suppression, *, line: int = 11) -> SuppressionState:
    suppressions = asked(suppression)
    suppressions.covering("manifests.image-tags", Location("a.yaml", line))
    return suppressions.records()[0].state


@pytest.mark.parametrize("line", [10, 11, 12])
def test_it_covers_its_lines_and_its_checks(line: int) -> None:
    suppressions = asked(written("manifests.image-tags", "manifests.probes"))
    beside = suppressions.covering("manifests.probes", Location("a.yaml", line))
    assert beside is not None
    assert (beside.file, beside.line, beside.reason) == ("a.yaml", 9, "known")
    assert beside.until == date(2025, 12, 31)
    assert suppressions.records()[0].covers == 1


@pytest.mark.parametrize(
    ("check", "place"),
    [
        ("manifests.image-tags", Location("a.yaml", 9)),
        ("manifests.image-tags", Location("a.yaml", 13)),
        ("manifests.image-tags", Location("b.yaml", 11)),
        ("manifests.image-tags", Location("a.yaml")),
        ("manifests.image-tags", None),
        ("manifests.probes", Location("a.yaml", 11)),
    ],
)
def test_it_covers_nothing_else(check: str, place: Location | None) -> None:
    suppressions = asked(written())
    assert suppressions.covering(check, place) is None
    assert suppressions.records()[0].state is SuppressionState.UNUSED


def test_what_is_rendered_is_accepted_at_the_top_of_its_kustomization() -> None:
    made = Location("a.yaml")
    assert asked(written(applies=(9, 20))).covering("manifests.image-tags", made) is not None
    assert asked(written(applies=(10, 10))).covering("manifests.image-tags", made) is None
    assert asked(written(applies=(9, 9))).covering("manifests.image-tags", made) is None
    elsewhere = Location("b.yaml")
    assert asked(written(applies=(9, 20))).covering("manifests.image-tags", elsewhere) is None


@pytest.mark.parametrize(
    ("until", "expected"),
    [
        ("2025-08-28", SuppressionState.IN_FORCE),
        ("2025-08-27", SuppressionState.IN_FORCE),
        ("2025-08-26", SuppressionState.EXPIRED),
        ("0001-01-02", SuppressionState.EXPIRED),
    ],
)
def test_its_last_day_is_included(until: str, expected: SuppressionState) -> None:
    assert state(written(until=until)) is expected


def test_an_expired_one_suppresses_nothing_and_counts_what_comes_back() -> None:
    suppressions = asked(written(until="2025-01-01"))
    for line in (10, 11):
        assert suppressions.covering("manifests.image-tags", Location("a.yaml", line)) is None
    (record,) = suppressions.records()
    assert (record.state, record.covers) == (SuppressionState.EXPIRED, 2)


@pytest.mark.parametrize(
    ("suppression", "problem"),
    [
        (written(problem="no reason is given"), "no reason is given"),
        (written(until="soon"), "until=soon is no day (YYYY-MM-DD)"),
        (written(until="2025-02-30"), "until=2025-02-30 is no day (YYYY-MM-DD)"),
        (written(until=""), "until= is no day (YYYY-MM-DD)"),
        (written(reason=" "), "it gives no reason"),
        (
            written("image-tags"),
            "no file-based check is called 'image-tags'; did you mean manifests.image-tags?",
        ),
        (
            written("manifests.probe"),
            "no file-based check is called 'manifests.probe'; did you mean manifests.probes?",
        ),
        (
            written("manifests.image-tags", "*"),
            "no file-based check is called '*'",
        ),
    ],
)
def test_a_malformed_one_suppresses_nothing_and_says_why(
    suppression: Suppression, problem: str
) -> None:
    suppressions = asked(suppression)
    assert suppressions.covering("manifests.image-tags", Location("a.yaml", 11)) is None
    (record,) = suppressions.records()
    assert (record.state, record.problem) == (SuppressionState.MALFORMED, problem)


def test_one_that_names_no_check_is_malformed() -> None:
    bare = Suppression(Location("a.yaml", 9), (), "2025-12-31", "why", (10, 10))
    (record,) = asked(bare).records()
    assert (record.state, record.problem) == (SuppressionState.MALFORMED, "it names no check")


def test_it_is_unused_only_when_all_its_checks_were_run() -> None:
    both = written("manifests.image-tags", "manifests.probes")
    assert asked(both).records()[0].state is SuppressionState.UNUSED
    partly = asked(both, ran=("manifests.probes",))
    assert partly.records()[0].state is SuppressionState.IN_FORCE


def test_of_two_at_one_place_both_count_as_used() -> None:
    suppressions = asked(written(reason="first"), written(reason="second"))
    beside = suppressions.covering("manifests.image-tags", Location("a.yaml", 11))
    assert beside is not None
    assert beside.reason == "first"
    assert [r.covers for r in suppressions.records()] == [1, 1]


def test_hostile_words_are_cleaned() -> None:
    suppressions = asked(written(reason="a\x1b[31mb\u202ec"))
    beside = suppressions.covering("manifests.image-tags", Location("a.yaml", 11))
    assert beside is not None
    assert beside.reason == "a [31mb c"
