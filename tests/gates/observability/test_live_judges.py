"""Judges of the live checks on parts that no test program makes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from golive.api import Observation, Reason, ServiceEndpoint, Unavailable
from golive_gates.observability.live.asking import batches, families, newest, text_of
from golive_gates.observability.live.drill_parts import Arrival
from golive_gates.observability.live.parts import LiveRule, LiveTarget, Look, Subject, Unmatched
from golive_gates.observability.live.reading import moment
from golive_gates.observability.live.settings import Alertmanager
from golive_gates.observability.live.subjects import subjects_of
from golive_gates.observability.observers.drill import labels_of
from tests.gates.observability import cases_live as cases
from tests.gates.observability import live_run as run
from tests.gates.observability.snippets import alert, alerting, rules
from tests.gates.saying import codes

NOTHING = Unavailable(Reason("core.needs-prometheus"), kind="absent")

MONITOR = """
    apiVersion: monitoring.coreos.com/v1
    kind: {kind}
    metadata: {{name: api, namespace: shop}}
    spec: {{}}
"""


def seen(live: object, files: object = cases.FILES) -> Observation:
    return Observation({"Alerting": files, "LivePrometheus": live})


def test_without_a_prometheus_the_gate_is_designed_and_no_more() -> None:
    observation = seen(NOTHING)
    assert run.statuses(observation) == {
        "live-targets": "not-applicable",
        "live-rules": "not-applicable",
        "live-metrics": "not-applicable",
        "live-freshness": "inconclusive",
    }
    freshness = run.CHECKS["live-freshness"]
    assert freshness.evaluate(observation, cases._seen(cases.LIVE)[1]).design_only
    assert not freshness.spec.required
    assert all(run.CHECKS[n].spec.required for n in run.LIVE if n != "live-freshness")


def test_without_anything_nothing_is_designed() -> None:
    assert run.judged("live-freshness", seen(NOTHING, run.NO_FILES)).status.value == "inconclusive"


def test_a_file_that_could_not_be_read_keeps_its_rules_from_passing() -> None:
    files = alerting(rules(alert("requests_total > 1")), problems=1)
    for name in ("live-rules", "live-metrics"):
        result = run.judged(name, seen(cases.LIVE, files))
        assert (result.status.value, result.blocked_by) == ("inconclusive", "observability.parse")


@pytest.mark.parametrize(
    ("loaded", "status"),
    [
        (r'sum(rate(x_total{code=~"5..",path!~"/a\\.b|\"c"}[5m])) > 1', "pass"),
        (r'sum(rate(x_total{code=~"5..",path!~"/a\\.d|\"c"}[5m])) > 1', "fail"),
    ],
)
def test_values_with_backslashes_are_compared(loaded: str, status: str) -> None:
    """Prometheus orders the matchers; the parser writes values that it cannot read again."""
    written = r'sum(rate(x_total{path!~"/a\\.b|\"c",code=~"5.."}[5m])) > 1'
    text = rules(f"alert: A\nexpr: '{written}'\nfor: 5m\nlabels: {{severity: critical}}")
    rule = LiveRule(
        *("alert", "A", "g", loaded, 300.0),
        labels={"severity": "critical"},
        health="ok",
        evaluated=cases.LIVE.at,
    )
    observation = seen(replace(cases.LIVE, rules=(rule,), loaded=1), alerting(text))
    assert run.judged("live-rules", observation).status.value == status


def test_rules_of_a_service_whose_target_is_missing_are_blocked() -> None:
    missing = Look("requests_total", missing="metric", declared=False)
    looks = (Look("up", 1.0), missing)
    live = replace(cases.LIVE, subjects=(Subject("service", "api"),), looks=looks)
    assert run.judged("live-targets", seen(live)).status.value == "fail"
    result = run.judged("live-metrics", seen(live))
    assert (result.status.value, result.blocked_by) == (
        "inconclusive",
        "observability.live-targets",
    )
    stale = replace(live, looks=(Look("up", 250.0), missing))
    assert run.judged("live-freshness", seen(stale)).blocked_by == "observability.live-targets"


@pytest.mark.parametrize(
    ("look", "found"),
    [
        (Look("requests_total", missing="metric", declared=True), []),
        (Look("requests_total", missing="metric"), ["metric-unseen"]),
        (Look("requests_total", missing="matchers"), []),
        (Look("requests_total", problem="prom-status", detail="400"), ["selector-unasked"]),
    ],
)
def test_a_metric_without_series(look: Look, found: list[str]) -> None:
    live = replace(cases.LIVE, looks=(Look("up", 1.0), look))
    assert codes(run.judged("live-metrics", seen(live))) == found


@pytest.mark.parametrize(
    ("label", "operator", "value", "values", "found"),
    [
        ("code", "=~", "5..", ("200", "404"), []),
        ("code", "=", "500", ("200",), []),
        ("code", "=", "5xx", ("200",), ["no-such-status"]),
        ("code", "=~", "50[0-9]", ("2xx", "4xx"), ["no-such-status"]),
        ("code", "=~", "5xx", ("2xx", "4xx"), []),
        ("outcome", "=", "error", ("ok",), []),
        ("outcome", "=", "error", (), ["label-missing"]),
        ("namespace", "=", "prod", ("staging",), ["nothing-called-so"]),
    ],
)
def test_a_matcher_that_matches_nothing(
    label: str, operator: str, value: str, values: tuple[str, ...], found: list[str]
) -> None:
    text = text_of("requests_total", ((label, operator, value),))
    file = alerting(rules(alert(f"{text} > 1")))
    blamed = (Unmatched(label, operator, value, values),)
    look = Look(text, missing="matchers", unmatched=blamed)
    live = replace(cases.LIVE, looks=(Look("up", 1.0), look))
    assert codes(run.judged("live-metrics", seen(live, file))) == found


def test_a_counter_of_failures_need_not_have_failed_everywhere() -> None:
    text = 'auth_failures_total{job="api"}'
    blamed = (Unmatched("job", "=", "api", ("web",)),)
    look = Look(text, missing="matchers", unmatched=blamed)
    live = replace(cases.LIVE, looks=(Look("up", 1.0), look))
    file = alerting(rules(alert(f"{text} > 1")))
    assert run.judged("live-metrics", seen(live, file)).status.value == "pass"


def target(pool: str, job: str = "x") -> LiveTarget:
    return LiveTarget(pool, "http://10.0.0.1:80/metrics", {"job": job}, "up")


def test_monitors_count_only_where_the_operator_scrapes() -> None:
    texts = [MONITOR.format(kind=k) for k in ("ServiceMonitor", "PodMonitor")]
    objects = alerting(*texts).objects
    none: frozenset[str] = frozenset()
    assert subjects_of((), objects, none, {}, [target("plain")]) == ()
    scraped = [target("serviceMonitor/shop/api/0"), target("serviceMonitor/other/api/0")]
    found = subjects_of((), objects, none, {}, scraped)
    assert [(s.name, len(s.targets)) for s in found] == [
        ("ServiceMonitor/shop/api", 1),
        ("PodMonitor/shop/api", 0),
    ]


def test_a_service_that_rules_ask_for_by_name_has_promised_its_name() -> None:
    service = ServiceEndpoint("api", "http://127.0.0.1:1")
    others = [target("web", "web")]
    (named,) = subjects_of((service,), (), frozenset({"api"}), {}, others)
    (unnamed,) = subjects_of((service,), (), frozenset(), {}, others)
    assert (named.promised, unnamed.promised) == (True, False)
    (found,) = subjects_of((service,), (), frozenset(), {}, [target("p", "shop/api")])
    assert len(found.targets) == 1


def test_queries_are_short_and_numbered() -> None:
    assert [len(b) for b in batches(["x" * 10] * 60)] == [25, 25, 10]
    assert [len(b) for b in batches(["x" * 2_000] * 3)] == [1, 1, 1]
    assert newest(["a", "b"]).count("label_replace(max(timestamp(") == 2
    assert families("x_seconds_bucket") == ("x_seconds_bucket", "x_seconds")
    assert text_of("", (("a", "=", 'q"\\'),)) == '{a="q\\"\\\\"}'


@pytest.mark.parametrize(
    "text", [None, 5, "", "soon", "0001-01-01T00:00:00Z", "2026-01-01T00:00:00"]
)
def test_what_is_no_moment(text: object) -> None:
    assert moment(text) is None


def test_moments_of_go() -> None:
    assert moment("2026-01-01T00:00:00.123456789Z") == pytest.approx(1_767_225_600.123456)
    assert moment("2026-01-01T09:00:00+09:00") == 1_767_225_600.0


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"arrived": Arrival("page", 91.0)}, "fail", "drill-late"),
        ({"ended": False}, "warn", "drill-left-behind"),
        ({"problem": "am-status"}, "pass", "drill-delivered"),
        ({"arrived": None, "problem": "am-status"}, "inconclusive", "am-status"),
        ({"arrived": None, "listed": False}, "fail", "drill-lost"),
        ({"arrived": None, "listened": ""}, "inconclusive", "drill-unwatched"),
        ({"arrived": None, "failed": {"webhook": 3}}, "fail", "drill-undelivered"),
    ],
)
def test_how_a_drill_ends(changes: dict[str, object], status: str, code: str) -> None:
    drill = replace(cases.DRILL, **changes)  # type: ignore[arg-type]
    result = run.judged("delivery-drill", Observation({"Drill": drill}))
    assert (result.status.value, result.reason.code) == (status, code)


def test_labels_of_the_synthetic_alert() -> None:
    asked = Alertmanager("http://127.0.0.1:9093")
    critical = alert("up == 0", name="Down")
    templated = 'labels: {severity: critical, who: "{{ $labels.x }}"}'
    page = critical.replace("labels: {severity: critical}", templated)
    assert labels_of(asked, alerting(rules(page))) == {"alertname": "Down", "severity": "critical"}
    assert labels_of(asked, run.NO_FILES) == {"alertname": "GoliveDrill", "severity": "critical"}
    given = Alertmanager("http://127.0.0.1:9093", labels={"alertname": "X"})
    assert labels_of(given, alerting(rules(page))) == {"alertname": "X"}
