"""``pipeline.image-ignores``."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golive.api import CheckResult, Observation
from golive_gates.pipeline.images.ignoring import Ignores, ignore_files
from golive_gates.pipeline.parts import Pipeline, Repository
from golive_gates.pipeline.settings import Settings
from tests.gates.pipeline.snippets import CHECKS, CI, job, pipeline, workflow
from tests.gates.saying import codes, said

TODAY = date(2026, 3, 10)
GOOD = "# Not reachable\nCVE-2025-1 exp:2026-06-30\n"


def look(
    text: str, name: str = ".trivyignore", *, day: date | None = TODAY, unfixed: bool = True
) -> CheckResult:
    seen = replace(pipeline({CI: workflow({"a": job("x")}), name: text}), day=day)
    settings = Settings(scan_unfixed=unfixed)
    return said(CHECKS["image-ignores"].evaluate(Observation({"Pipeline": seen}), settings))


@pytest.mark.parametrize(
    ("text", "status", "expected"),
    [
        (GOOD, "pass", []),
        ("CVE-2025-1 exp:2026-06-30 # not reachable\n", "pass", []),
        ("# only words\n\n", "not-applicable", []),
        ("# why\nCVE-2025-1\n", "fail", ["undated"]),
        ("CVE-2025-1\n", "fail", ["undated", "no-reason"]),
        ("# why\nCVE-2025-1 exp:2026-03-10\n", "fail", ["expired"]),
        ("# why\nCVE-2025-1 exp:2026-03-11\n", "pass", []),
        ("# why\nCVE-2025-1 exp:2020-01-01\n", "fail", ["expired"]),
        ("# why\nCVE-2025-1 exp:2026-02-30\n", "fail", ["not-a-day"]),
        ("# why\nCVE-2025-1 exp:next-week\n", "fail", ["not-a-day"]),
        ("# why\nCVE-2025-1 exp:2099-01-01\n", "warn", ["far-away"]),
        ("CVE-2025-1 exp:2026-06-30\n", "warn", ["no-reason"]),
        ("# why\n* exp:2026-06-30\n", "fail", ["swallows"]),
        ("# why\nCVE-2025-* exp:2026-06-30\n", "fail", ["swallows"]),
        ("# why\n\nCVE-2025-1 exp:2026-06-30\n", "warn", ["no-reason"]),
    ],
)
def test_lines(text: str, status: str, expected: list[str]) -> None:
    result = look(text)
    assert (result.status.value, codes(result)) == (status, expected)


def test_one_reason_for_several() -> None:
    assert look(f"{GOOD}CVE-2025-2 exp:2026-06-30\n").status.value == "pass"


@pytest.mark.parametrize(
    ("entry", "status", "expected"),
    [
        ("{id: CVE-1, statement: why, expired_at: 2026-06-30}", "pass", []),
        ("{id: CVE-1, statement: why, expired_at: '2026-06-30T00:00:00Z'}", "pass", []),
        ("{id: CVE-1, statement: why}", "fail", ["undated"]),
        ("{id: CVE-1, expired_at: 2026-06-30}", "warn", ["no-reason"]),
        ("{id: CVE-1, statement: why, expired_at: 2026-01-01}", "fail", ["expired"]),
        ("{paths: ['**'], statement: why, expired_at: 2026-06-30}", "fail", ["swallows"]),
        (
            "{purls: ['pkg:deb/debian/x'], statement: why, expired_at: 2026-06-30}",
            "warn",
            ["whole-package"],
        ),
        ("5", "not-applicable", []),
    ],
)
def test_yaml(entry: str, status: str, expected: list[str]) -> None:
    result = look(f"vulnerabilities:\n  - {entry}\n", ".trivyignore.yaml")
    assert (result.status.value, codes(result)) == (status, expected)


@pytest.mark.parametrize(
    ("rule", "status", "expected"),
    [
        ("{vulnerability: CVE-1, reason: 'not reachable, until 2026-06-30'}", "pass", []),
        ("{vulnerability: CVE-1, reason: not reachable}", "warn", ["undated-grype"]),
        ("{vulnerability: CVE-1, reason: 'x, until 2026-01-01'}", "fail", ["expired"]),
        ("{package: {type: deb}, reason: x}", "fail", ["swallows"]),
        ("{package: {name: '.*'}, reason: x}", "fail", ["swallows"]),
        ("{package: {location: '**'}, reason: x}", "fail", ["swallows"]),
        ("{namespace: 'debian:distro:debian:12', reason: x}", "fail", ["swallows"]),
        ("{fix-state: not-fixed, reason: x}", "fail", ["swallows"]),
        (
            "{package: {name: linux}, reason: 'until 2026-06-30'}",
            "warn",
            ["whole-package"],
        ),
        ("{}", "not-applicable", []),
        ("{vex-status: not_affected, vulnerability: CVE-1}", "not-applicable", []),
    ],
)
def test_grype(rule: str, status: str, expected: list[str]) -> None:
    result = look(f"ignore:\n  - {rule}\n", ".grype.yaml")
    assert (result.status.value, codes(result)) == (status, expected)


def test_what_the_setting_says_too() -> None:
    text = "ignore:\n  - {fix-state: not-fixed}\n"
    assert look(text, ".grype.yaml", unfixed=False).status.value == "pass"


def test_a_day_that_nobody_knows() -> None:
    result = look(GOOD, day=None)
    assert (result.status.value, codes(result)) == ("inconclusive", ["no-today"])


def test_a_file_that_cannot_be_read() -> None:
    broken = Repository("", (), {".trivyignore.yaml": "vulnerabilities: [\n"})
    seen = Observation({"Pipeline": Pipeline((broken,), day=TODAY)})
    result = said(CHECKS["image-ignores"].evaluate(seen, Settings()))
    assert (result.status.value, codes(result)) == ("inconclusive", ["not-readable"])


def test_the_line() -> None:
    result = look("# a\n\nCVE-1\n")
    assert result.findings[0].location is not None
    place = result.findings[0].location
    assert (Path(place.path).name, place.line) == (".trivyignore", 3)


@given(
    st.text(alphabet="CVE-1*#: exp\n2026{}[],id'\"", max_size=80),
    st.sampled_from([".trivyignore", ".trivyignore.yaml", "a/.grype.yaml"]),
    st.sampled_from(["", "vulnerabilities:\n  - ", "ignore:\n  - "]),
)
def test_any_text_is_read(text: str, name: str, begun: str) -> None:
    found = ignore_files(Repository("", (), {name: begun + text}))
    assert isinstance(found, Ignores)
    seen = Pipeline((Repository("", (), {name: begun + text}),), day=TODAY)
    said(CHECKS["image-ignores"].evaluate(Observation({"Pipeline": seen}), Settings()))
