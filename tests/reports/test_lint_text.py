"""The text of lint records: one line a finding, remedies, a table, and nothing a terminal obeys."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace

import lint_factory as factory
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from golive.lint_record import LintRecord
from golive.lint_rendering import LintOptions
from golive.model import Status
from golive_reports.lines import cells
from golive_reports.lint.text import RENDERER, render, render_rich

ENGLISH = LintOptions("en")
UNSAFE = re.compile(
    r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def lines(record: LintRecord, options: LintOptions = ENGLISH) -> list[str]:
    return render(record, options).splitlines()


def test_a_finding_is_one_line_with_its_remedy_below() -> None:
    found = lines(factory.everything())
    at = found.index(
        "k8s/api.yaml:41: fail manifests.image-tags Deployment/prod/api [web]: "
        "Image web:latest is whatever was pushed last."
    )
    assert found[at + 1] == "    remedy: Name the version."


def test_a_remedy_is_told_once_a_file_and_check() -> None:
    many = [factory.finding("image-tags", line=n) for n in range(1, 6)]
    many += [factory.finding("image-tags", file="z.yaml")]
    found = lines(factory.record([factory.check("image-tags", factory.Status.FAIL)], many))
    assert sum("remedy:" in line for line in found) == 2
    assert sum("whatever was pushed last" in line for line in found) == 6


def test_a_suppressed_finding_keeps_its_status_beside_its_suppression() -> None:
    found = lines(factory.everything())
    at = next(i for i, line in enumerate(found) if ":44: fail manifests.digests" in line)
    assert found[at + 1] == "    suppressed in line 40 until 2025-09-01: rebuilt nightly"


def test_an_optional_failure_says_that_it_is_one() -> None:
    assert any(":51: fail (optional) manifests.limits" in x for x in lines(factory.everything()))


def test_what_no_finding_says_is_said_below() -> None:
    text = render(factory.everything(), ENGLISH)
    assert "k8s/huge.yaml: too-large: 60 MB (split it)" in text
    assert text.count("a key twice") == 0, "its finding says it"
    assert "Gate weird cannot be loaded: ImportError: no module" in text
    assert "inconclusive manifests.graph (blocked by manifests.parse: settle its findings" in text
    assert "error manifests.broken: A reason." in text
    assert "k8s/api.yaml:70: suppression of manifests.probes expired after 2025-01-01" in text
    assert "k8s/api.yaml:80: suppression of manifests.quotas covers nothing" in text
    assert "k8s/api.yaml:90: suppression ignored, it is malformed: until=soon is no day" in text


def test_what_one_check_blocks_is_said_once() -> None:
    blocked = [
        replace(
            factory.check(f"c{n}", Status.INCONCLUSIVE, gate=gate, blocked_by="manifests.parse"),
            reason=f"None of {n} is wrong, but 1 could not be read.",
        )
        for gate, n in (("manifests", 1), ("manifests", 2), ("manifests", 3), ("streaming", 4))
    ]
    found = lines(factory.record([factory.check("parse"), *blocked], []))
    (said,) = [line for line in found if "blocked by" in line]
    assert said.strip().startswith(
        "inconclusive 3 of manifests, 1 of streaming (blocked by manifests.parse: settle"
    )
    assert "could not be read" not in "".join(found)


def test_a_check_whose_findings_are_undecided_is_not_told_again() -> None:
    check = factory.check("references", Status.INCONCLUSIVE)
    finding = factory.finding("references", status=Status.INCONCLUSIVE)
    found = lines(factory.record([check], [finding]))
    assert not [line for line in found if "A reason." in line]


def test_a_finding_about_a_file_names_it_once() -> None:
    finding = replace(factory.finding("parse", object=None), subject="k8s/api.yaml", container="")
    (line,) = [n for n in lines(factory.record([factory.check("parse")], [finding])) if ":41:" in n]
    assert line.count("k8s/api.yaml") == 1


def test_an_alert_of_an_object_with_many_is_named() -> None:
    rules = factory.ResourceRef("PrometheusRule", "prod", "api-rules")
    finding = replace(factory.finding("parse", object=rules), subject="ApiDown", container="")
    (line,) = [n for n in lines(factory.record([factory.check("parse")], [finding])) if ":41:" in n]
    assert "PrometheusRule/prod/api-rules [ApiDown]: " in line


def test_the_table_counts_checks_and_findings() -> None:
    found = lines(factory.everything())
    at = next(i for i, line in enumerate(found) if line.startswith("gate "))
    assert found[at + 1].split() == ["manifests", "10", "1", "1", "4", "3", "1", "5", "2"]


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (
            factory.clean,
            "✅ Passed. Checks that passed: 2 of 3; not applicable: 1; findings suppressed: 0",
        ),
        (factory.everything, "❌ Failed. Failing findings: 2; failing checks: 2 of 10"),
        (factory.nothing, "⚪ Nothing to check. None of the 3 files is of a kind"),
        (factory.hostile, "❌ Failed."),
    ],
)
def test_the_last_line_is_what_the_files_came_to(make: Callable[[], LintRecord], said: str) -> None:
    assert lines(make())[-1].startswith(said)


def test_low_severities_are_counted_and_not_listed() -> None:
    text = render(factory.below(), ENGLISH)
    assert "manifests.labels" not in text
    assert "Below the severity asked for (high), not listed and not counted. Findings: 1" in text


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("make", factory.RECORDS)
def test_nothing_in_it_acts_on_a_terminal(make: Callable[[], LintRecord], lang: str) -> None:
    assert not UNSAFE.search(render(make(), LintOptions(lang)))


@settings(max_examples=100)
@given(st.text(st.characters(), max_size=30))
def test_a_strangers_text_adds_no_line(text: str) -> None:
    found = render(factory.hostile("x" + text), ENGLISH)
    assert not UNSAFE.search(found)
    assert found.count("\n") == render(factory.hostile("x"), ENGLISH).count("\n")


@pytest.mark.parametrize("width", [80, 140])
@pytest.mark.parametrize("make", factory.RECORDS)
def test_a_terminal_gets_the_same_words_within_its_width(
    make: Callable[[], LintRecord], width: int
) -> None:
    out = io.StringIO()
    console = Console(file=out, width=width, highlight=False, color_system=None, soft_wrap=True)
    console.print(render_rich(make(), ENGLISH))
    shown = out.getvalue()
    assert max(cells(line) for line in shown.splitlines()) <= width
    assert "".join(shown.split()) == "".join(render(make(), ENGLISH).split())


def test_it_is_registered_with_both_forms() -> None:
    assert RENDERER.name == "text"
    assert RENDERER.rich is render_rich
