"""`streaming.connection-capacity` and `autoscaling` over small releases."""

from __future__ import annotations

from dataclasses import replace

import pytest

from golive.api import Observation, Status
from golive_gates.streaming.settings import Settings
from tests.gates.saying import codes
from tests.gates.streaming.releases import NGINX, configured, front, gateway, hpa, judged, service
from tests.gates.streaming.wording import CHECKS

ROOM, SCALING = "connection-capacity", "autoscaling"
BY_STREAMS = (
    "[{type: Pods, pods: {metric: {name: sse_streams_active},"
    " target: {type: AverageValue, averageValue: '%s'}}}]"
)
BY_CPU = "[{type: Resource, resource: {name: cpu, target: {type: Utilization}}}]"
KEDA = """\
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: service, namespace: shop}
spec:
  scaleTargetRef: {name: service}
  triggers: [{type: %s}]
---
"""


def limited(zone: str, limit: int = 10, real_ip: str = "") -> str:
    """nginx with a limit of connections in each zone of key *zone*."""
    head = f"http {{\n    limit_conn_zone {zone} zone=one:1m;\n    {real_ip}\n"
    place = f"location /generate {{\n            limit_conn one {limit};"
    return NGINX.replace("http {\n", head).replace("location /generate {", place)


def test_enough_room_passes() -> None:
    result = judged(ROOM, service() + front(), nginx="")
    assert result.status is Status.PASS
    assert [(f.name, f.value) for f in result.facts] == [("concurrent_streams", 50)]


@pytest.mark.parametrize("check", [ROOM, SCALING])
def test_unread_files_leave_it_open(check: str) -> None:
    result = judged(check, service(), problems=1)
    assert (result.status, result.blocked_by) == (Status.INCONCLUSIVE, "manifests.parse")


@pytest.mark.parametrize("check", [ROOM, SCALING])
def test_nothing_limits_what_the_files_hold(check: str) -> None:
    text = service(command="null", args="null") + gateway("service")
    assert judged(check, text, nginx="").status is Status.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"command": "[gunicorn, --graceful-timeout=330]", "args": "[a:b]"},
         Status.FAIL, "few-workers"),
        ({"command": "[gunicorn, -w, '4', --threads, '5']", "args": "[a:b]"},
         Status.FAIL, "few-workers"),
        ({"command": "[gunicorn, -w, '5', --threads, '5']", "args": "[a:b]"}, Status.PASS, ""),
        ({"command": "[gunicorn, -k, gevent]", "args": "[a:b]"}, Status.PASS, ""),
        ({"command": "[gunicorn, -k, uvicorn.workers.UvicornWorker]", "args": "[a:b]"},
         Status.PASS, ""),
        ({"args": "[a:b, --limit-concurrency=20]"}, Status.FAIL, "few-workers"),
        ({"args": "[a:b, --limit-concurrency=20]", "replicas": "3"}, Status.PASS, ""),
        ({"args": "[a:b, --limit-concurrency=20]", "env": "[{name: WEB_CONCURRENCY, value: '2'}]"},
         Status.PASS, ""),
    ],
)  # fmt: skip
def test_what_the_server_takes(changed: dict[str, str], status: Status, code: str) -> None:
    result = judged(ROOM, service(**changed))
    assert (result.status, codes(result)) == (status, [code] if code else [])


def test_replicas_are_those_of_the_autoscaler() -> None:
    text = service(args="[a:b, --limit-concurrency=20]", replicas="null")
    assert codes(judged(ROOM, text)) == ["few-workers"]
    assert judged(ROOM, text + hpa(BY_STREAMS % 10)).status is Status.PASS


@pytest.mark.parametrize(
    ("old", "new", "status", "code"),
    [
        ("events", "worker_processes 1;\nevents", Status.PASS, ""),
        ("4096", "99", Status.FAIL, "few-connections"),
        ("events { worker_connections 4096; }", "worker_processes auto;\nevents {}",
         Status.PASS, ""),
        ("events { worker_connections 4096; }",
         "worker_processes auto;\nevents { worker_connections 60; }",
         Status.WARN, "few-connections-a-core"),
        ("events { worker_connections 4096; }",
         "worker_processes 4;\nevents { worker_connections 60; }", Status.PASS, ""),
        ("events", "worker_rlimit_nofile 64;\nevents", Status.FAIL, "few-connections"),
    ],
)  # fmt: skip
def test_what_nginx_takes(old: str, new: str, status: Status, code: str) -> None:
    result = judged(ROOM, service() + front(NGINX.replace(old, new)), nginx="")
    assert (result.status, codes(result)) == (status, [code] if code else [])


