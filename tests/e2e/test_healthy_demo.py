"""The healthy generator, checked as `make demo` does, with the plans of a real run.

With ``DEMO_PACE=real`` in the environment at the real rate limit and pace too, as
``make test-pace`` does; else with a raised limit and shorter waits.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.variants import ON_THIS_MACHINE, QUICK, WITHOUT_TLS

RUN_S = 1100.0
PROFILE = ("slo", "streaming", "manifests", "observability", "pipeline", "recovery", "load")
OPTIONS = () if os.environ.get("DEMO_PACE") == "real" else QUICK
pytestmark = pytest.mark.timeout(RUN_S + 60)


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any], str]:
    out = tmp_path_factory.mktemp("healthy")
    done = subprocess.run(
        [sys.executable, "-m", "golive.cli", "demo", "--out-dir", str(out), *OPTIONS],
        capture_output=True,
        text=True,
        timeout=RUN_S,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    record = next(out.glob("slo_validation_results_*.json"))
    return out, json.loads(record.read_text(encoding="utf-8")), done.stdout


def test_every_check_of_gate_1_is_measured_and_passes(
    healthy: tuple[Path, dict[str, Any], str],
) -> None:
    _, record, _ = healthy
    gate = next(g for g in record["gates"] if g["id"] == "slo")
    assert {c["id"]: c["status"] for c in gate["checks"]} == {
        c["id"]: "pass" for c in gate["checks"]
    }
    assert len(gate["checks"]) == 9
    levels = {c["id"]: c["evidence_level"] for c in gate["checks"]}
    assert levels.pop("slo.defined") == "static"
    assert set(levels.values()) == {"measured"}


@pytest.mark.parametrize(("gate_id", "passing"), [("streaming", 14), ("load", 24)])
def test_gates_2_and_7_pass_every_check_on_the_wire_but_that_of_tls(
    healthy: tuple[Path, dict[str, Any], str], gate_id: str, passing: int
) -> None:
    _, record, _ = healthy
    gate = next(g for g in record["gates"] if g["id"] == gate_id)
    wire = [c for c in gate["checks"] if c["needs"] == "measured"]
    told = {c["id"]: (c["status"], c["reason_code"]) for c in wire if c["status"] != "pass"}
    assert told == (WITHOUT_TLS if gate_id == "load" else {})
    measured = [c for c in wire if c["status"] == "pass"]
    assert {c["evidence_level"] for c in measured} == {"measured"}
    assert len(measured) == passing


def test_gate_7_stands_without_a_condition_its_optional_checks_included(
    healthy: tuple[Path, dict[str, Any], str],
) -> None:
    out, record, stdout = healthy
    gate = next(g for g in record["gates"] if g["id"] == "load")
    assert (gate["status"], gate["execution"]) == ("pass", "completed")
    chosen = {c["id"]: c["status"] for c in gate["checks"] if not c["required"]}
    assert chosen == {"load.rate-limit-burst": "pass", "load.fuzz": "pass"}
    report = next(out.glob("go-live-status-report_*.md")).read_text(encoding="utf-8")
    (heading,) = [h for h in report.splitlines() if h.startswith("### ") and "Gate 7:" in h]
    assert heading.endswith("- **완료**")
    assert not [row for row in stdout.splitlines() if "조건" in row and "load." in row]


def test_the_files_of_gates_2_and_3_pass_and_nothing_says_they_were_applied(
    healthy: tuple[Path, dict[str, Any], str],
) -> None:
    out, record, _ = healthy
    gates = [g for g in record["gates"] if g["id"] in ("streaming", "manifests")]
    files = [c for g in gates for c in g["checks"] if c["needs"] == "static"]
    assert {c["status"] for c in files} == {"pass", "not-applicable"}
    assert sum(c["status"] == "pass" for c in files) >= 40
    live = {c["id"]: c["status"] for c in gates[1]["checks"] if c["needs"] == "measured"}
    assert live.pop("manifests.live-cluster") == "inconclusive"
    assert set(live.values()) == {"not-applicable"}
    report = next(out.glob("go-live-status-report_*.md")).read_text(encoding="utf-8")
    assert "설계 완료" in report


def test_gate_4_proves_that_alerts_fire_and_arrive(
    healthy: tuple[Path, dict[str, Any], str],
) -> None:
    out, record, stdout = healthy
    gate = next(g for g in record["gates"] if g["id"] == "observability")
    assert (gate["status"], gate["execution"]) == ("pass", "completed")
    told = {c["id"].removeprefix("observability."): c for c in gate["checks"]}
    not_passed = {name: c["status"] for name, c in told.items() if c["status"] != "pass"}
    # Nothing is muted by time, and no Prometheus object says what it selects.
    assert not_passed == {"mute-times": "not-applicable", "monitor-selectors": "not-applicable"}
    measured = {name for name, c in told.items() if c["evidence_level"] == "measured"}
    assert measured >= {"live-targets", "live-rules", "live-metrics", "live-freshness"}
    assert measured >= {"exposition", "bucket-ceiling", "label-matchers", "delivery-drill"}
    drill = {f["name"]: f["value"] for f in told["delivery-drill"]["facts"]}
    assert drill["drill_receivers"] == "page"
    assert drill["drill_left"] == 0
    assert drill["drill_resolved"] is not None
    report = next(out.glob("go-live-status-report_*.md")).read_text(encoding="utf-8")
    (heading,) = [h for h in report.splitlines() if h.startswith("### ") and "Gate 4:" in h]
    assert heading.endswith("- **완료**")
    assert not [row for row in stdout.splitlines() if "조건" in row and "observability." in row]


def test_gate_5_shows_that_a_leaked_key_stops_the_pipeline(
    healthy: tuple[Path, dict[str, Any], str],
) -> None:
    out, record, _ = healthy
    gate = next(g for g in record["gates"] if g["id"] == "pipeline")
    assert gate["execution"] == "completed"
    told = {c["id"]: c for c in gate["checks"]}
    left = {i: c["status"] for i, c in told.items() if c["status"] != "pass"}
    assert {i for i, s in left.items() if s == "inconclusive"} <= set(ON_THIS_MACHINE), left
    # The release ignores nothing that its image scans find.
    assert set(left) - set(ON_THIS_MACHINE) == {"pipeline.image-ignores"}
    planted = {f["name"]: f["value"] for f in told["pipeline.planted-secret"]["facts"]}
    assert planted["keys_planted"] == planted["keys_stopping"] >= 8
    vouched = {i for i, c in told.items() if c["evidence_level"] == "attested"}
    assert vouched == {"pipeline.branch-protection", "pipeline.environment-reviewers"}
    report = next(out.glob("go-live-status-report_*.md")).read_text(encoding="utf-8")
    # Who vouches for what, and that the reports are made up, is said where it counts.
    assert "확인자 데모 담당자" in report
    assert "모의 보고서" in report[: report.index("\n## ")]


def test_every_line_of_the_checklist_is_backed_by_its_checks(
    healthy: tuple[Path, dict[str, Any], str],
) -> None:
    out, _, stdout = healthy
    report = next(out.glob("go-live-status-report_*.md")).read_text(encoding="utf-8")
    for line in (
        "동시 스트림 50개",
        "선언한 부하에서",
        "인증과 테넌트 격리",
        "요청 한도와 보안",
        "알림 채널",
        "배포를 막을 수 있는지",
        "심어 둔 가짜 키",
        "브랜치 보호와 배포 승인자",
        "SQLite 백업의 복구 훈련",
        "ChromaDB 스냅숏의 복구 훈련",
        "RPO 6시간과 RTO 60분",
        "제공자 장애 전환",
    ):
        assert line in report
        # An item whose checks did not all pass is a condition of the decision.
        assert not [row for row in stdout.splitlines() if "조건" in row and line in row]


def test_open_pre_deploy_items_make_it_conditional_and_every_gate_is_in_the_profile(
    healthy: tuple[Path, dict[str, Any], str],
) -> None:
    _, record, stdout = healthy
    assert record["decision"] == "CONDITIONAL"
    assert [g["id"] for g in record["gates"]] == list(PROFILE)
    assert "slo.sse-first-event" in stdout


def test_the_target_saw_no_more_requests_than_its_rate_limit_allows(
    healthy: tuple[Path, dict[str, Any], str],
) -> None:
    _, record, _ = healthy
    checks = next(g for g in record["gates"] if g["id"] == "slo")["checks"]
    limited = [f for c in checks for f in c["facts"] if f["name"] == "limited"]
    assert limited
    assert {f["value"] for f in limited} == {0}


def test_evidence_is_stored_hashed_and_free_of_the_token(
    healthy: tuple[Path, dict[str, Any], str],
) -> None:
    out, record, _ = healthy
    refs = [e for g in record["gates"] for c in g["checks"] for e in c["evidence"]]
    assert refs
    for ref in refs:
        content = (out / ref["path"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == ref["sha256"]
        assert b"Bearer " not in content


def test_the_report_has_the_sections_of_a_status_report_in_order(
    healthy: tuple[Path, dict[str, Any], str],
) -> None:
    out, _, _ = healthy
    report = next(out.glob("go-live-status-report_*.md")).read_text(encoding="utf-8")
    sections = [
        "게이트 검증 결과",
        "이슈",
        "성능 메트릭",
        "인프라",
        "카나리",
        "체크리스트",
        "결정",
        "연락처",
        "문서",
    ]
    # What is no measurement of today, or not as it will run, is said before anything else.
    head = report[: report.index("\n## ")]
    assert all(words in head for words in ("모의 이력", "2초마다 평가", "로컬 웹훅"))
    headings = [line for line in report.splitlines() if line.startswith("#")]
    places = [next((i for i, h in enumerate(headings) if s in h), -1) for s in sections]
    assert -1 not in places, dict(zip(sections, places, strict=True))
    assert places == sorted(places)
    assert "**결론**" in report.rpartition("---")[2]


def test_rendering_the_record_again_gives_the_same_decision(
    healthy: tuple[Path, dict[str, Any], str], tmp_path: Path
) -> None:
    out, record, _ = healthy
    path = next(out.glob("slo_validation_results_*.json"))
    target = tmp_path / "again.md"
    done = subprocess.run(
        [sys.executable, "-m", "golive.cli", "report", str(path), "-o", f"markdown={target}"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert target.read_text(encoding="utf-8") == next(
        out.glob("go-live-status-report_*.md")
    ).read_text(encoding="utf-8")

    record["decision"] = "GO"
    edited = tmp_path / "edited.json"
    edited.write_text(json.dumps(record), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "golive.cli", "report", str(edited), "--lang", "en"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "CONDITIONAL" in done.stdout
    assert "changed after golive wrote it" in done.stdout
    assert "recorded decision is" in done.stdout
