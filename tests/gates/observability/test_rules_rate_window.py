"""``observability.rate-window``."""

from __future__ import annotations

import pytest

from golive_gates.observability.settings import Settings
from tests.gates.observability.snippets import alert, judged, rules
from tests.gates.saying import codes


def found(expr: str, *others: str, interval: str = "30s", scrape: float = 30.0) -> list[str]:
    text = rules(alert(expr), interval=interval)
    result = judged("rate-window", text, *others, settings=Settings(scrape_interval=scrape))
    return [result.status.value, *codes(result)]


def monitor(interval: str = "", job: str = "api", kind: str = "ServiceMonitor") -> str:
    endpoints = "endpoints" if kind == "ServiceMonitor" else "podMetricsEndpoints"
    every = f"interval: {interval}" if interval else "path: /metrics"
    return (
        f"apiVersion: monitoring.coreos.com/v1\nkind: {kind}\n"
        f"metadata: {{name: {job}, namespace: n}}\n"
        f"spec:\n  jobLabel: app\n  selector: {{matchLabels: {{app: {job}}}}}\n"
        f"  {endpoints}: [{{port: http, {every}}}]\n"
    )


@pytest.mark.parametrize(
    ("expr", "said"),
    [
        ("rate(x_total[2m]) > 1", ["pass"]),
        ("rate(x_total[119s]) > 1", ["warn", "narrow"]),
        ("increase(x_total[1m]) > 1", ["warn", "narrow"]),
        ("increase(x_total[59s]) > 1", ["fail", "too-short"]),
        ("irate(x_total[30s]) > 1", ["fail", "too-short"]),
        ("changes(x[30s]) > 1", ["fail", "too-short"]),
        ("avg_over_time(x[30s]) > 1", ["pass"]),
        ("avg_over_time(x[20s]) > 1", ["warn", "gaps"]),
        ("absent_over_time(x[20s])", ["fail", "gaps-fire"]),
        ("rate(sum(x_total)[5m:1m]) > 1", ["pass"]),
        ("rate(sum(x_total)[1m:1m]) > 1", ["fail", "one-step"]),
        ("rate(sum(x_total)[50s:]) > 1", ["warn", "few-steps"]),
        ("max_over_time(rate(x_total[20s])[1h:1m]) > 1", ["fail", "too-short"]),
        ("up == 0", ["not-applicable"]),
    ],
)
def test_windows_against_the_scrape_interval(expr: str, said: list[str]) -> None:
    assert found(expr) == said


def test_the_interval_of_the_settings() -> None:
    assert found("rate(x_total[2m]) > 1", scrape=60.0) == ["warn", "narrow"]
    assert found("rate(x_total[2m]) > 1", scrape=90.0) == ["fail", "too-short"]


@pytest.mark.parametrize("kind", ["ServiceMonitor", "PodMonitor"])
def test_the_interval_of_the_monitor(kind: str) -> None:
    assert found("rate(x_total[2m]) > 1", monitor("2m", kind=kind)) == ["fail", "too-short"]
    assert found("rate(x_total[30s]) > 1", monitor("5s", kind=kind)) == ["pass"]
    assert found("rate(x_total[2m]) > 1", monitor(kind=kind)) == ["pass"]


def test_the_monitor_of_the_job() -> None:
    both = (monitor("2m", "slow"), monitor("5s", "fast"))
    assert found('rate(x_total{job="fast"}[30s]) > 1', *both) == ["pass"]
    assert found('rate(x_total{job="slow"}[30s]) > 1', *both) == ["fail", "too-short"]
    # Whose series it is is not told: only what no monitor could fill fails.
    assert found("rate(x_total[30s]) > 1", *both) == ["warn", "narrow"]
    assert found("rate(x_total[9s]) > 1", *both) == ["fail", "too-short"]


def test_the_job_of_a_service() -> None:
    service = (
        "apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: n, labels: {app: web}}\n"
        "spec: {ports: [{port: 80}]}\n"
    )
    plain = monitor("2m", "web").replace("  jobLabel: app\n", "")
    other = monitor("5s", "fast")
    expr = 'rate(x_total{job="web"}[30s]) > 1'
    assert found(expr, plain, service, other) == ["fail", "too-short"]


def test_recorded_series_come_by_the_interval_of_their_group() -> None:
    text = rules(
        "record: job:x:max\nexpr: max by (job) (x)",
        alert("avg_over_time(job:x:max[5m]) > 1"),
        alert("changes(job:x:max[5m]) > 1", name="B"),
        interval="3m",
    )
    assert codes(judged("rate-window", text)) == ["too-short"]


def test_one_window_is_named_once_and_with_its_figures() -> None:
    expr = "rate(x_total[20s]) > 1 and rate(x_total[20s]) < 5"
    (finding,) = judged("rate-window", rules(alert(expr))).findings
    assert finding.reason.params == {
        "function": "rate", "metric": "x_total", "window": 20.0, "interval": 30.0,
    }  # fmt: skip


def test_with_an_unread_file() -> None:
    unread = judged("rate-window", rules(alert("up == 0")), problems=1)
    assert (unread.status.value, unread.blocked_by) == ("inconclusive", "observability.parse")