@pytest.mark.parametrize(
    ("nginx", "status", "code"),
    [
        (limited("$binary_remote_addr"), Status.FAIL, "one-peer"),
        (limited("$binary_remote_addr", 50), Status.PASS, ""),
        (limited("$binary_remote_addr", 10, "set_real_ip_from 10.0.0.0/8; real_ip_header X;"),
         Status.WARN, "shared-address"),
        (limited("$server_name"), Status.FAIL, "for-all"),
        (limited("$http_authorization"), Status.PASS, ""),
    ],
)  # fmt: skip
def test_limits_of_connections(nginx: str, status: Status, code: str) -> None:
    result = judged(ROOM, service() + front(nginx), nginx="")
    assert (result.status, codes(result)) == (status, [code] if code else [])


def test_a_declared_limit_is_what_counts_for_one_client() -> None:
    nginx = limited("$binary_remote_addr", 10, "set_real_ip_from 10.0.0.0/8; real_ip_header X;")
    text = service() + front(nginx)
    fits = judged(ROOM, text, nginx="", settings=Settings(connection_limit=10))
    assert fits.status is Status.PASS
    short = judged(ROOM, text, nginx="", settings=Settings(connection_limit=11))
    assert codes(short) == ["below-declared"]


def test_the_number_wanted_comes_from_settings_then_canary() -> None:
    part = configured(service())
    canary = replace(part, canary_streams=200)
    for settings, seen, wanted in (
        (Settings(concurrent_streams=900, held=(5,)), canary, 900),
        (Settings(held=(5, 70)), canary, 70),
        (Settings(), canary, 200),
        (Settings(), part, 50),
    ):
        result = CHECKS[ROOM].evaluate(Observation({"Configured": seen}), settings)
        assert [f.value for f in result.facts] == [wanted]


@pytest.mark.parametrize(
    ("scaler", "status", "code"),
    [
        (hpa(BY_STREAMS % 40), Status.PASS, ""),
        (hpa(BY_STREAMS % 5), Status.PASS, ""),
        (hpa(BY_STREAMS % 4), Status.FAIL, "too-few-pods"),
        (hpa(BY_STREAMS % "4900m"), Status.FAIL, "too-few-pods"),
        (hpa((BY_STREAMS % 4).replace("sse_streams_active", "lag")), Status.PASS, ""),
        (hpa(BY_CPU), Status.WARN, "idle"),
        (hpa("[]"), Status.WARN, "idle"),
        (KEDA % "prometheus", Status.PASS, ""),
        (KEDA % "cpu", Status.WARN, "idle"),
    ],
)
def test_what_the_autoscaler_follows(scaler: str, status: Status, code: str) -> None:
    result = judged(SCALING, service() + scaler)
    assert (result.status, codes(result)) == (status, [code] if code else [])


def test_memory_for_the_streams_of_a_full_pod() -> None:
    result = judged(SCALING, service(memory="128Mi") + hpa(BY_STREAMS % 600))
    assert (result.status, codes(result)) == (Status.WARN, ["little-memory"])


def test_pods_of_which_nobody_knows_the_drain_come_down_late() -> None:
    unknown = service(command="null", args="null")
    soon = "{scaleDown: {stabilizationWindowSeconds: 60}}"
    late = "{scaleDown: {stabilizationWindowSeconds: 300}}"
    never = "{scaleDown: {selectPolicy: Disabled, stabilizationWindowSeconds: 60}}"
    metrics = BY_STREAMS % 40
    assert codes(judged(SCALING, unknown + hpa(metrics, 10, soon))) == ["comes-down-soon"]
    for text in (
        unknown + hpa(metrics, 10, late),
        unknown + hpa(metrics, 10, never),
        unknown + hpa(metrics),
        service() + hpa(metrics, 10, soon),
    ):
        assert judged(SCALING, text).status is Status.PASS


def test_without_an_autoscaler_there_is_nothing_to_judge() -> None:
    assert judged(SCALING, service()).status is Status.NOT_APPLICABLE
