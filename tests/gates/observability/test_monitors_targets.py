"""``observability.monitor-targets``."""

from __future__ import annotations

import json

import pytest

from tests.gates.manifests.objects import Object, obj, service, workload
from tests.gates.observability.monitored import LABELLED, monitor, pod_point, point, verdict
from tests.gates.observability.snippets import judged

NAME = "monitor-targets"
PASS: tuple[str, list[str]] = ("pass", [])


def fails(code: str) -> tuple[str, list[str]]:
    return "fail", [code]


def warns(code: str) -> tuple[str, list[str]]:
    return "warn", [f"{code} (warn)"]


@pytest.mark.parametrize(
    ("monitored", "expected"),
    [
        (point(), PASS),
        (point(path="/metrics"), PASS),
        (point(port="web"), fails("no-port")),
        (point(port="80"), fails("port-number")),
        (point(port=80), ("inconclusive", ["port-number (inconclusive)"])),
        (point(port="8000"), fails("port-number-unnamed")),
        (point(port=True), PASS),
        (monitor(endpoints=[{"targetPort": 8000}]), PASS),
        (monitor(endpoints=[{"targetPort": "http"}]), PASS),
        (monitor(endpoints=[{"targetPort": "x"}]), fails("no-pod-port")),
        (monitor(endpoints=[{"targetPort": 9000}]), fails("no-pod-number")),
        (monitor(endpoints=[]), fails("no-endpoint")),
        (point(path="/metrics?format=prometheus"), fails("query-in-path")),
        (pod_point(port="http"), PASS),
        (pod_point(port="x"), fails("no-pod-port")),
        (pod_point(portNumber=8000), PASS),
        (pod_point(portNumber=1), fails("no-pod-number")),
        (monitor(endpoints=[{"port": "http"}], jobLabel="app"), PASS),
        (monitor(endpoints=[{"port": "http"}], jobLabel="name"), warns("no-job-label")),
        (
            monitor(endpoints=[{"port": "http"}], namespaceSelector={"matchNames": ["other"]}),
            warns("elsewhere"),
        ),
        (monitor(endpoints=[{"port": "http"}], namespaceSelector={"any": True}), PASS),
    ],
)
def test_a_monitor(monitored: Object, expected: tuple[str, list[str]]) -> None:
    assert verdict(NAME, *LABELLED, monitored) == expected


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        ([workload(), service(), point()], fails("no-service")),
        ([workload(name="api"), pod_point(port="http")], fails("no-pod")),
        ([workload()], ("not-applicable", [])),
        ([service(), obj("Database", "web", "example.com/v1", spec={}), point()],
         warns("operator")),
        ([service(), obj("Certificate", "web", "cert-manager.io/v1", spec={}), point()],
         fails("no-service")),
    ],
)  # fmt: skip
def test_a_monitor_that_selects_nothing(
    objects: list[Object], expected: tuple[str, list[str]]
) -> None:
    assert verdict(NAME, *objects) == expected


def test_an_unread_file_may_hold_the_service_that_is_monitored() -> None:
    found = verdict(NAME, service(), point(), problems=1)
    assert found == ("inconclusive", ["no-service (inconclusive)"])


def test_the_finding_names_the_port_that_is_meant() -> None:
    text = "\n---\n".join(map(json.dumps, (*LABELLED, point(port="80"))))
    (found,) = judged(NAME, text).findings
    assert found.reason.params == {"port": 80, "meant": "http", "names": "web"}
    assert found.subject == str(found.resource) == "ServiceMonitor/app/web"
