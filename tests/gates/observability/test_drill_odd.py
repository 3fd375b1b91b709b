"""A drill that nobody chose or allowed, and an Alertmanager that answers badly."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from golive.api import Observation, Permission, Unavailable
from golive.config.errors import ConfigError
from golive.config.loader import load_config
from golive.config.release import Authorisation
from golive_gates.observability.live.drill_parts import DRILL_LABEL
from golive_gates.observability.live.settings import Alertmanager, listen_address
from golive_gates.observability.live.webhook import Webhook
from golive_gates.observability.observers.drill import DrillObserver
from golive_gates.observability.settings import Settings
from tests.gates.observability import live_run as run
from tests.gates.observability import programs
from tests.gates.slo import doubles as d


def settings(url: str, **changes: Any) -> Settings:
    given: dict[str, Any] = {"within": 0.5, "resolved_within": 0.0, **changes}
    return Settings(drill=True, alertmanager=Alertmanager(url, "127.0.0.1:0", **given))


def drilled(handler: Any, **changes: Any) -> tuple[str, str, list[d.Got]]:
    """Status, reason and what arrived, of a drill against a double."""

    async def go() -> tuple[Any, list[d.Got]]:
        async with d.target(handler) as double:
            ctx = run.context(None, {"Alerting": run.NO_FILES})
            part = await DrillObserver().observe(ctx, settings(double.url, **changes))
            return part, double.requests

    part, requests = asyncio.run(go())
    result = run.judged("delivery-drill", Observation({"Drill": part}))
    return result.status.value, result.reason.code, requests


@pytest.mark.parametrize(
    ("chosen", "code"),
    [
        (Settings(), "drill-not-chosen"),
        (Settings(alertmanager=Alertmanager("http://127.0.0.1:1")), "drill-not-chosen"),
        (Settings(drill=True), "drill-no-alertmanager"),
        (settings("http://127.0.0.1:1", client="ops"), "drill-no-client"),
        (settings("http://192.0.2.1:9093"), "core.not-authorised"),
        (settings("http://127.0.0.1:1"), "am-unreachable"),
    ],
)
def test_a_drill_that_is_not_done(chosen: Settings, code: str) -> None:
    result, ctx = run.drilled(chosen)
    assert (result.status.value, result.reason.code) == ("inconclusive", code)
    assert ctx.budget.sent == (1 if code == "am-unreachable" else 0)


def test_an_authorisation_of_another_kind_is_none() -> None:
    host = "192.0.2.1"
    entry = Authorisation((host,), (Permission.LOAD, Permission.FAULT), "ops", date(2999, 1, 1))
    ctx = run.context(None, {})
    scope = replace(ctx.scope, config=replace(ctx.config, authorisations=(entry,)))
    part = asyncio.run(
        DrillObserver().observe(replace(ctx, scope=scope), settings(f"http://{host}:9093"))
    )
    assert isinstance(part, Unavailable)
    assert part.reason.code == "core.not-authorised"
    planned = DrillObserver().plan(scope, settings(f"http://{host}:9093"))
    assert [w.permission for w in planned] == [Permission.ALERTS]
    assert DrillObserver().plan(scope, Settings()) == ()


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (d.answer(200, b"<html>", "text/html"), "am-not-json"),
        (d.answer(503, b"starting", "text/plain"), "am-status"),
        (d.answer(403, b"", "text/plain"), "am-auth"),
        (d.answer(302, b"", Location="http://elsewhere.invalid/"), "am-redirect"),
        (d.answer(200, {"status": "ok"}), "am-shape"),
        (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", "am-protocol"),
    ],
)
def test_what_is_no_alertmanager_gets_no_alert(reply: bytes, code: str) -> None:
    status, found, requests = drilled(lambda _: reply)
    assert (status, found) == ("inconclusive", code)
    assert {g.method for g in requests} == {"GET"}


def manager(**changes: Any) -> Any:
    """An Alertmanager double; *changes* replace an answer."""

    def handle(got: d.Got) -> d.Answer:
        name = (
            "metrics" if got.path == "/metrics" else got.path.rpartition("/")[2].partition("?")[0]
        )
        name = "post" if got.method == "POST" else name
        defaults = {
            "status": d.answer(200, {"versionInfo": {"version": "0.25.0"}}),
            "metrics": d.answer(200, b"", "text/plain"),
            "post": d.answer(200, b"", "text/plain"),
            "alerts": d.answer(200, []),
        }
        reply: d.Answer = {**defaults, **changes}[name]
        return reply

    return handle


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"post": d.answer(400, b"bad label", "text/plain")}, "inconclusive", "am-status"),
        ({"alerts": d.answer(200, b"<html>", "text/html")}, "inconclusive", "am-not-json"),
        ({"alerts": d.answer(200, {"no": "list"})}, "inconclusive", "am-shape"),
        ({"alerts": d.answer(200, [None, 1, {"labels": 3}])}, "fail", "drill-lost"),
        ({}, "fail", "drill-lost"),
    ],
)
def test_an_alertmanager_that_answers_badly(
    changes: Any, status: str, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("golive_gates.observability.live.drilling.LISTED_WITHIN", 0.3)
    found, reason, requests = drilled(manager(**changes))
    assert (found, reason) == (status, code)
    # Whatever may have been taken is ended.
    assert [g.method for g in requests].count("POST") == 2


def test_an_address_that_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    async def go() -> Any:
        async with d.target(lambda _: d.answer(200)) as busy:
            listen = busy.url.removeprefix("http://")
            asked = Alertmanager(busy.url, listen)
            ctx = run.context(None, {"Alerting": run.NO_FILES})
            part = await DrillObserver().observe(ctx, Settings(drill=True, alertmanager=asked))
            return part, busy.requests

    part, requests = asyncio.run(go())
    result = run.judged("delivery-drill", Observation({"Drill": part}))
    assert (result.status.value, result.reason.code) == ("inconclusive", "drill-not-listening")
    assert requests == [], "nothing is posted that could not be seen to arrive"


def test_credentials_are_those_of_the_client() -> None:
    async def go() -> list[d.Got]:
        async with d.target(manager(status=d.answer(401))) as double:
            ctx = run.context(None, {}, clients={"ops": (("Authorization", "Bearer made-up"),)})
            await DrillObserver().observe(ctx, settings(double.url, client="ops"))
            return double.requests

    assert [g.headers["authorization"] for g in asyncio.run(go())] == ["Bearer made-up"]


@pytest.mark.parametrize(
    "text",
    ["0.0.0.0:9099", "192.0.2.1:9099", "example.com:80", "127.0.0.1", "127.0.0.1:99999", ":1"],
)
def test_the_webhook_listens_on_this_machine_alone(text: str) -> None:
    with pytest.raises(ValueError, match="address of this machine"):
        Alertmanager("http://127.0.0.1:9093", text)


def test_settings_are_read_from_the_configuration(tmp_path: Path) -> None:
    def loaded(listen: str) -> Settings:
        file = tmp_path / "golive.yaml"
        asked = f"{{url: 'http://127.0.0.1:9093', webhook_listen: '{listen}', within: 2m}}"
        file.write_text(
            "apiVersion: golive/v1\nservice: {name: demo, version: '1'}\n"
            f"gates: {{observability: {{drill: true, alertmanager: {asked}}}}}\n",
            encoding="utf-8",
        )
        found = load_config(file, {"observability": Settings}).settings["observability"]
        assert isinstance(found, Settings)
        return found

    good = loaded("127.0.0.1:9099")
    assert good.drill
    assert good.alertmanager == Alertmanager("http://127.0.0.1:9093", "127.0.0.1:9099", within=120)
    with pytest.raises(ConfigError, match="address of this machine"):
        loaded("0.0.0.0:9099")


def test_addresses_of_this_machine() -> None:
    assert listen_address("127.0.0.1:9099") == ("127.0.0.1", 9099)
    assert listen_address("[::1]:0") == ("::1", 0)
    assert listen_address("localhost:80") == ("localhost", 80)


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", b"405"),
        (b"POST / HTTP/1.1\r\n\r\n", b"411"),
        (b"POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n", b"413"),
        (b"POST / HTTP/1.1\r\nContent-Length: 1\r\n\r\n{", b"400"),
        (b"POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n[]", b"400"),
        (b"POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}", b"200"),
        (b"POST / HTTP/1.1\r\nX: " + b"x" * 100_000, b"431"),
    ],
)
def test_whatever_else_reaches_the_webhook(request_bytes: bytes, status: bytes) -> None:
    async def go() -> bytes:
        async with Webhook("127.0.0.1", 0, "me") as hook:
            host, _, port = hook.address.rpartition(":")
            reader, writer = await asyncio.open_connection(host, int(port))
            writer.write(request_bytes)
            answer = await reader.read()
            writer.close()
            assert await hook.arrival("firing", 0.0) is None
            return answer

    assert asyncio.run(go()).split(b" ")[1] == status


def test_only_the_drills_own_alert_counts() -> None:
    def notification(drill: object, status: str) -> str:
        labels = {DRILL_LABEL: drill}
        return json.dumps({"receiver": "r", "alerts": [None, {"labels": labels, "status": status}]})

    async def go() -> tuple[object, object]:
        async with Webhook("127.0.0.1", 0, "me") as hook, httpx.AsyncClient(trust_env=False) as c:
            for body in (notification("other", "firing"), notification("me", "resolved")):
                answer = await c.post(f"http://{hook.address}/", content=body)
                assert answer.status_code == 200
            return await hook.arrival("firing", 0.0), await hook.arrival("resolved", 5.0)

    firing, resolved = asyncio.run(go())
    assert firing is None
    assert resolved is not None


def test_ports_are_free_again() -> None:
    port = programs.free_port()

    async def go() -> None:
        for _ in range(2):
            async with Webhook("127.0.0.1", port, "me"):
                pass

    asyncio.run(go())
