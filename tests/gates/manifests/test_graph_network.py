"""Network policies against those that have to reach the pods, and what Prometheus scrapes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.manifests.objects import (
    Object,
    check,
    gateway,
    ingress,
    obj,
    path,
    policy,
    route,
    service,
    verdict,
    workload,
)

NAME = "network-policies"
DENY = policy("deny")
MONITOR_SPEC = {"selector": {"matchLabels": {"app": "web"}}, "endpoints": [{"port": "http"}]}
MONITOR = obj("ServiceMonitor", "web", "monitoring.coreos.com/v1", spec=MONITOR_SPEC)
SCRAPED = (workload(), service(labels={"app": "web"}), MONITOR)
ROUTED = (workload(), service(), ingress(path()))


def space(name: str) -> Object:
    return {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": name}}}


def admitting(*callers: Object, ports: object = None, **more: Any) -> Object:
    rule: Object = {"from": list(callers)} if callers else {}
    if ports is not None:
        rule["ports"] = ports
    return policy(ingress=[rule], **more)


PODS = {"podSelector": {"matchLabels": {"app": "api"}}}
API = workload(name="api")


@pytest.mark.parametrize(
    ("rule", "codes"),
    [
        (admitting(), []),
        (admitting(space("monitoring")), []),
        (admitting({"namespaceSelector": {}}), []),
        (admitting({"ipBlock": {"cidr": "10.0.0.0/8"}}), []),
        (admitting(space("team-x")), []),
        (admitting(space("monitoring"), ports=[{"port": 8000}]), []),
        (admitting(space("monitoring"), ports=[{"port": "http"}]), []),
        (admitting(space("monitoring"), ports=[{"port": 7000, "endPort": 9000}]), []),
        (admitting(space("monitoring"), ports=[{"protocol": "TCP"}]), []),
        (admitting(space("monitoring"), ports=[{"port": 9000}]), ["prometheus-cut"]),
        (admitting(space("monitoring"), ports=[{"port": 8000, "protocol": "UDP"}]),
         ["prometheus-cut"]),
        (admitting(space("ingress-nginx")), ["prometheus-cut"]),
        (admitting(space("app")), ["prometheus-cut"]),
        (admitting(PODS), ["prometheus-cut"]),
        (admitting({"podSelector": {}}), ["prometheus-cut"]),
        (admitting({"podSelector": {"matchLabels": {"app": "unknown"}}}), []),
        (admitting({"podSelector": {"matchLabels": {"app": "prometheus"}}}), []),
        (policy(policyTypes=["Egress"]), []),
        (policy(selector={"matchLabels": {"app": "api"}}), []),
    ],
)  # fmt: skip
def test_prometheus_reaches_what_it_scrapes(rule: Object, codes: list[str]) -> None:
    found = verdict(NAME, *SCRAPED, API, rule)
    assert found[1] == codes


def test_policies_add_up() -> None:
    assert verdict(NAME, *SCRAPED, DENY)[1] == ["prometheus-cut"]
    assert verdict(NAME, *SCRAPED, DENY, admitting(space("monitoring")))[1] == []


def test_prometheus_may_live_in_the_namespace() -> None:
    own = obj("Prometheus", "main", "monitoring.coreos.com/v1", spec={})
    assert verdict(NAME, *SCRAPED, own, admitting({"podSelector": {}}))[1] == []


@pytest.mark.parametrize(
    ("rule", "codes"),
    [
        (admitting(space("ingress-nginx")), []),
        (admitting(space("team-x")), []),
        (admitting(space("monitoring")), ["gate-cut"]),
        (admitting(PODS), ["gate-cut"]),
        (DENY, ["gate-cut"]),
    ],
)
def test_the_ingress_controller_reaches_its_backends(rule: Object, codes: list[str]) -> None:
    assert verdict(NAME, *ROUTED, API, rule)[1] == codes


def test_a_gateway_reaches_its_backends_perhaps_from_beside_them() -> None:
    routed = (workload(), service(), route({"name": "web", "port": 80}), gateway())
    assert verdict(NAME, *routed, DENY)[1] == ["gate-cut"]
    assert verdict(NAME, *routed, admitting({"podSelector": {}}))[1] == []


def test_the_finding_names_the_policy_the_pod_and_the_route() -> None:
    (found,) = check(NAME, *ROUTED, DENY, admitting(PODS), API).findings
    assert str(found.resource) == "NetworkPolicy/app/web"
    assert found.reason.params == {
        "owner": "Deployment/web",
        "port": "8000",
        "by": "Ingress/app/web",
    }


def test_pods_on_the_nodes_network_are_beyond_policies() -> None:
    host = workload(pod={"hostNetwork": True})
    assert verdict(NAME, host, *ROUTED[1:], DENY) == ("not-applicable", [])


def leaving(*rules: Object) -> Object:
    return policy("out", policyTypes=["Egress"], egress=list(rules))


DNS = {"ports": [{"port": 53, "protocol": "UDP"}]}
TO_API = {"to": [PODS], "ports": [{"port": 8000}]}


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ([TO_API, DNS], ("pass", [])),
        ([{}], ("pass", [])),
        ([TO_API], ("fail", ["no-dns"])),
        ([], ("pass", [])),
        ([{"to": [{"ipBlock": {"cidr": "10.0.0.1/32"}}], "ports": [{"port": 5432}]}],
         ("warn", ["no-dns (warn)"])),
        ([{"to": [{"ipBlock": {"cidr": "0.0.0.0/0"}}], "ports": [{"port": 443}]}],
         ("fail", ["no-dns"])),
    ],
)  # fmt: skip
def test_who_may_leave_may_ask_for_addresses(
    rules: list[Object], expected: tuple[str, list[str]]
) -> None:
    assert verdict(NAME, workload(), leaving(*rules)) == expected


def test_unread_files_may_hold_the_rule() -> None:
    assert verdict(NAME, workload(), leaving(TO_API), problems=1) == (
        "inconclusive",
        ["no-dns (inconclusive)"],
    )
    assert verdict(NAME, workload()) == ("not-applicable", [])
