"""``observability.monitor-selectors``."""

from __future__ import annotations

from typing import Any

import pytest

from golive_gates.observability.settings import Settings
from tests.gates.manifests.objects import Object, obj
from tests.gates.observability.monitored import API, monitor, prometheus, verdict

NAME = "monitor-selectors"
STACK = {"release": "stack"}
WANTED = {"matchLabels": STACK}
MONITOR = monitor(labels=STACK, endpoints=[])
PASS: tuple[str, list[str]] = ("pass", [])


def spaces(name: str, **labels: str) -> Object:
    return obj("Namespace", name, labels=labels, namespace="")


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"serviceMonitorSelector": WANTED}, PASS),
        ({"serviceMonitorSelector": {}}, PASS),
        ({}, ("fail", ["not-selected"])),
        ({"serviceMonitorSelector": {"matchLabels": {"release": "x"}}},
         ("fail", ["not-selected"])),
        ({"serviceMonitorSelector": {}, "serviceMonitorNamespaceSelector": {}}, PASS),
        ({"serviceMonitorSelector": {}, "serviceMonitorNamespaceSelector":
            {"matchLabels": {"kubernetes.io/metadata.name": "app"}}}, PASS),
        ({"serviceMonitorSelector": {}, "serviceMonitorNamespaceSelector":
            {"matchLabels": {"kubernetes.io/metadata.name": "other"}}},
         ("fail", ["other-namespace"])),
        ({"serviceMonitorSelector": {}, "serviceMonitorNamespaceSelector":
            {"matchLabels": {"team": "x"}}},
         ("inconclusive", ["namespace-unknown (inconclusive)"])),
    ],
)  # fmt: skip
def test_a_monitor_and_a_prometheus(spec: Any, expected: tuple[str, list[str]]) -> None:
    assert verdict(NAME, MONITOR, prometheus(**spec)) == expected


def test_the_labels_of_a_namespace_in_the_files() -> None:
    chosen = {"matchExpressions": [{"key": "team", "operator": "In", "values": ["x"]}]}
    asking = prometheus(serviceMonitorSelector={}, serviceMonitorNamespaceSelector=chosen)
    assert verdict(NAME, MONITOR, asking, spaces("app", team="x")) == PASS
    found = verdict(NAME, MONITOR, asking, spaces("app", team="y"))
    assert found == ("fail", ["other-namespace"])


def test_without_a_namespace_selector_only_its_own_counts() -> None:
    away = monitor(labels=STACK, endpoints=[], namespace="away")
    asking = prometheus(serviceMonitorSelector=WANTED)
    assert verdict(NAME, away, asking) == ("fail", ["other-namespace"])


def test_one_of_several_is_enough_and_kinds_have_their_own_selectors() -> None:
    rule = obj("PrometheusRule", "r", API, labels={"role": "rules"}, spec={"groups": []})
    agent = prometheus("PrometheusAgent", serviceMonitorSelector={})
    taking = prometheus(ruleSelector={"matchLabels": {"role": "rules"}})
    assert verdict(NAME, MONITOR, rule, agent, taking) == PASS
    assert verdict(NAME, rule, agent) == ("not-applicable", [])
    ruler = obj("ThanosRuler", "t", API, spec={"ruleSelector": {}})
    assert verdict(NAME, rule, prometheus(), ruler) == PASS


def test_the_labels_of_the_setting() -> None:
    asked = Settings(monitor_labels=STACK)
    plain = monitor(endpoints=[])
    assert verdict(NAME, MONITOR) == ("not-applicable", [])
    assert verdict(NAME, MONITOR, settings=asked) == PASS
    assert verdict(NAME, plain, settings=asked) == ("fail", ["no-label"])
    # A Prometheus object among the files knows better.
    taking = prometheus(serviceMonitorSelector={})
    assert verdict(NAME, plain, taking, settings=asked) == PASS


def test_an_unread_file_may_hold_the_prometheus_that_takes_it() -> None:
    found = verdict(NAME, MONITOR, prometheus(), problems=1)
    assert found == ("inconclusive", ["not-selected (inconclusive)"])
