"""A Prometheus that answers badly: each time a clear status, and never a pass."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from golive.api import Observation, Prometheus, Unavailable
from golive_gates.observability.live.parts import LivePrometheus
from golive_gates.observability.observers import live_prometheus as observer
from tests.gates.observability import live_run as run
from tests.gates.observability.snippets import alert, rules
from tests.gates.saying import codes
from tests.gates.slo import doubles as d

NOW = 1_800_000_000.0


def ok(data: object, **more: object) -> bytes:
    return d.answer(200, {"status": "success", "data": data, **more})


def stamp(seconds_ago: float = 1.0) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S.000000001Z", time.gmtime(NOW - seconds_ago))


def target(job: str, **changes: object) -> dict[str, object]:
    return {
        "scrapePool": job,
        "scrapeUrl": "http://10.0.0.1:80/metrics",
        "labels": {"job": job, "instance": "10.0.0.1:80"},
        "health": "up",
        "lastError": "",
        "lastScrape": stamp(),
        "scrapeInterval": "30s",
        **changes,
    }


TARGETS = [target(s.name) for s in run.SERVICES]
RULE = alert("requests_total > 1")
LOADED: dict[str, Any] = {
    "name": "A",
    "query": "requests_total > 1",
    "duration": 300,
    "labels": {"severity": "critical"},
    "health": "ok",
    "lastEvaluation": stamp(),
    "type": "alerting",
    "state": "inactive",
}


def world(**changes: Any) -> Callable[[d.Got], d.Answer]:
    """A healthy Prometheus; *changes* replace an answer by the last part of its path."""

    def handle(got: d.Got) -> d.Answer:
        parts = urlsplit(got.path)
        name = parts.path.rpartition("/")[2]
        query = parse_qs(parts.query).get("query", [""])[0]
        if name == "query":
            name = "time" if query == "time()" else "query"
        if name in changes:
            change = changes[name]
            return change(query) if callable(change) and name == "query" else change
        if name == "time":
            return ok({"resultType": "scalar", "result": [NOW, str(NOW)]})
        if name == "targets":
            return ok({"activeTargets": TARGETS})
        if name == "rules":
            return ok({"groups": [{"name": "g", "interval": 30, "rules": [LOADED]}]})
        return samples(query)

    return handle


def samples(query: str, value: str = str(NOW - 5), **more: object) -> bytes:
    """A sample for every selector of *query*."""
    found = [
        {"metric": {"golive_number": str(n)}, "value": [NOW, value]}
        for n in range(query.count("label_replace"))
    ]
    return ok({"resultType": "vector", "result": found}, **more)


def seen(
    handler: Callable[[d.Got], d.Answer], folder: Path, *alerts: str, timeout: float = 5.0
) -> Observation:
    file = folder / "rules.yml"
    file.write_text(rules(*(alerts or (RULE,))), encoding="utf-8")

    async def look() -> Observation:
        async with d.target(handler) as double:
            prometheus = Prometheus(double.url, timeout=timeout)
            return await run.looked(prometheus, run.files(file), ahead=NOW - time.time())

    return asyncio.run(look())


def test_the_double_is_healthy(tmp_path: Path) -> None:
    assert run.statuses(seen(world(), tmp_path)) == dict.fromkeys(run.LIVE, "pass")


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (d.answer(200, b"<html>Sign in</html>", "text/html"), "prom-not-json"),
        (d.answer(503, b"Service Unavailable", "text/plain"), "prom-status"),
        (d.answer(401, {"status": "error"}), "prom-auth"),
        (d.answer(302, b"", Location="http://elsewhere.invalid/"), "prom-redirect"),
        (d.answer(200, {"status": "error", "error": "overloaded"}), "prom-status"),
        (d.answer(200, [1, 2]), "prom-shape"),
        (ok(None), "prom-shape"),
        (ok({"result": [NOW, "NaN"]}), "prom-shape"),
        (ok({"result": [NOW, "+Inf"]}), "prom-shape"),
        (ok({"result": []}), "prom-shape"),
        (d.hang, "prom-timeout"),
    ],
)
def test_a_prometheus_that_cannot_be_asked(tmp_path: Path, answer: d.Answer, code: str) -> None:
    observation = seen(world(time=answer), tmp_path, timeout=0.2 if answer is d.hang else 5.0)
    results = run.every(observation)
    assert {r.status.value for r in results.values()} == {"inconclusive"}
    assert {r.reason.code for r in results.values()} == {code}
    blocked = {n: r.blocked_by for n, r in results.items()}
    assert blocked.pop("live-freshness") is None
    assert set(blocked.values()) == {"observability.live-freshness"}


def test_a_prometheus_that_is_not_there(tmp_path: Path) -> None:
    observation = run.seen(Prometheus("http://127.0.0.1:1"))
    assert isinstance(observation.parts["LivePrometheus"], Unavailable)
    assert set(run.statuses(observation).values()) == {"inconclusive"}


@pytest.mark.parametrize(
    ("path", "answer", "check"),
    [
        ("targets", d.answer(404, b"not here", "text/plain"), "live-targets"),
        ("targets", ok({"droppedTargets": []}), "live-targets"),
        ("targets", ok({"activeTargets": "many"}), "live-targets"),
        ("rules", d.answer(200, b"<html>", "text/html"), "live-rules"),
        ("rules", ok({"groups": None}), "live-rules"),
        ("query", lambda _: d.answer(503, {"status": "error", "error": "busy"}), "live-metrics"),
        ("query", lambda _: d.answer(200, b"<html>", "text/html"), "live-metrics"),
    ],
)
def test_one_answer_that_is_missing(tmp_path: Path, path: str, answer: Any, check: str) -> None:
    """What it was about is undecided; what was answered is judged."""
    found = run.statuses(seen(world(**{path: answer}), tmp_path))
    assert found[check] == "inconclusive"
    assert found["live-rules" if check != "live-rules" else "live-targets"] == "pass"


@pytest.mark.parametrize("value", ["NaN", "+Inf", "many", ""])
def test_a_sample_that_is_no_number(tmp_path: Path, value: str) -> None:
    found = run.every(seen(world(query=lambda q: samples(q, value)), tmp_path))
    assert found["live-metrics"].status.value == "inconclusive"
    assert codes(found["live-freshness"]) == ["unreadable"]
    assert found["live-freshness"].status.value == "inconclusive"


def test_warnings_and_partial_data_are_said(tmp_path: Path) -> None:
    warned = seen(world(query=lambda q: samples(q, warnings=["store s1 did not answer"])), tmp_path)
    result = run.judged("live-freshness", warned)
    assert (result.status.value, codes(result)) == ("warn", ["warned"])
    assert "store s1" in str(result.findings[0].reason.params["detail"])
    partial = seen(world(query=lambda q: samples(q, isPartial=True)), tmp_path)
    assert run.judged("live-freshness", partial).status.value == "warn"


def test_samples_that_are_old(tmp_path: Path) -> None:
    old = seen(world(query=lambda q: samples(q, str(NOW - 250))), tmp_path)
    result = run.judged("live-freshness", old)
    assert (result.status.value, set(codes(result))) == ("fail", {"stale"})


def test_nothing_is_stored(tmp_path: Path) -> None:
    empty = seen(world(query=lambda _: ok({"result": []})), tmp_path)
    assert codes(run.judged("live-freshness", empty)) == ["no-samples"]


@pytest.mark.parametrize(
    ("changes", "code", "status"),
    [
        ({"health": "down", "lastError": "500 \x1b[31mInternal"}, "target-down", "fail"),
        ({"health": "unknown"}, "target-unscraped", "inconclusive"),
        ({"lastScrape": stamp(600)}, "scrape-late", "fail"),
        ({"scrapeInterval": "1m"}, "scraped-rarely", "fail"),
    ],
)
def test_a_target_in_trouble(tmp_path: Path, changes: Any, code: str, status: str) -> None:
    data = {"activeTargets": [TARGETS[0], target("generation-service", **changes)]}
    result = run.judged("live-targets", seen(world(targets=ok(data)), tmp_path))
    assert (result.status.value, codes(result)) == (status, [code])
    assert "\x1b" not in str(result.findings[0].reason.params)


def test_one_replica_of_two_is_down(tmp_path: Path) -> None:
    down = target("generation-service", health="down", scrapeUrl="http://10.0.0.2/metrics")
    observation = seen(world(targets=ok({"activeTargets": [*TARGETS, down]})), tmp_path)
    result = run.judged("live-targets", observation)
    assert (result.status.value, codes(result)) == ("warn", ["target-partly-down"])


@pytest.mark.parametrize(
    ("changes", "code", "status"),
    [
        ({"health": "err", "lastError": "no data"}, "rule-failing", "fail"),
        ({"health": "unknown"}, "rule-unevaluated", "inconclusive"),
        ({"lastEvaluation": "0001-01-01T00:00:00Z"}, "rule-unevaluated", "inconclusive"),
        ({"lastEvaluation": stamp(600)}, "rule-late", "fail"),
        ({"duration": 60}, "rule-differs", "fail"),
        ({"labels": {"severity": "critical", "team": "x"}}, "rule-differs", "fail"),
        ({"query": "requests_total > 2"}, "rule-differs", "fail"),
        ({"query": "not PromQL ("}, "rule-differs", "fail"),
        ({"name": "B"}, "rule-not-loaded", "fail"),
    ],
)
def test_a_loaded_rule_in_trouble(tmp_path: Path, changes: Any, code: str, status: str) -> None:
    groups = [{"name": "g", "interval": 30, "rules": [LOADED | changes]}]
    result = run.judged("live-rules", seen(world(rules=ok({"groups": groups})), tmp_path))
    assert (result.status.value, codes(result)) == (status, [code])


def test_the_namespace_that_the_operator_adds_is_no_difference(tmp_path: Path) -> None:
    labels = {"severity": "critical", "namespace": "shop"}
    groups = [{"name": "g", "rules": [LOADED | {"labels": labels}]}]
    observation = seen(world(rules=ok({"groups": groups})), tmp_path)
    assert run.judged("live-rules", observation).status.value == "pass"


@pytest.mark.parametrize("path", ["targets", "rules"])
def test_garbage_never_crashes_a_judge(tmp_path: Path, path: str) -> None:
    odd: list[Any] = [None, 1, "x", [], {}, {"rules": [None, {}]}, {"rules": [{"name": "A"}]}]
    odd += [{"health": 7, "labels": [], "scrapeInterval": {}, "lastScrape": 5, "scrapeUrl": "[::"}]
    data = {"activeTargets": odd, "groups": odd}
    assert "error" not in run.statuses(seen(world(**{path: ok(data)}), tmp_path)).values()


def test_an_answer_without_end_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(observer, "MOST_BYTES", 20_000)
    huge = ok({"activeTargets": TARGETS, "more": "x" * 100_000})
    result = run.judged("live-targets", seen(world(targets=huge), tmp_path))
    assert (result.status.value, result.reason.code) == ("inconclusive", "prom-too-large")


def test_many_rules_take_few_queries(tmp_path: Path) -> None:
    asked: list[str] = []

    def counting(query: str) -> bytes:
        asked.append(query)
        return samples(query)

    alerts = [alert(f'm{i}_total{{code="500"}} > 1', name=f"A{i}") for i in range(500)]
    observation = seen(world(query=counting), tmp_path, *alerts)
    part = observation.parts["LivePrometheus"]
    assert isinstance(part, LivePrometheus)
    assert len(part.looks) == 501
    assert len(asked) < 60
    assert max(map(len, asked)) < 6_000


def test_more_selectors_than_may_be_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from golive_gates.observability.live import looks

    monkeypatch.setattr(looks, "MOST_QUERIES", 2)
    alerts = [alert(f"m{i}_total > 1", name=f"A{i}") for i in range(100)]
    result = run.judged("live-metrics", seen(world(), tmp_path, *alerts))
    assert (result.status.value, result.reason.code) == ("inconclusive", "live-too-many")
