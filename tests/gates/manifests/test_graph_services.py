"""Services and the pods behind them; workloads and the pods they select."""

from __future__ import annotations

import pytest

from tests.gates.manifests.objects import (
    Object,
    check,
    cron_job,
    obj,
    service,
    verdict,
    workload,
)


def test_a_selector_that_finds_its_pods_is_sound() -> None:
    result = check("service-selectors", workload(), service())
    assert (result.status, result.reason.params["n"]) == ("pass", 1)


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        ([workload(), service(selector={"app": "wbe"})], ("fail", ["nothing"])),
        (
            [workload(labels={"app": "web"}, spec={}), service(selector={"tier": "x"})],
            ("fail", ["nothing"]),
        ),
        (
            [
                {**workload(), "metadata": {"name": "web", "namespace": "app",
                                            "labels": {"tier": "front"}}},
                service(selector={"tier": "front"}),
            ],
            ("fail", ["workload-labels"]),
        ),
        (
            [workload(labels={"app": "web", "x": "x"}),
             workload(name="api", labels={"app": "web", "x": "y"}), service()],
            ("warn", ["several (warn)"]),
        ),
        ([service()], ("inconclusive", ["no-pods (inconclusive)"])),
        (
            [workload(), service(selector={"cnpg.io/cluster": "db"})],
            ("warn", ["operator (warn)"]),
        ),
    ],
)  # fmt: skip
def test_selectors_that_find_nothing_or_too_much(
    objects: list[Object], expected: tuple[str, list[str]]
) -> None:
    assert verdict("service-selectors", *objects) == expected


def test_a_pod_that_could_not_be_read_may_be_the_one() -> None:
    found = verdict("service-selectors", workload(), service(selector={"app": "x"}), problems=1)
    assert found == ("inconclusive", ["nothing (inconclusive)"])


def test_no_service_is_not_applicable() -> None:
    assert verdict("service-selectors", workload()) == ("not-applicable", [])


def test_labels_that_controllers_add_select_their_workload() -> None:
    stateful = workload("StatefulSet", "db")
    one = service("db-0", {"statefulset.kubernetes.io/pod-name": "db-0"})
    assert verdict("service-selectors", stateful, one) == ("pass", [])
    other = service("x", {"statefulset.kubernetes.io/pod-name": "api-0"})
    assert verdict("service-selectors", stateful, other) == ("fail", ["nothing"])


UDP = [{"name": "http", "port": 80, "targetPort": "http", "protocol": "UDP"}]


@pytest.mark.parametrize(
    ("ports", "expected"),
    [
        ([{"port": 80, "targetPort": "http"}], ("pass", [])),
        ([{"port": 80, "targetPort": 8000}], ("pass", [])),
        ([{"port": 8000}], ("pass", [])),
        ([{"port": 80, "targetPort": "web"}], ("fail", ["no-name"])),
        ([{"port": 80, "targetPort": "8000"}], ("fail", ["no-name"])),
        (UDP, ("fail", ["other-protocol"])),
        ([{"port": 80}], ("warn", ["undeclared (warn)"])),
        ([{"port": 80, "targetPort": 9000}], ("warn", ["undeclared (warn)"])),
        (
            [{"name": "a", "port": 8000}, {"name": "b", "port": 8000}],
            ("fail", ["same-port"]),
        ),
        (
            [{"name": "a", "port": 8000}, {"name": "a", "port": 80, "targetPort": 8000}],
            ("fail", ["same-name"]),
        ),
        ([{"name": "a", "port": 8000}, {"port": 80, "targetPort": 8000}], ("fail", ["unnamed"])),
    ],
)
def test_ports_of_a_service(ports: list[Object], expected: tuple[str, list[str]]) -> None:
    assert verdict("service-ports", workload(), service(ports=ports)) == expected


def test_the_same_number_under_another_protocol_is_another_port() -> None:
    ports = [
        {"name": "dns", "port": 53, "protocol": "UDP"},
        {"name": "dns-tcp", "port": 53, "protocol": "TCP"},
    ]
    bare = workload(container={"ports": []})
    assert verdict("service-ports", bare, service(ports=ports)) == ("pass", [])


def test_a_port_of_an_init_container_serves_nobody_and_that_of_a_sidecar_does() -> None:
    helper = {"name": "h", "image": "h:1", "ports": [{"name": "admin", "containerPort": 9000}]}
    ports = [{"port": 80, "targetPort": "admin"}]
    init = workload(pod={"initContainers": [helper]})
    assert verdict("service-ports", init, service(ports=ports)) == ("fail", ["no-name"])
    sidecar = workload(pod={"initContainers": [{**helper, "restartPolicy": "Always"}]})
    assert verdict("service-ports", sidecar, service(ports=ports)) == ("pass", [])


def test_ports_without_pods_are_not_judged_twice() -> None:
    assert verdict("service-ports", workload(), service(selector={"app": "x"})) == ("pass", [])
    assert verdict("service-ports", workload()) == ("not-applicable", [])
    assert verdict("service-ports", service(), problems=1)[0] == "inconclusive"


def test_a_workload_selects_its_own_pods_alone() -> None:
    assert verdict("workload-selectors", workload(), workload(name="api")) == ("pass", [])
    wrong = workload(spec={"selector": {"matchLabels": {"app": "x"}}})
    assert verdict("workload-selectors", wrong) == ("fail", ["not-its-own"])
    broad = workload(labels={"app": "web"})
    narrow = workload(name="api", labels={"app": "web", "part": "api"})
    assert verdict("workload-selectors", broad, narrow) == ("fail", ["overlap"])
    twins = (workload(labels={"app": "x"}), workload(name="api", labels={"app": "x"}))
    assert verdict("workload-selectors", *twins) == ("fail", ["overlap"])


def test_expressions_select_too() -> None:
    selector = {"matchExpressions": [{"key": "app", "operator": "In", "values": ["web", "x"]}]}
    assert verdict("workload-selectors", workload(spec={"selector": selector})) == ("pass", [])


def test_workloads_of_other_namespaces_do_not_overlap() -> None:
    twins = (workload(), workload(name="api", labels={"app": "web"}, namespace="other"))
    assert verdict("workload-selectors", *twins) == ("pass", [])


def test_selectors_need_workloads_that_can_be_read() -> None:
    assert verdict("workload-selectors", obj("ConfigMap", "x")) == ("not-applicable", [])
    assert verdict("workload-selectors", workload(), problems=1) == ("inconclusive", [])
    assert verdict("workload-selectors", cron_job()) == ("not-applicable", [])
