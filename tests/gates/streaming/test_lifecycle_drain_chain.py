"""`streaming.drain-chain`: preStop, graceful shutdown and grace period against the streams."""

from __future__ import annotations

import pytest

from golive.api import Status
from golive_gates.streaming.settings import Settings
from tests.gates.saying import codes
from tests.gates.streaming.releases import NGINX, front, judged, service

CHECK = "drain-chain"


def test_a_chain_that_fits_passes() -> None:
    result = judged(CHECK, service())
    assert result.status is Status.PASS
    assert [(f.name, f.value) for f in result.facts] == [("longest_stream", 300.0)]


def test_the_usual_grace_period_kills_streams() -> None:
    result = judged(CHECK, service(grace="null"))
    assert result.status is Status.FAIL
    assert codes(result) == ["killed-by-default"]
    assert result.findings[0].container == "main"
    assert result.findings[0].location is not None


def test_unread_files_leave_it_open() -> None:
    result = judged(CHECK, service(), problems=1)
    assert (result.status, result.blocked_by) == (Status.INCONCLUSIVE, "manifests.parse")


def test_nothing_streams() -> None:
    nginx = NGINX.replace("/generate", "/other")
    assert judged(CHECK, service(), nginx=nginx).status is Status.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"grace": "310"}, "killed"),
        ({"grace": "340"}, "overlong"),
        ({"grace": "345"}, "overlong"),
        ({"args": "[a:b, --timeout-graceful-shutdown=200]"}, "cut"),
        ({"args": "[a:b, --timeout-graceful-shutdown, '200']"}, "cut"),
        ({"command": "[gunicorn]", "args": "[a:b]"}, "cut"),
        ({"command": "[hypercorn]", "args": "[a:b]"}, "cut"),
        ({"args": "[a:b]", "env": "[{name: UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN, value: '9'}]"},
         "cut"),
        ({"command": "null", "args": "null",
          "env": "[{name: GUNICORN_CMD_ARGS, value: --graceful-timeout=20}]"}, "cut"),
        ({"lifecycle": "{preStop: {sleep: {seconds: 90}}}"}, "killed"),
        ({"lifecycle": "{preStop: {exec: {command: [sh, -c, sleep 1m 30]}}}"}, "killed"),
    ],
)  # fmt: skip
def test_a_link_that_breaks_fails(changed: dict[str, str], code: str) -> None:
    if code == "killed" and "lifecycle" in changed:
        changed = {**changed, "grace": "350"}
    result = judged(CHECK, service(**changed))
    assert (result.status, codes(result)) == (Status.FAIL, [code])


@pytest.mark.parametrize(
    "changed",
    [
        {"args": "[a:b]"},  # uvicorn waits for its streams without limit
        {"command": "[sh, -c]", "args": "['exec uvicorn a:b --timeout-graceful-shutdown 330']"},
        {"command": "[tini, --, sh, -c, exec gunicorn a:b --graceful-timeout 310]",
         "args": "null"},
        {"command": "[python, -m, uvicorn]", "args": "[a:b, --timeout-graceful-shutdown=310]"},
        {"command": "[uvicorn]", "args": "[a:b, --timeout-graceful-shutdown=$(LAST)]",
         "env": "[{name: LAST, value: '310'}]"},
        {"lifecycle": "{preStop: {sleep: {seconds: 5}}}"},
        {"lifecycle": "{preStop: {exec: {command: [sh, -c, touch /x && sleep 15]}}}"},
    ],
)  # fmt: skip
def test_forms_that_are_understood(changed: dict[str, str]) -> None:
    result = judged(CHECK, service(**changed))
    assert (result.status, codes(result)) == (Status.PASS, [])


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"command": "null", "args": "null"}, "server-unknown"),
        ({"command": "[/entrypoint]", "args": "null"}, "server-unknown"),
        ({"command": "[gunicorn]", "args": "[-c, conf.py, a:b]"}, "limit-unknown"),
        ({"args": "[a:b, --timeout-graceful-shutdown=$(LAST)]"}, "limit-unknown"),
        ({"lifecycle": "{preStop: {exec: {command: [/drain]}}}"}, "pause-unknown"),
        ({"lifecycle": "{preStop: {httpGet: {path: /drain, port: 80}}}"}, "pause-unknown"),
    ],
)
def test_what_files_do_not_tell_stays_open(changed: dict[str, str], code: str) -> None:
    result = judged(CHECK, service(**changed))
    assert (result.status, codes(result)) == (Status.INCONCLUSIVE, [code])


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"lifecycle": "null"}, "no-pause"),
        ({"command": "[sh, -c]", "args": "[migrate && uvicorn a:b]"}, "below-shell"),
    ],
)
def test_doubts_are_warnings(changed: dict[str, str], code: str) -> None:
    result = judged(CHECK, service(**changed))
    assert (result.status, codes(result)) == (Status.WARN, [code])


def test_resumed_streams_may_be_cut() -> None:
    text = service(args="[a:b, --timeout-graceful-shutdown=10]", grace="30")
    assert judged(CHECK, text, settings=Settings(resume="continue")).status is Status.PASS


def test_the_nginx_in_front_counts() -> None:
    healthy = judged(CHECK, service() + front(), nginx="")
    assert (healthy.status, healthy.reason.params["n"]) == (Status.PASS, 2)
    short = judged(CHECK, service() + front(grace="null"), nginx="")
    assert codes(short) == ["killed-by-default"]
    fast = judged(CHECK, service() + front(lifecycle="{stopSignal: SIGTERM}"), nginx="")
    assert (fast.status, codes(fast)) == (Status.FAIL, ["at-once"])


def test_a_short_worker_shutdown_is_the_other_checks() -> None:
    nginx = NGINX.replace("330s", "60s")
    result = judged(CHECK, service() + front(nginx), nginx="")
    assert (result.status, codes(result)) == (Status.PASS, [])
    other = judged("worker-shutdown", service() + front(nginx), nginx="")
    assert (other.status, codes(other)) == (Status.FAIL, ["cuts-streams"])


def test_two_releases_of_one_name_are_told_apart() -> None:
    both = service() + front(), service(args="[a:b, --timeout-graceful-shutdown=9]") + front()
    other = both[1].replace("namespace: shop", "namespace: other")
    result = judged(CHECK, both[0] + other, nginx="")
    assert result.reason.params["n"] == 4
    assert [str(f.resource) for f in result.findings] == ["Deployment/other/service"]
