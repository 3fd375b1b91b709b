"""``observability.scrape-interval``."""

from __future__ import annotations

import json

import pytest

from golive_gates.observability.settings import Settings
from tests.gates.manifests.objects import Object, obj, workload
from tests.gates.observability.monitored import API, monitor, pod_point, point, prometheus, verdict
from tests.gates.observability.snippets import judged

NAME = "scrape-interval"
REFUSED = ("inconclusive", ["no-duration (inconclusive)"])


@pytest.mark.parametrize(
    ("monitored", "expected"),
    [
        (point(), ("pass", [])),
        (point(interval="15s", scrapeTimeout="15s"), ("pass", [])),
        (point(interval="1m"), ("warn", ["slower (warn)"])),
        (point(interval="10s", scrapeTimeout="30s"), ("fail", ["above-interval"])),
        (point(interval=30), REFUSED),
        (point(interval="30 s"), REFUSED),
        (point(scrapeTimeout=10), REFUSED),
        (monitor(endpoints=[{"port": "http"}]), ("warn", ["interval-open (warn)"])),
        (pod_point(interval="5m"), ("warn", ["slower (warn)"])),
        (obj("Probe", "web", API, spec={"interval": "2m"}), ("warn", ["slower (warn)"])),
        (obj("ScrapeConfig", "web", API, spec={"scrapeInterval": "30s"}), ("pass", [])),
    ],
)
def test_an_interval(monitored: Object, expected: tuple[str, list[str]]) -> None:
    assert verdict(NAME, monitored) == expected


def test_the_prometheus_object_tells_what_a_monitor_leaves_open() -> None:
    left = monitor(endpoints=[{"port": "http"}])
    # The operator's own default is 30 s.
    assert verdict(NAME, left, prometheus()) == ("pass", [])
    slow = prometheus(scrapeInterval="1m")
    assert verdict(NAME, left, slow) == ("warn", ["slower (warn)"])
    assert verdict(NAME, point(), slow) == ("pass", [])


def test_what_the_schema_refuses_is_told_once() -> None:
    result = judged(NAME, json.dumps(point(interval=30)))
    assert result.blocked_by == "manifests.custom-resources"


def test_what_is_asked_is_a_setting() -> None:
    asked = Settings(scrape_interval=60.0)
    assert verdict(NAME, point(interval="1m"), settings=asked) == ("pass", [])


def test_without_a_monitor_or_with_an_unread_file() -> None:
    assert verdict(NAME, workload()) == ("not-applicable", [])
    assert verdict(NAME, point(), problems=1) == ("inconclusive", [])
