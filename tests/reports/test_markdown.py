"""The report as a reader and as a parser see it."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path

import factory
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from golive.config.model import Contact, Waiver
from golive.model import EvidenceLevel, Status
from golive.record import Decision, Execution, Run
from golive.rendering import RenderOptions
from golive.sent import SentRequests
from golive.verdict import GateLabel, decide, gate_label
from golive_reports.markdown import RENDERER, render
from golive_reports.markdown.references import MOST_SENT
from golive_reports.view import LABEL_ICONS, View

GOLDEN = Path(__file__).parent / "golden"
OPTIONS = {
    lang: RenderOptions(lang, record_file="slo_validation_results_20250827_082211.json")
    for lang in ("ko", "en")
}
RUNS = {
    "go": factory.go,
    "conditional": factory.conditional,
    "no_go": factory.no_go,
    "inconclusive": factory.inconclusive,
    "designed": factory.designed,
    "overclaiming": factory.overclaiming,
    "hostile": factory.hostile,
}


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("name", ["conditional", "no_go"])
def test_golden(name: str, lang: str) -> None:
    path = GOLDEN / f"{name}.{lang}.md"
    text = render(RUNS[name](), OPTIONS[lang])
    if os.environ.get("GOLIVE_REGENERATE"):
        path.write_text(text, encoding="utf-8")
        pytest.fail(f"{path.name} was written anew: look at it, then run without the variable")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("go", "✅ **Go-Live 승인 (GO)**"),
        ("conditional", "🟡 **조건부 승인 (CONDITIONAL)**"),
        ("no_go", "❌ **Go-Live 불가 (NO\\_GO)**"),
        ("inconclusive", "⚪ **판정 불가, 승인하지 않음 (INCONCLUSIVE)**"),
        ("designed", "⚪ **판정 불가, 승인하지 않음 (INCONCLUSIVE)**"),
        ("overclaiming", "⚪ **판정 불가, 승인하지 않음 (INCONCLUSIVE)**"),
    ],
)
def test_decision_is_said_three_times_in_the_same_words(name: str, words: str) -> None:
    text = render(RUNS[name](), OPTIONS["ko"])
    assert f"> **상태**: {words}" in text
    assert f"### **결정**: {words}\n" in text
    assert text.count(words) == 3
    said = set(
        re.findall(
            r"\*\*((?:Go-Live 승인|조건부 승인|Go-Live 불가) \(.*?\)|판정 불가, .*?\))\*\*",
            text,
        )
    )
    assert len(said) == 1


@pytest.mark.parametrize("name", RUNS)
@pytest.mark.parametrize("lang", ["ko", "en"])
def test_every_check_id_occurs(name: str, lang: str) -> None:
    run = RUNS[name]()
    text = render(run, OPTIONS[lang])
    for check in run.checks():
        assert f"`{check.id}`" in text


def test_sections_come_in_the_order_of_the_form() -> None:
    text = render(factory.conditional(), OPTIONS["ko"])
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    icons = [heading.split()[0] for heading in headings]
    assert icons == ["📊", "⚠️", "📈", "🚀", "📋", "🎯", "📞", "📄"]
    assert text.rindex("**결론**") > text.index("## 📄")


def test_gates_outside_the_profile_are_unverified() -> None:
    text = render(factory.go(), OPTIONS["ko"])
    for number in range(2, 8):
        assert re.search(rf"### ⚪ \*\*Gate {number}: .+\*\* - \*\*미검증\*\*\n\n- 미검증 — ", text)
    assert text.count("미검증 — 이번 프로파일에 포함되지 않음") == 6
    assert "판정하지 않음(프로파일에 없음) 6개" in text
    assert "필수 게이트 1개 가운데 1개가 완료" in text


def test_gates_outside_the_profile_miss_no_checks() -> None:
    outside = replace(factory.absent("load"), expected=("load.capacity",))
    unselected = factory.absent("recovery", Execution.NOT_SELECTED)
    unselected = replace(unselected, expected=("recovery.restore",))
    gate = factory.gate("slo", factory.READINESS)
    text = render(factory.run(gate, outside, unselected), OPTIONS["ko"])
    assert "load.capacity" not in text
    assert "- ⚪ `recovery.restore`: 필수 검사이지만 수행되지 않음" in text


def test_design_is_never_done() -> None:
    text = render(factory.designed(), OPTIONS["ko"])
    assert "### 📐 **Gate 2: SSE 스케일링 하드닝** - **설계 완료**" in text
    assert "- **완료**" not in text.split("### 📐")[1].split("###")[0]
    assert "필수 게이트 2개 가운데 1개가 완료" in text


def test_record_that_says_more_than_it_proves_is_contradicted_on_top() -> None:
    run = factory.overclaiming()
    options = replace(OPTIONS["ko"], complaints=("record-altered",))
    text = render(run, options)
    banner, rest = text.split("## 📊", 1)
    assert "이 기록은 golive가 작성한 뒤에 변경되었습니다" in banner
    assert "기록된 결정은 Go-Live 승인 (GO)이지만" in banner
    assert "통과로 기록된 검사 가운데" in banner
    assert "내용과 일치하지 않음" in banner
    assert "**Go-Live 승인**" not in text
    assert "`slo.readiness` - 판정 불가(통과로 기록되었으나 증거 부족): 기록된 설명: " in rest
    assert "✅ **Readiness" not in rest


def test_complaints_do_not_depend_on_the_caller() -> None:
    assert "기록된 결정은" in render(factory.overclaiming(), OPTIONS["ko"])


def test_consequences_stand_under_their_cause() -> None:
    text = render(factory.no_go(), OPTIONS["ko"])
    issues = text.split("### 미해결 이슈")[1].split("\n## ")[0].splitlines()
    cause = next(i for i, line in enumerate(issues) if "`slo.sse-first-event`" in line)
    children = [i for i, line in enumerate(issues) if "위 문제의 결과" in line]
    assert children == [cause + 2, cause + 3]
    assert all(issues[i].startswith("  - ") for i in children)
    assert "이 때문에 판정하지 못한 검사: ⚪ `slo.sse-complete` (판정 불가)" in text


def test_open_checklist_items_are_not_ticked() -> None:
    text = render(factory.no_go(), OPTIONS["ko"])
    lines = text.split("## 📋")[1].split("\n## ")[0].splitlines()
    for line in lines:
        if line.startswith("- [x]"):
            assert line.startswith("- [x] ✅ ")
        elif line.startswith("- ["):
            assert line.startswith("- [ ] ")
            assert "✅" not in line.split("(")[0]
    open_item = next(line for line in lines if "SSE 지연시간" in line)
    assert open_item.startswith("- [ ] ❌")
    assert "`slo.sse-first-event`" in open_item


def test_rollback_conditions_come_from_the_slos() -> None:
    run = factory.go()
    text = render(run, OPTIONS["ko"])
    assert "에러율 [error-rate] ≥ 1% 또는 SSE 첫 콘텐츠 지연 [sse-first-event] p95 > 2초" in text
    assert "에러율 [error-rate] 증명에 필요한 표본: 실패 없이 299건" in text
    assert "[sse-first-event] 증명에 필요한 표본: 실패 없이 59건" in text
    slos = tuple(s for s in run.config.slos if s.id != "error-rate")
    text = render(replace(run, config=replace(run.config, slos=slos)), OPTIONS["ko"])
    assert "에러율 [error-rate] (목표가 정의되지 않아 판단할 수 없음)" in text


def test_what_must_not_begin_says_so() -> None:
    assert "계획을 시작할 수 없습니다" in render(factory.no_go(), OPTIONS["ko"])
    assert "계획을 시작할 수 없습니다" not in render(factory.go(), OPTIONS["ko"])


def test_missing_contacts_are_unassigned() -> None:
    run = factory.go()
    config = replace(run.config, contacts=(), channels=())
    text = render(replace(run, config=config), OPTIONS["ko"])
    section = text.split("## 📞")[1].split("\n---")[0]
    assert section.count("미지정 (설정의") == 2
    config = replace(run.config, contacts=(Contact("기술 리드", "", " "),))
    assert "- 기술 리드: 미지정\n" in render(replace(run, config=config), OPTIONS["ko"])


def test_failed_check_without_waiver_shows_neither_tick_nor_further_samples() -> None:
    text = render(factory.no_go(), OPTIONS["ko"])
    line = text.split("**SSE 첫 콘텐츠 지연시간** `slo.sse-first-event`")[1].split("증거")[0]
    assert "유리한 쪽 한계조차 ≥2.98초" in line
    assert "더 필요한 표본" not in line


def test_unmeasured_claims_have_a_row() -> None:
    text = render(factory.inconclusive(), OPTIONS["ko"])
    row = next(r for r in text.splitlines() if r.startswith("|") and "`slo.readiness`" in r)
    assert "측정되지 않음" in row
    assert "⛔ 수행 실패" in row


def test_evidence_is_listed_once_with_its_digest() -> None:
    run = factory.go()
    text = render(run, replace(OPTIONS["ko"], evidence_dir="evidence/"))
    for check in run.checks():
        for ref in check.evidence:
            assert text.count(ref.sha256) == 1
            assert f"`evidence/{ref.path}`" in text


def test_tables_are_tables() -> None:
    for name, make in RUNS.items():
        tokens = MarkdownIt("commonmark").enable("table").parse(render(make(), OPTIONS["ko"]))
        run = make()
        wanted = 1 + any(c.evidence for c in run.checks()) + any(g.sent for g in run.gates)
        assert sum(t.type == "table_open" for t in tokens) == wanted, name


UNTIL = (factory.EARLIER, factory.LATER)
STATUSES = st.sampled_from(Status)
LEVELS = st.sampled_from(EvidenceLevel)


@st.composite
def runs(draw: st.DrawFn) -> Run:
    gates = []
    for gate_id in list(factory.TITLES)[: draw(st.integers(0, 3))]:
        checks = tuple(
            factory.check(
                f"{gate_id}.check-{number}",
                draw(STATUSES),
                level=draw(LEVELS),
                required=draw(st.booleans()),
                refs=(factory.evidence("x"),) * draw(st.integers(0, 1)),
                measurement=draw(
                    st.sampled_from(
                        [None, factory.success_ratio(473, 1), factory.success_ratio(30, 0)]
                    )
                ),
                waiver=draw(
                    st.sampled_from([None, *(Waiver("x", "사유", "이름", day) for day in UNTIL)])
                ),
                blocked_by=draw(st.sampled_from([None, f"{gate_id}.check-0"])),
            )
            for number in range(draw(st.integers(0, 3)))
        )
        gate = factory.gate(gate_id, *checks, required=draw(st.booleans()))
        gate = replace(
            gate,
            execution=draw(st.sampled_from([Execution.COMPLETED, *Execution])),
            expected=(*gate.expected, *draw(st.sampled_from([(), (f"{gate_id}.lost",)]))),
        )
        gates.append(gate)
    decision = draw(st.sampled_from(Decision))
    return replace(
        factory.run(*gates, decision=decision), interrupted=draw(st.sampled_from([False, True]))
    )


@settings(max_examples=150)
@given(runs())
def test_no_gate_is_called_more_than_it_is(run: Run) -> None:
    text = render(run, OPTIONS["ko"])
    words = {
        GateLabel.DONE: "완료",
        GateLabel.DESIGNED: "설계 완료",
        GateLabel.CONDITIONAL: "조건부",
        GateLabel.UNVERIFIED: "미검증",
        GateLabel.FAILED: "실패",
    }
    headings = re.findall(r"^### (\S+) \*\*Gate (\d): .+?\*\* - \*\*(.+)\*\*$", text, re.MULTILINE)
    assert len(headings) == len(run.gates)
    for (icon, number, word), gate in zip(headings, run.gates, strict=True):
        label = gate_label(gate, factory.TODAY)
        assert (icon, int(number), word) == (LABEL_ICONS[label], gate.number, words[label])
    done = sum(gate_label(g, factory.TODAY) is GateLabel.DONE for g in run.gates if g.required)
    assert f"가운데 {done}개가 완료" in text
    assert ("**Go-Live 승인**" in text) is (decide(run).decision is Decision.GO)
    for check in run.checks():
        assert f"`{check.id}`" in text
        view = View(run, OPTIONS["ko"])
        if view.status(check) is not Status.PASS:
            assert f"`{check.id}` (통과)" not in text
            assert f"`{check.id}` - 통과" not in text


def test_what_was_sent_to_the_target_is_listed_and_what_is_cut_is_counted() -> None:
    kinds = tuple(SentRequests("GET", f"http://api/{i}", i + 1) for i in range(MOST_SENT + 7))
    run = factory.run(replace(factory.gate("slo", factory.check("slo.readiness")), sent=kinds))
    text = render(run, OPTIONS["en"])
    assert text.count("| `GET http://api/") == MOST_SENT
    assert "7 more kinds" in text
    silent = factory.run(replace(factory.gate("slo", factory.check("slo.readiness")), sent=()))
    assert "no request to the target" in render(silent, OPTIONS["en"])


def test_the_renderer_is_registered_under_its_name() -> None:
    assert (RENDERER.name, RENDERER.suffix, RENDERER.media_type) == (
        "markdown",
        ".md",
        "text/markdown",
    )
