"""Rules, routes, monitors, objectives and dashboard, with the real promtool and amtool."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Documents = Callable[[str], list[dict[str, Any]]]
OfKind = Callable[..., dict[str, dict[str, Any]]]
Tool = Callable[[str], str]

# What the services expose (histograms without their suffixes), and what Prometheus adds.
METRICS = {
    "http_requests_total",
    "http_request_duration_seconds",
    "sse_first_content_seconds",
    "sse_streams_total",
    "sse_streams_active",
    "provider_requests_total",
    "provider_fallback_total",
    "auth_failures_total",
    "rate_limited_total",
    "up",
}
WORDS = {
    "sum", "by", "rate", "increase", "histogram_quantile", "absent", "and", "or", "min", "max",
    "count", "avg", "service", "le", "provider", "outcome", "code", "from_provider", "to_provider",
}  # fmt: skip


def run(*command: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, timeout=120, check=False
    )


def rules(documents: Documents) -> list[dict[str, Any]]:
    (file,) = documents("prometheus/rules.yml")
    return [rule for group in file["groups"] for rule in group["rules"]]


def metrics_of(expression: str) -> set[str]:
    """Names of the metrics in an expression, label matchers, durations and functions aside."""
    bare = re.sub(r"\{[^}]*\}|\[[^\]]*\]|\"[^\"]*\"", " ", expression)
    names = set(re.findall(r"\b[a-z_][a-z0-9_:]*\b", bare)) - WORDS
    return {re.sub(r"_(bucket|count|sum)$", "", name) for name in names}


def test_rules_pass_promtool(release: Path, tool: Tool) -> None:
    done = run(
        tool("promtool"), "check", "rules", "--lint-fatal", str(release / "prometheus/rules.yml")
    )
    assert done.returncode == 0, done.stderr
    assert "23 rules found" in done.stdout
    assert "FAILED" not in done.stdout + done.stderr


def test_rules_fire_in_their_scenarios_and_rest_in_the_others(release: Path, tool: Tool) -> None:
    done = run(tool("promtool"), "test", "rules", "tests.yml", cwd=release / "prometheus")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "SUCCESS" in done.stdout


def test_scenarios_notice_a_rule_that_cannot_fire(
    release: Path, documents: Documents, tool: Tool, tmp_path: Path
) -> None:
    text = (release / "prometheus/rules.yml").read_text("utf-8")
    assert text.count('code=~"5.."}[5m]') == 2
    (tmp_path / "rules.yml").write_text(
        text.replace('code=~"5.."}[5m]', 'code=~"5xx"}[5m]'), encoding="utf-8"
    )
    (file,) = documents("prometheus/tests.yml")
    one = [test for test in file["tests"] if test["name"].startswith("2 % 5xx")]
    assert len(one) == 1
    (tmp_path / "tests.yml").write_text(json.dumps({**file, "tests": one}), encoding="utf-8")
    done = run(tool("promtool"), "test", "rules", "tests.yml", cwd=tmp_path)
    assert done.returncode != 0
    assert "HighErrorRate" in done.stdout + done.stderr


def test_every_alert_fires_in_some_scenario(release: Path, documents: Documents) -> None:
    tests = (release / "prometheus/tests.yml").read_text("utf-8")
    expected = set(re.findall(r"alertname=\"(\w+)\"", tests))
    assert {r["alert"] for r in rules(documents) if "alert" in r} == expected


def test_operator_object_carries_the_same_rules(documents: Documents) -> None:
    (file,) = documents("prometheus/rules.yml")
    (wrapped,) = documents("prometheus/prometheusrule.yaml")
    assert wrapped["spec"] == file


def test_alerts_have_a_severity_and_a_chapter_in_the_runbook(
    release: Path, documents: Documents
) -> None:
    chapters = re.findall(
        r"^## (\w+)$", (release / "docs/runbook.md").read_text("utf-8"), re.MULTILINE
    )
    alerts = [r for r in rules(documents) if "alert" in r]
    assert len(alerts) == 18
    assert sorted(a["alert"] for a in alerts) == sorted(chapters)
    for alert in alerts:
        assert alert["labels"]["severity"] in {"critical", "warning"}
        page, anchor = alert["annotations"]["runbook_url"].rsplit("#", 1)
        assert page.endswith("/docs/runbook.md")
        assert anchor == alert["alert"].lower()
        assert alert["annotations"]["summary"]


def test_rules_use_only_metrics_that_are_exposed(documents: Documents) -> None:
    recorded = {r["record"] for r in rules(documents) if "record" in r}
    for rule in rules(documents):
        used = metrics_of(rule["expr"])
        assert used, rule
        assert used <= METRICS | recorded, rule


def test_windows_hold_several_scrapes(documents: Documents) -> None:
    for rule in rules(documents):
        for number, unit in re.findall(r"\[(\d+)([mhd])\]", rule["expr"]):
            assert int(number) * {"m": 60, "h": 3600, "d": 86400}[unit] >= 4 * 30


def test_alerts_are_listed_in_the_observability_page(release: Path, documents: Documents) -> None:
    page = (release / "docs/OBSERVABILITY.md").read_text("utf-8")
    missing = [r["alert"] for r in rules(documents) if "alert" in r and r["alert"] not in page]
    assert missing == []


def test_alertmanager_configuration_is_valid(release: Path, tool: Tool) -> None:
    done = run(tool("amtool"), "check-config", str(release / "alertmanager/alertmanager.yml"))
    assert done.returncode == 0, done.stderr
    assert "3 receivers" in done.stdout


@pytest.mark.parametrize(("severity", "receiver"), [("critical", "page"), ("warning", "ticket")])
def test_severities_reach_slack_pagerduty_and_mail(
    release: Path, documents: Documents, tool: Tool, severity: str, receiver: str
) -> None:
    path = str(release / "alertmanager/alertmanager.yml")
    done = run(tool("amtool"), "config", "routes", "test", "--config.file", path,
               f"--verify.receivers={receiver}", f"severity={severity}")  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    (config,) = documents("alertmanager/alertmanager.yml")
    chosen = next(r for r in config["receivers"] if r["name"] == receiver)
    assert chosen["slack_configs"][0]["channel"] == "#ai-script-generator-alerts"
    assert chosen["pagerduty_configs"][0]["severity"] == severity
    assert chosen["email_configs"][0]["to"] == "ops-team@example.com"


def test_alertmanager_reads_its_secrets_from_files(release: Path) -> None:
    text = (release / "alertmanager/alertmanager.yml").read_text("utf-8")
    fields = re.findall(
        r"^\s*-?\s*(\w*(?:api_url|password|routing_key|token)\w*):", text, re.MULTILINE
    )
    assert len(fields) == 4
    assert all(field.endswith("_file") for field in fields)


def test_monitors_select_services_and_scrape_every_30_seconds(
    documents: Documents, of_kind: OfKind
) -> None:
    services = of_kind("Service")
    monitors = documents("prometheus/servicemonitor.yaml")
    assert len(monitors) == 2
    for monitor in monitors:
        selector = monitor["spec"]["selector"]["matchLabels"]
        (service,) = [
            s for s in services.values() if selector.items() <= s["metadata"]["labels"].items()
        ]
        assert monitor["spec"]["namespaceSelector"]["matchNames"] == [
            service["metadata"]["namespace"]
        ]
        assert monitor["spec"]["jobLabel"] in service["metadata"]["labels"]
        (endpoint,) = monitor["spec"]["endpoints"]
        assert endpoint["port"] in {p["name"] for p in service["spec"]["ports"]}
        assert (endpoint["interval"], endpoint["path"]) == ("30s", "/metrics")
        assert endpoint["honorLabels"] is True


def test_dashboard_asks_for_metrics_that_exist(release: Path, documents: Documents) -> None:
    board = json.loads((release / "grafana/dashboard.json").read_text("utf-8"))
    recorded = {r["record"] for r in rules(documents) if "record" in r}
    queries = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    assert len(queries) >= len(board["panels"]) >= 10
    for query in queries:
        assert metrics_of(query) <= METRICS | recorded, query
        assert metrics_of(query), query
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])


def test_dashboard_queries_parse(release: Path, tool: Tool, tmp_path: Path) -> None:
    board = json.loads((release / "grafana/dashboard.json").read_text("utf-8"))
    queries = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    recording = [{"record": f"query{n}", "expr": query} for n, query in enumerate(queries)]
    path = tmp_path / "queries.yml"
    path.write_text(json.dumps({"groups": [{"name": "g", "rules": recording}]}), encoding="utf-8")
    done = run(tool("promtool"), "check", "rules", str(path))
    assert done.returncode == 0, done.stderr


def slo_query(slo: dict[str, Any]) -> list[str]:
    indicator = slo["spec"]["indicator"]["spec"]
    parts = indicator.get("ratioMetric") or {"threshold": indicator["thresholdMetric"]}
    return [p["metricSource"]["spec"]["query"] for p in parts.values() if isinstance(p, dict)]


def test_objectives_are_complete_openslo(documents: Documents) -> None:
    objects = documents("slo/openslo.yaml")
    assert all(o["apiVersion"] == "openslo/v1" for o in objects)
    named = {kind: {o["metadata"]["name"] for o in objects if o["kind"] == kind}
             for kind in ("Service", "DataSource", "SLO")}  # fmt: skip
    assert named["Service"] == {"project-service", "generation-service"}
    assert len(named["SLO"]) == 5
    for slo in (o for o in objects if o["kind"] == "SLO"):
        spec = slo["spec"]
        assert spec["service"] in named["Service"]
        assert spec["timeWindow"] == [{"duration": "30d", "isRolling": True}]
        (objective,) = spec["objectives"]
        assert 0 < objective["target"] < 1
        timeslices = spec["budgetingMethod"] == "Timeslices"
        assert {"timeSliceTarget", "timeSliceWindow"} <= objective.keys() or not timeslices
        assert ("op" in objective) == ("thresholdMetric" in spec["indicator"]["spec"])
        assert slo_query(slo)


def test_objectives_cover_ratio_threshold_and_raw(documents: Documents) -> None:
    slos = {o["metadata"]["name"]: o["spec"] for o in documents("slo/openslo.yaml")
            if o["kind"] == "SLO"}  # fmt: skip
    availability = slos["project-service-availability"]
    assert availability["objectives"][0]["target"] == 0.999
    assert availability["indicator"]["spec"]["ratioMetric"]["counter"] is True
    latency = slos["first-content-latency"]["objectives"][0]
    assert (latency["op"], latency["value"]) == ("lte", 2)
    raw = slos["project-service-scrape-health"]["indicator"]["spec"]["ratioMetric"]
    assert raw["rawType"] == "success"


def test_queries_of_objectives_parse_and_ask_for_metrics_that_exist(
    documents: Documents, tool: Tool, tmp_path: Path
) -> None:
    queries = [q for o in documents("slo/openslo.yaml") if o["kind"] == "SLO" for q in slo_query(o)]
    assert len(queries) == 8
    assert all(metrics_of(q) and metrics_of(q) <= METRICS for q in queries)
    recording = [{"record": f"query{n}", "expr": query} for n, query in enumerate(queries)]
    path = tmp_path / "queries.yml"
    path.write_text(json.dumps({"groups": [{"name": "g", "rules": recording}]}), encoding="utf-8")
    assert run(tool("promtool"), "check", "rules", str(path)).returncode == 0
