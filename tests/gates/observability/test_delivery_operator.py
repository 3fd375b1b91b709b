"""AlertmanagerConfig objects, and configurations in ConfigMaps and Secrets."""

from __future__ import annotations

from textwrap import indent

import pytest

from golive_gates.observability.routing.found import configs_of
from golive_gates.observability.routing.tree import deliveries
from tests.gates.observability.delivery import configuration, severe
from tests.gates.observability.snippets import alerting, judged, rules
from tests.gates.saying import codes

CONFIG = """
apiVersion: monitoring.coreos.com/v1alpha1
kind: AlertmanagerConfig
metadata: {name: team, namespace: shop, labels: {team: shop}}
spec:
  route:
    receiver: people
    groupBy: [alertname]
    routes:
      - receiver: page
        matchers: [{name: severity, value: critical, matchType: "="}]
        muteTimeIntervals: [nights]
      - receiver: people
        matchers: [{name: severity, value: warn.*, regex: true}]
  receivers:
    - name: people
      slackConfigs: [{apiURL: {name: slack, key: url}, channel: "#shop"}]
    - name: page
      pagerdutyConfigs: [{routingKey: {name: pagerduty, key: key}}]
  inhibitRules:
    - sourceMatch: [{name: severity, value: warning}]
      targetMatch: [{name: severity, value: critical}]
      equal: [namespace]
  muteTimeIntervals:
    - name: nights
      timeIntervals: [{times: [{startTime: "00:00", endTime: "06:00"}]}]
"""
ALERTMANAGER = """
apiVersion: monitoring.coreos.com/v1
kind: Alertmanager
metadata: {name: main, namespace: monitoring}
spec:
  alertmanagerConfigSelector: {matchLabels: {team: shop}}
  alertmanagerConfigNamespaceSelector: {}
"""


def in_shop(rule: str) -> str:
    return (
        "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\n"
        "metadata: {name: shop, namespace: shop}\nspec:\n" + indent(rules(rule), "  ")
    )


def routed(*texts: str) -> tuple[str, list[str]]:
    result = judged("routes", *texts)
    return result.status.value, codes(result)


KEPT = severe("critical", expr="sum by (namespace) (up) == 0")


def test_the_tree_that_the_operator_makes() -> None:
    (config,) = configs_of(alerting(CONFIG)).read
    labels = {"namespace": "shop", "severity": "critical"}
    assert [d.receiver for d in deliveries(config, labels)] == ["shop/team/page"]
    warned = {"namespace": "shop", "severity": "warning"}
    assert [d.receiver for d in deliveries(config, warned)] == ["shop/team/people"]
    (elsewhere,) = deliveries(config, {"namespace": "other", "severity": "critical"})
    assert (elsewhere.receiver, elsewhere.known) == ("", False)
    assert config.root.routes[0].group_by == ("alertname",)


def test_an_alert_that_keeps_its_namespace() -> None:
    assert routed(CONFIG, in_shop(KEPT)) == ("pass", [])
    assert routed(CONFIG, in_shop(severe("critical", labels=", namespace: shop"))) == ("pass", [])


def test_an_alert_that_loses_its_namespace() -> None:
    assert routed(CONFIG, in_shop(severe("critical"))) == ("inconclusive", ["unseen-root"])


def test_a_rule_of_another_namespace() -> None:
    other = in_shop(KEPT).replace("namespace: shop", "namespace: bank")
    assert routed(CONFIG, other) == ("inconclusive", ["unseen-root"])


@pytest.mark.parametrize(
    ("strategy", "expected"),
    [("OnNamespace", "inconclusive"), ("None", "pass")],
)
def test_the_strategy_of_the_alertmanager(strategy: str, expected: str) -> None:
    chosen = f"{ALERTMANAGER}  alertmanagerConfigMatcherStrategy: {{type: {strategy}}}\n"
    assert routed(CONFIG, chosen, in_shop(severe("critical")))[0] == expected


def test_an_object_that_no_alertmanager_selects() -> None:
    here = ALERTMANAGER.replace("  alertmanagerConfigNamespaceSelector: {}\n", "")
    result = judged("routes", CONFIG, here, in_shop(KEPT))
    assert result.status.value == "fail"
    assert sorted(codes(result)) == ["config-unselected", "in-secret"]
    other = ALERTMANAGER.replace("team: shop", "team: bank")
    assert "config-unselected" in routed(CONFIG, other, in_shop(KEPT))[1]


