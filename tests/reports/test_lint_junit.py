"""JUnit of lint records: parses, counts right, and nothing undecided looks like a pass."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable

import lint_factory as factory
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from golive.lint_record import LintEffect, LintRecord
from golive.lint_rendering import LintOptions
from golive.model import Status
from golive_reports.lint.junit import RENDERER


def parsed(record: LintRecord, lang: str = "en") -> ET.Element:
    text = RENDERER.render(record, LintOptions(lang))
    return ET.fromstring(text.encode("utf-8"))  # noqa: S314 - our own text


def verdicts(record: LintRecord) -> dict[str, str]:
    return {
        case.get("name", ""): ",".join(child.tag for child in case)
        for case in parsed(record).iter("testcase")
    }


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("make", factory.RECORDS)
def test_it_parses_and_its_counts_add_up(make: Callable[[], LintRecord], lang: str) -> None:
    root = parsed(make(), lang)
    for holder in (root, *root.iter("testsuite")):
        cases = list(holder.iter("testcase"))
        assert int(holder.get("tests", "")) == len(cases) > 0
        for attribute, tag in (
            ("failures", "failure"),
            ("errors", "error"),
            ("skipped", "skipped"),
        ):
            assert int(holder.get(attribute, "")) == sum(c.find(tag) is not None for c in cases)


def test_each_status_has_its_element() -> None:
    assert verdicts(factory.everything()) == {
        "manifests.parse": "failure",
        "manifests.image-tags": "failure",
        "manifests.digests": "skipped",
        "manifests.resources": "system-out",
        "manifests.limits": "system-out",
        "manifests.references": "error",
        "manifests.graph": "error",
        "manifests.broken": "error",
        "manifests.probes": "skipped",
        "manifests.quotas": "",
        "k8s/huge.yaml": "error",
        "weird": "error",
    }


def test_a_failure_lists_its_findings_with_place_and_remedy() -> None:
    root = parsed(factory.everything())
    case = next(c for c in root.iter("testcase") if c.get("name") == "manifests.image-tags")
    failure = case.find("failure")
    assert failure is not None
    assert "k8s/api.yaml:41: fail Deployment/prod/api [web]: Image web:latest" in str(failure.text)
    assert "remedy: Name the version." in str(failure.text)
    assert "suppressed in line 40 until 2025-09-01: rebuilt nightly" in str(failure.text)


def test_a_suppressed_failure_says_why_it_is_skipped() -> None:
    root = parsed(factory.everything())
    case = next(c for c in root.iter("testcase") if c.get("name") == "manifests.digests")
    skipped = case.find("skipped")
    assert skipped is not None
    assert skipped.get("message") == "suppressed until 2025-09-01: rebuilt nightly"


def test_an_optional_check_that_was_not_decided_is_no_pass() -> None:
    check = factory.check(
        "limits", Status.INCONCLUSIVE, effect=LintEffect.UNDECIDED, required=False
    )
    assert verdicts(factory.record([check]))["manifests.limits"] == "error"


def test_nothing_to_check_is_an_error_and_a_low_severity_is_skipped() -> None:
    assert verdicts(factory.nothing())["nothing-to-check"] == "error"
    assert verdicts(factory.below())["manifests.labels"] == "skipped"


@settings(max_examples=100)
@given(st.text(st.characters(), max_size=30))
def test_no_text_of_a_stranger_breaks_the_document(text: str) -> None:
    assert len(list(parsed(factory.hostile(text)).iter("testcase"))) == 4
