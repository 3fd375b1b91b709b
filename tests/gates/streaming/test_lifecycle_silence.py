"""`streaming.heartbeat-margin`, `worker-shutdown` and `keep-alive-order` over small releases."""

from __future__ import annotations

import pytest

from golive.api import Status
from golive_gates.streaming.settings import Settings
from tests.gates.saying import codes
from tests.gates.streaming.releases import NGINX, config_map, front, gateway, judged, service

BEAT, RELOAD, ORDER = "heartbeat-margin", "worker-shutdown", "keep-alive-order"
NO_NGINX = service() + gateway("service")


def beat(value: str, name: str = "SSE_HEARTBEAT_SECONDS") -> str:
    return service(env=f"[{{name: {name}, value: '{value}'}}]")


def test_the_usual_interval_passes() -> None:
    result = judged(BEAT, service())
    assert result.status is Status.PASS
    assert [(f.name, f.value) for f in result.facts] == [("heartbeat_interval", 15.0)]


@pytest.mark.parametrize(
    ("text", "status", "code"),
    [
        (beat("3600"), Status.FAIL, "late"),
        (beat("1h"), Status.FAIL, "late"),
        (beat("4000000", "STREAM_PING_INTERVAL_MS"), Status.FAIL, "late"),
        (beat("2000"), Status.WARN, "close"),
    ],
)
def test_a_late_heartbeat_is_found_where_it_is_set(text: str, status: Status, code: str) -> None:
    result = judged(BEAT, text)
    assert (result.status, codes(result)) == (status, [code])
    assert result.findings[0].json_path.endswith("env[0].value")


@pytest.mark.parametrize(
    "name", ["KAFKA_HEARTBEAT_INTERVAL_MS", "KEEPALIVE_SECONDS", "SSE_TIMEOUT", "STREAM_MAX"]
)
def test_other_variables_are_no_heartbeat(name: str) -> None:
    assert judged(BEAT, beat("99999999", name)).status is Status.PASS


@pytest.mark.parametrize("value", ["0", "-1", "nan", "inf", "off", ""])
def test_no_interval_is_read_from_what_is_none(value: str) -> None:
    result = judged(BEAT, beat(value))
    assert [f.value for f in result.facts] == [15.0]


def test_the_interval_of_a_config_map_is_found_there() -> None:
    text = service(env_from="[{configMapRef: {name: settings}}]", env="[]")
    held = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: shop}\n"
    held += "data: {SSE_HEARTBEAT_SECONDS: '7200'}\n---\n"
    result = judged(BEAT, text + held)
    assert codes(result) == ["late"]
    assert result.findings[0].resource is not None
    assert result.findings[0].resource.kind == "ConfigMap"


def test_a_short_limit_is_the_other_checks() -> None:
    result = judged(BEAT, service(), nginx=NGINX.replace("3600s", "20s"))
    assert (result.status, codes(result)) == (Status.INCONCLUSIVE, ["limit-short"])
    assert result.blocked_by == "streaming.proxy-timeouts"


@pytest.mark.parametrize("check", [BEAT, RELOAD, ORDER])
def test_unread_files_leave_it_open(check: str) -> None:
    result = judged(check, service(), problems=1)
    assert (result.status, result.blocked_by) == (Status.INCONCLUSIVE, "manifests.parse")


@pytest.mark.parametrize("check", [BEAT, RELOAD, ORDER])
def test_no_proxy_of_which_anything_is_known(check: str) -> None:
    assert judged(check, NO_NGINX, nginx="").status is Status.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("limit", "status"),
    [("330s", Status.PASS), ("300s", Status.PASS), ("5m", Status.PASS), ("299s", Status.FAIL)],
)
def test_old_workers_live_as_long_as_streams(limit: str, status: Status) -> None:
    result = judged(RELOAD, service(), nginx=NGINX.replace("330s", limit))
    assert result.status is status


def test_nginx_without_a_limit_waits() -> None:
    nginx = NGINX.replace("worker_shutdown_timeout 330s;", "")
    assert judged(RELOAD, service(), nginx=nginx).status is Status.PASS


def test_resumed_streams_may_be_cut_by_a_reload() -> None:
    nginx = NGINX.replace("330s", "10s")
    result = judged(RELOAD, service(), nginx=nginx, settings=Settings(resume="continue"))
    assert result.status is Status.PASS


def test_the_server_lets_go_last() -> None:
    assert judged(ORDER, service()).status is Status.PASS


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"args": "[a:b]"}, "default-first"),
        ({"args": "[a:b, --timeout-keep-alive=60]"}, "closes-first"),
        ({"args": "[a:b]", "env": "[{name: UVICORN_TIMEOUT_KEEP_ALIVE, value: '30'}]"},
         "closes-first"),
        ({"command": "[gunicorn, -k, uvicorn.workers.UvicornWorker]", "args": "[a:b]"},
         "default-first"),
        ({"command": "[gunicorn, --threads, '8']", "args": "[a:b]"}, "default-first"),
        ({"command": "[hypercorn]", "args": "[a:b, --keep-alive, '20']"}, "closes-first"),
        ({"command": "[fastapi, run, app.py]", "args": "null",
          "env": "[{name: UVICORN_TIMEOUT_KEEP_ALIVE, value: '90'}]"}, "default-first"),
        ({"command": "null", "args": "[a:b, --limit-concurrency=900]"}, "default-first"),
    ],
)  # fmt: skip
def test_a_server_that_closes_first_fails(changed: dict[str, str], code: str) -> None:
    result = judged(ORDER, service(**changed))
    assert (result.status, codes(result)) == (Status.FAIL, [code])


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"command": "null", "args": "null"}, "server-unknown"),
        ({"command": "[gunicorn, -c, conf.py]", "args": "[a:b]"}, "unknown"),
    ],
)
def test_an_unknown_server_stays_open(changed: dict[str, str], code: str) -> None:
    result = judged(ORDER, service(**changed))
    assert (result.status, codes(result)) == (Status.INCONCLUSIVE, [code])


def test_no_kept_connections_have_no_order() -> None:
    text = service(args="[a:b]")
    plain = NGINX.replace("keepalive 8;", "")
    assert judged(ORDER, text, nginx=plain).status is Status.NOT_APPLICABLE
    sync = service(command="[gunicorn]", args="[a:b]")
    assert judged(ORDER, sync).status is Status.NOT_APPLICABLE


def test_an_nginx_behind_an_ingress_keeps_longer_too() -> None:
    ingress = (
        "apiVersion: networking.k8s.io/v1\nkind: Ingress\n"
        "metadata: {name: api, namespace: shop}\n"
        "spec:\n  ingressClassName: nginx\n  rules:\n"
        "    - http: {paths: [{path: /generate, pathType: Prefix,"
        " backend: {service: {name: front, port: {number: 8000}}}}]}\n---\n"
    )
    controller = config_map("ingress-nginx-controller", unused="x\n")
    text = service() + ingress + controller
    short = NGINX.replace("http {", "http {\n    keepalive_timeout 20s;")
    assert codes(judged(ORDER, text + front(short), nginx="")) == ["front-first"]
    assert judged(ORDER, text + front(), nginx="").status is Status.PASS
