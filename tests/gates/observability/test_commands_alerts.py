"""``golive alerts generate``, ``compare`` and ``dashboard``, through the program."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
import yaml

from golive.cli import main

SLOS = """
apiVersion: golive/v1
service: {name: Shop, version: v1}
slos:
  - id: availability
    objective: "> 99.9%"
    window: 30d
    indicator:
      kind: ratio
      bad: 'http_requests_total{code=~"5.."}'
      total: http_requests_total
"""
PLAIN = """
  - id: readiness
    objective: ">= 99%"
    window: 30d
"""
WIDE = """
  - id: wide
    objective: ">= 90%"
    window: 30d
    indicator: {kind: raw, query: avg(up)}
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "golive.yaml"
    file.write_text(SLOS + PLAIN + WIDE, encoding="utf-8")
    return file


def code(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> object:
    monkeypatch.setattr(sys, "argv", ["golive", "alerts", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        main.run()
    return ended.value.code


def test_rules_are_written(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    runbook = ("--runbook", "https://x/#{alert}", "--label", "team=a")
    assert code(monkeypatch, "generate", "-c", config, *runbook) == 0
    said = capsys.readouterr()
    groups = yaml.safe_load(said.out)["groups"]
    alerts = [r for g in groups for r in g["rules"] if "alert" in r]
    names = [a["alert"] for a in alerts]
    assert names[:3] == [f"AvailabilityBudgetBurn{n}" for n in ("Fast", "Medium", "Slow")]
    assert alerts[0]["labels"] == {"team": "a", "severity": "critical", "slo": "availability"}
    assert alerts[0]["annotations"]["runbook_url"] == "https://x/#AvailabilityBudgetBurnFast"
    # What is left out is never left out silently.
    assert "WideBudgetBurnFast" not in names
    for text in (said.err, said.out):
        assert "readiness: It has no indicator" in text
        assert "wide: no alert for 2 % of the budget in 1h" in text


def test_an_object_in_a_file(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = config.parent / "rule.yaml"
    arguments = ("generate", "-c", config, "--form", "prometheusrule", "-o", file)
    assert code(monkeypatch, *arguments) == 0
    assert yaml.safe_load(file.read_text(encoding="utf-8"))["kind"] == "PrometheusRule"


@pytest.mark.parametrize("command", ["generate", "compare", "dashboard"])
def test_nothing_to_work_on_is_no_success(
    command: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path / "golive.yaml"
    head, _, _ = SLOS.partition("slos:")
    file.write_text(f"{head}slos:{PLAIN}", encoding="utf-8")
    assert code(monkeypatch, command, "-c", file) == 3
    said = capsys.readouterr()
    assert said.out == ""
    assert "readiness" in said.err


@pytest.mark.parametrize(
    "wrong", [("--label", "x"), ("--label", "slo=x"), ("--label", "1a=x"), ("--form", "x")]
)
def test_wrong_usage(wrong: tuple[str, str], config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert code(monkeypatch, "generate", "-c", config, *wrong) == 2


def test_a_missing_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert code(monkeypatch, "compare", "-c", tmp_path / "none.yaml") == 2


def test_rules_are_compared_with_those_that_would_be_written(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rules = config.parent / "rules.yml"
    assert code(monkeypatch, "generate", "-c", config, "-o", rules) == 0
    capsys.readouterr()
    assert code(monkeypatch, "compare", "-c", config, rules, "-o", "json") == 0
    compared = {s["slo"]: s for s in json.loads(capsys.readouterr().out)["slos"]}
    assert set(compared) == {"availability", "wide"}
    for slo in compared.values():
        for row in slo["shares"]:
            assert row["existing"] == row["generated"]
    total = compared["availability"]["shares"][0]["generated"]
    # 14.4 * 0.001 of an hour, and `for`.
    assert (total["alert"], total["detect"]) == ("AvailabilityBudgetBurnFast", 171.8)


def test_no_alert_is_said_to_be_none(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rules = config.parent / "rules.yml"
    rules.write_text("groups: [{name: g, rules: [{alert: A, expr: up == 0}]}]", encoding="utf-8")
    assert code(monkeypatch, "compare", "-c", config, rules) == 0
    text = capsys.readouterr().out
    assert "none that can be followed" in text
    assert text.count("never") >= 5


def test_an_unread_rule_file_is_said(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rules = config.parent / "rules.yml"
    rules.write_text("groups:\n  - name: [\n    rules:\n", encoding="utf-8")
    assert code(monkeypatch, "compare", "-c", config, rules) == 0
    assert "not read" in capsys.readouterr().err


def test_a_dashboard(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = config.parent / "d.json"
    assert code(monkeypatch, "dashboard", "-c", config, "-o", file) == 0
    document = json.loads(file.read_text(encoding="utf-8"))
    assert document["title"] == "Shop SLO"
    assert "SLO availability" in [p["title"] for p in document["panels"]]


def test_declared_metrics_tell_the_histogram(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (config.parent / "api.prom").write_text(
        "# TYPE first_content_seconds histogram\n"
        'first_content_seconds_bucket{le="2.0"} 1\nfirst_content_seconds_bucket{le="+Inf"} 1\n'
        "first_content_seconds_sum 1\nfirst_content_seconds_count 1\n",
        encoding="utf-8",
    )
    slo = '\n  - {id: sse-first-event, objective: ">= 95%", threshold: 2s, window: 30d}\n'
    gates = "gates: {observability: {exposition: [api.prom]}}\n"
    config.write_text(SLOS + slo + gates, encoding="utf-8")
    assert code(monkeypatch, "generate", "-c", config) == 0
    assert 'first_content_seconds_bucket{le="2.0"}' in capsys.readouterr().out
    (config.parent / "api.prom").write_text("<html>", encoding="utf-8")
    assert code(monkeypatch, "generate", "-c", config) == 2
    assert "api.prom" in capsys.readouterr().err
