"""Clean file-based checks in the report: a line each, and their evidence once."""

from __future__ import annotations

from dataclasses import replace

import factory
import pytest

from golive.inspecting import VIOLATIONS
from golive.model import Comparator, EvidenceLevel, Measurement
from golive.record import CheckRecord
from golive.rendering import RenderOptions
from golive_reports.markdown import render

NOTHING = Measurement(VIOLATIONS, 0.0, "", Comparator.LE, 0.0, n=7, failures=0)


def clean(name: str) -> CheckRecord:
    refs = (factory.evidence("manifest-files.json"),)
    check = factory.check(f"manifests.{name}", measurement=NOTHING, refs=refs)
    return replace(check, needs=EvidenceLevel.STATIC, evidence_level=EvidenceLevel.STATIC)


@pytest.mark.parametrize(
    ("lang", "shared"), [("en", "3 file-based checks"), ("ko", "검사 3개의 증거")]
)
def test_a_row_of_clean_checks_shares_its_evidence(lang: str, shared: str) -> None:
    run = factory.run(factory.gate("manifests", *(clean(n) for n in ("a", "b", "c"))))
    text = render(run, RenderOptions(lang, record_file="run.json"))
    gate = text[text.index("manifests.a") : text.index("##", text.index("manifests.c"))]
    (reference,) = {ref.sha256[:12] for c in run.gates[0].checks for ref in c.evidence}
    assert gate.count(reference) == 1
    assert shared in gate
    assert "n = 7" not in gate


def test_a_measured_check_and_a_lone_one_keep_their_own() -> None:
    measured = factory.check("manifests.live", measurement=NOTHING)
    run = factory.run(factory.gate("manifests", clean("a"), measured, clean("b")))
    text = render(run, RenderOptions("en", record_file="run.json"))
    assert "file-based checks above" not in text
    assert text.count("n = 7") >= 3


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_files_without_a_flaw_have_no_row_among_the_objectives(lang: str) -> None:
    gates = (
        factory.gate(
            "slo", factory.check("slo.readiness", measurement=factory.error_ratio(600, 0))
        ),
        factory.gate("manifests", clean("a")),
    )
    text = render(factory.run(*gates), RenderOptions(lang, record_file="run.json"))
    rows = [line for line in text.splitlines() if line.startswith("|") and line.endswith("` |")]
    rows = [row for row in rows if ".json`" not in row]  # those of the evidence
    assert [row for row in rows if "slo.readiness" in row]
    assert not [row for row in rows if "manifests.a" in row]
