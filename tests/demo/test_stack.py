"""The whole stack, running: streams through the front, fallback, index, Prometheus."""

from __future__ import annotations

import hashlib
import json
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from golive_demo.programs import find

GENERATE = "/api/v1/generate"


def generate(
    demo: Any, base: str, project: str = "p-1", description: str | None = None
) -> list[bytes]:
    """The reads of one stream, as they arrived."""
    body = {
        "projectId": project,
        "description": description or demo.facts["known_answer"]["description"],
    }
    with httpx.stream("POST", base + GENERATE, headers=demo.auth, json=body, timeout=30) as answer:
        assert answer.status_code == 200, answer.read()
        return list(answer.iter_raw())


def metric(demo: Any, line: str) -> float:
    """The value of one exposed series of generation-service."""
    text = httpx.get(demo.url("generation-service") + "/metrics").text
    values = [row.rsplit(" ", 1)[1] for row in text.splitlines() if row.startswith(line + " ")]
    assert len(values) == 1, line
    return float(values[0])


def query(demo: Any, expression: str) -> dict[Any, float]:
    url = demo.url("prometheus") + "/api/v1/query"
    answer = httpx.get(url, params={"query": expression}).json()
    assert answer["status"] == "success", answer
    return {
        tuple(sorted(row["metric"].items())): float(row["value"][1])
        for row in answer["data"]["result"]
    }


def test_facts_name_every_component(demo: Any) -> None:
    assert all(demo.facts["addresses"].values())
    assert all(part["present"] for part in demo.facts["components"].values())
    assert all(part["version"] for part in demo.facts["components"].values())
    assert demo.facts["history"].startswith("simulated, 30 days ending ")
    assert demo.facts["broken"] is None
    assert yaml.safe_load(Path(demo.facts["config"]).read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", ["front", "generation-service"])
def test_known_answer_arrives_in_many_reads(
    demo: Any, events_of: Callable[[str], list[Any]], name: str
) -> None:
    reads = generate(demo, demo.url(name))
    assert len(reads) > 20
    body = b"".join(reads).decode()
    events = events_of(body)
    assert [e[0] for e in events] == [str(n) for n in range(1, len(events) + 1)]
    assert events[0][1] == "status"
    text = "".join(data["delta"] for _, event, data in events if event == "content")
    assert text == demo.facts["known_answer"]["text"]
    digest = hashlib.sha256(text.encode()).hexdigest()
    assert events[-1][1:] == ("done", {"chars": len(text), "sha256": digest})
    assert [line for line in body.split("\n") if line.startswith(": ping")]
    # The status event stands alone in the first read: it did not wait for the content.
    assert b"event: status" in reads[0]
    assert b"event: content" not in reads[0]


def test_a_buffering_front_delivers_in_one_piece(launch: Callable[..., Any]) -> None:
    broken = launch("--no-prometheus", "--broken", "buffered-proxy")
    reads = generate(broken, broken.url("front"))
    assert b"event: done" in b"".join(reads)
    holding = [read for read in reads if b"event: content" in read]
    assert b"event: done" in holding[0]


def test_the_front_routes_the_api_and_hides_the_metrics(demo: Any) -> None:
    base = demo.url("front")
    new = {"projectId": "front-1", "name": "n", "description": "d"}
    assert httpx.post(base + "/api/v1/projects", json=new).status_code == 401
    with httpx.Client(base_url=base, headers=demo.auth) as client:
        assert client.post("/api/v1/projects", json=new).status_code == 201
        assert client.get("/api/v1/projects/front-1").json()["name"] == "n"
        assert client.delete("/api/v1/projects/front-1").status_code == 204
        for service in ("project", "generation"):
            assert client.get(f"/{service}/readyz").status_code == 200
            assert client.get(f"/{service}/openapi.json").json()["info"]["title"] == (
                f"{service}-service"
            )
            assert client.get(f"/{service}/metrics").status_code == 404
        assert client.get("/metrics").status_code == 404


def test_fallback_when_openai_fails(
    demo: Any, fault: Callable[..., None], events_of: Callable[[str], list[Any]]
) -> None:
    series = 'provider_fallback_total{from_provider="openai",to_provider="anthropic"}'
    before = metric(demo, series)
    fault("openai", kind="status", status=503)
    events = events_of(b"".join(generate(demo, demo.url("generation-service"))).decode())
    assert metric(demo, series) == before + 1
    text = "".join(data["delta"] for _, event, data in events if event == "content")
    assert text == demo.facts["known_answer"]["text"]
    assert events[-1][1] == "done"


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [("truncate", "truncated"), ("cut", "connection"), ("stream-error", "stream_error")],
)
def test_a_failure_in_mid_stream_is_told(
    demo: Any,
    fault: Callable[..., None],
    events_of: Callable[[str], list[Any]],
    kind: str,
    outcome: str,
) -> None:
    fault("openai", kind=kind, after=2)
    events = events_of(b"".join(generate(demo, demo.url("generation-service"))).decode())
    assert [e[1] for e in events] == ["status", "content", "content", "error"]
    assert events[-1][2]["message"] == f"openai {outcome}"