def test_a_root_of_the_operators_own() -> None:
    whole = CONFIG.replace("name: team, namespace: shop", "name: whole, namespace: monitoring")
    named = f"{ALERTMANAGER}  alertmanagerConfiguration: {{name: whole}}\n"
    assert routed(whole.replace("team: shop", "a: b"), named, in_shop(severe("critical"))) == (
        "pass",
        [],
    )


def test_what_else_is_judged_of_such_objects() -> None:
    rule = in_shop(severe("critical"))
    both = rules(
        severe("critical", labels=", namespace: shop"),
        severe("warning", name="B", labels=", namespace: shop"),
    )
    assert codes(judged("inhibition", CONFIG, both)) == ["lighter-silences"]
    assert codes(judged("mute-times", CONFIG, both)) == ["page-muted"]
    assert judged("receivers", CONFIG, both).status.value == "pass"
    assert judged("receiver-secrets", CONFIG, both).status.value == "pass"
    no_key = CONFIG.replace("apiURL: {name: slack, key: url}, ", "")
    unseen = judged("receivers", no_key, rule)
    assert (unseen.status.value, codes(unseen)) == ("inconclusive", ["from-global"])
    empty = CONFIG.replace("slackConfigs", "unknown")
    assert codes(judged("receivers", empty, both)) == ["receiver-empty"]


def test_a_configuration_in_a_config_map() -> None:
    text = configuration("{matchers: ['severity=\"critical\"'], receiver: pager}")
    held = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: am, namespace: m}\ndata:\n"
    held += "  alertmanager.yml: |\n" + indent(text, "    ")
    result = judged("routes", held, rules(severe("critical")))
    (found,) = result.findings
    assert found.reason.code == "receiver-unknown"
    assert found.location is not None
    line = held.splitlines()[(found.location.line or 0) - 1]
    assert "receiver: pager" in line


def test_a_config_map_that_cannot_be_read() -> None:
    held = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: am}\ndata:\n  a.yml: |\n"
    held += "    route: {receiver: a}\n    receivers:\n    receivers: []\n"
    result = judged("routes", held, rules(severe("critical")))
    assert (result.status.value, codes(result)) == ("fail", ["not-readable"])
    blocked = judged("receivers", held, rules(severe("critical")))
    assert (blocked.status.value, blocked.blocked_by) == ("inconclusive", "observability.routes")


@pytest.mark.parametrize(
    "data", ["stringData: {alertmanager.yaml: 'route: {}'}", "data: {alertmanager.yaml: cm91dGU=}"]
)
def test_a_configuration_in_a_secret(data: str) -> None:
    secret = f"apiVersion: v1\nkind: Secret\nmetadata: {{name: alertmanager-main}}\n{data}\n"
    expected = ("inconclusive", ["masked"])
    assert routed(secret, rules(severe("critical"))) == expected
    plain = ALERTMANAGER.replace("alertmanagerConfigSelector: {matchLabels: {team: shop}}", "a: b")
    assert routed(secret, plain, rules(severe("critical"))) == expected
    alone = routed(plain, rules(severe("critical")))
    assert alone == ("inconclusive", ["in-secret"])
    # The file that it is made from stands for it.
    assert routed(plain, configuration(), rules(severe("critical"))) == ("pass", [])
    assert routed(secret, configuration(), rules(severe("critical"))) == ("warn", ["masked"])
    assert judged("receivers", secret, configuration()).status.value == "pass"


@pytest.mark.parametrize(
    "spec",
    [
        "spec: 5",
        "spec: {route: 3, receivers: {a: b}, inhibitRules: [1], muteTimeIntervals: x}",
        "spec: {route: {receiver: a, matchers: [{name: 1, matchType: '~'}, 2], routes: [7]}}",
    ],
)
def test_values_of_other_types_are_no_crash(spec: str) -> None:
    text = CONFIG[: CONFIG.index("spec:")] + spec
    for check in ("routes", "receivers", "receiver-secrets", "inhibition", "mute-times"):
        result = judged(check, text, in_shop(KEPT))
        assert result.status.value in ("inconclusive", "fail", "not-applicable"), check