def test_anthropic_mid_stream_error_is_told(
    demo: Any, fault: Callable[..., None], events_of: Callable[[str], list[Any]]
) -> None:
    fault("openai", kind="status", status=429)
    fault("anthropic", kind="stream-error", after=1)
    events = events_of(b"".join(generate(demo, demo.url("generation-service"))).decode())
    assert events[-1][2]["message"] == "openai rate_limited, anthropic stream_error"


def test_finished_scripts_are_found(demo: Any) -> None:
    description = "등대와 우편배달부"
    generate(demo, demo.url("generation-service"), "index-1", description)
    answer = httpx.get(
        demo.url("front") + "/api/v1/scripts",
        params={"query": description, "limit": 20},
        headers=demo.auth,
    )
    found = {script["projectId"]: script["text"] for script in answer.json()["scripts"]}
    assert description in found["index-1"]


def test_prometheus_continues_the_simulated_past(demo: Any) -> None:
    month = query(demo, 'sum(increase(http_requests_total{service="generation-service"}[30d]))')
    assert 500_000 < month[()] < 2_000_000
    ratio = query(
        demo,
        'sum(increase(http_requests_total{code=~"5..",path=~"/api/.*"}[30d]))'
        ' / sum(increase(http_requests_total{path=~"/api/.*"}[30d]))',
    )
    assert 0 < ratio[()] < 0.001
    for service in ("project-service", "generation-service"):
        chosen = f'up{{job="{service}",instance="{service}-0"}}'
        assert list(query(demo, chosen).values()) == [1.0]
        # Samples of the last minute were scraped, those before were written.
        assert (
            query(demo, f"count_over_time({chosen}[30d])")[
                ("instance", f"{service}-0"), ("job", service)
            ]
            > 10_000
        )
    gap = query(demo, "max(time() - timestamp(up offset 1m))")
    assert gap[()] < 600


def test_prometheus_scrapes_the_present(demo: Any) -> None:
    url = demo.url("prometheus") + "/api/v1/targets?state=active"
    targets = httpx.get(url).json()["data"]["activeTargets"]
    assert {t["labels"]["job"]: t["health"] for t in targets} == {
        "project-service": "up",
        "generation-service": "up",
    }
    live = query(demo, 'process_start_time_seconds{job="generation-service"}')
    assert len(live) == 1
    assert 0 < time.time() - next(iter(live.values())) < 3600


def test_rules_of_the_release_folder_are_loaded(demo: Any) -> None:
    groups = httpx.get(demo.url("prometheus") + "/api/v1/rules").json()["data"]["groups"]
    promtool = find("promtool").path
    rules = f"{demo.facts['release_dir']}/prometheus/rules.yml"
    assert {group["interval"] for group in groups} == {2}
    told = subprocess.run(
        [promtool, "check", "rules", rules], capture_output=True, text=True, check=True
    )
    count = sum(len(group["rules"]) for group in groups)
    assert f"{count} rules found" in told.stdout


def test_alerts_go_to_an_alertmanager_with_the_receivers_of_the_release(demo: Any) -> None:
    known = httpx.get(demo.url("prometheus") + "/api/v1/alertmanagers").json()["data"]
    (active,) = known["activeAlertmanagers"]
    assert active["url"] == demo.url("alertmanager") + "/api/v2/alerts"
    receivers = httpx.get(demo.url("alertmanager") + "/api/v2/receivers").json()
    assert {r["name"] for r in receivers} == {"page", "team", "ticket"}
    assert "local webhook" in demo.facts["alerting"]


def test_a_release_whose_rules_are_refused_runs_without_and_says_so(
    launch: Callable[..., Any],
) -> None:
    broken = launch("--no-front", "--broken", "observability.expressions")
    rules = httpx.get(broken.url("prometheus") + "/api/v1/rules").json()["data"]["groups"]
    assert rules == []
    assert "Prometheus refuses prometheus/rules.yml" in broken.facts["alerting"]
    assert "2초마다" not in Path(broken.facts["config"]).read_text(encoding="utf-8")


def test_a_configuration_that_is_no_yaml_starts_no_alertmanager(launch: Callable[..., Any]) -> None:
    broken = launch("--no-front", "--broken", "observability.parse-2")
    assert broken.facts["addresses"]["alertmanager"] is None
    assert "Alertmanager does not run" in broken.facts["alerting"]
    config = yaml.safe_load(Path(broken.facts["config"]).read_text(encoding="utf-8"))
    assert config["gates"]["observability"] == {"drill": True}


def test_every_component_logs_without_a_traceback(demo: Any) -> None:
    logs = Path(demo.facts["workdir"]) / "logs"
    for name in ("project-service", "generation-service", "front", "prometheus", "alertmanager"):
        assert "Traceback" not in (logs / f"{name}.log").read_text(encoding="utf-8"), name


def test_config_mentions_no_secret(demo: Any) -> None:
    assert demo.facts["token"] not in Path(demo.facts["config"]).read_text(encoding="utf-8")
    assert json.dumps(demo.facts)
