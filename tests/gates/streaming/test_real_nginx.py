"""The same observers through a real nginx, set up well and badly."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from golive.api import Status
from golive.config.model import Tls
from golive_gates.streaming.drill_parts import CONNECTION_CLOSED
from golive_gates.streaming.observers.heads import HeadsObserver
from golive_gates.streaming.observers.held import HeldObserver
from golive_gates.streaming.observers.idle import IdleObserver
from golive_gates.streaming.observers.reload import ReloadObserver
from golive_gates.streaming.observers.wire import WireObserver
from golive_gates.streaming.parts import CLOSED
from golive_gates.streaming.settings import Settings
from tests.gates.streaming import run as r
from tests.gates.streaming.service import service
from tests.gates.streaming.wording import judged

pytestmark = pytest.mark.anyio

PASS, WARN, FAIL, OPEN = Status.PASS, Status.WARN, Status.FAIL, Status.INCONCLUSIVE
FAST = Settings(wire_streams=2, stream_rate=100.0, alone=0.3)
STREAMING = "proxy_buffering off; gzip off;"
# The header of a good service turns the buffering of nginx off, so this one ignores it. Even so
# nginx passes on the chunks of an HTTP/1.1 upstream; it is without them that it waits.
BUFFERING = "proxy_buffering on; proxy_ignore_headers X-Accel-Buffering; proxy_http_version 1.0;"
GZIP = "gzip on; gzip_types text/event-stream; gzip_proxied any; gzip_min_length 0;"


async def test_a_good_front(tmp_path: Path) -> None:
    async with service() as one, r.nginx(tmp_path, one.url, STREAMING) as (url, _):
        settled = r.config(url, one.url)
        wire = await r.seen(WireObserver(), r.context(settled), FAST)
        heads = await r.seen(HeadsObserver(), r.context(settled), FAST)
    assert judged("effective-buffering", wire, settings=FAST).status is PASS
    front, direct = heads.plain
    assert front.header("x-accel-buffering") is None, "nginx consumes it"
    assert direct.header("x-accel-buffering") == "no"
    for name in ("compression", "headers", "http-version"):
        assert judged(name, heads).status is PASS, name


async def test_a_front_that_buffers(tmp_path: Path) -> None:
    async with service(chunked=False) as one, r.nginx(tmp_path, one.url, BUFFERING) as (url, _):
        wire = await r.seen(WireObserver(), r.context(r.config(url, one.url)), FAST)
        alone = await r.seen(WireObserver(), r.context(r.config(url)), FAST)
        heads = await r.seen(HeadsObserver(), r.context(r.config(url, one.url)), FAST)
    result = judged("effective-buffering", replace(wire, loop_lag_p99=0.0), settings=FAST)
    assert (result.status, result.reason.code) == (FAIL, "held-back")
    result = judged("effective-buffering", replace(alone, loop_lag_p99=0.0), settings=FAST)
    assert (result.status, result.reason.code) == (FAIL, "held-back-unplaced")
    assert judged("compression", heads).status is PASS


async def test_a_front_that_compresses(tmp_path: Path) -> None:
    async with service() as one, r.nginx(tmp_path, one.url, GZIP) as (url, _):
        settled = r.config(url, one.url)
        wire = await r.seen(WireObserver(), r.context(settled), FAST)
        heads = await r.seen(HeadsObserver(), r.context(settled), FAST)
    result = judged("compression", heads)
    assert (result.status, result.reason.code) == (FAIL, "compressed-by-front")
    assert result.reason.params == {"encoding": "gzip"}
    # A client that offers nothing sees nothing wrong: that is what the check is for.
    assert judged("effective-buffering", wire, settings=FAST).status is PASS
    assert judged("headers", heads).status is PASS


async def test_a_front_that_cuts_silence(tmp_path: Path) -> None:
    settings = Settings(idle_body=r.SILENT, idle_for=6.0, idle_limit=60.0, keepalive_idle=3.0)
    cutting = "proxy_buffering off; proxy_read_timeout 2s;"
    async with (
        service(silence=6.0, heartbeat=9.0) as one,
        r.nginx(tmp_path, one.url, cutting, "keepalive_timeout 1s;") as (url, _),
    ):
        part = await r.seen(IdleObserver(), r.context(r.config(url)), settings)
    result = judged("idle-stream", part, settings=settings)
    assert (result.status, result.reason.code) == (FAIL, "cut")
    assert part.connection.outcome == CLOSED
    assert judged("keep-alive", part, settings=settings).status is FAIL


async def test_everything_over_tls(tmp_path: Path) -> None:
    settings = Settings(wire_streams=2, stream_rate=100.0, alone=0.3, keepalive_idle=2.0, held=(6,))
    certificate = await r.self_signed(tmp_path)
    async with (
        service(gap=0.03) as one,
        r.nginx(tmp_path, one.url, STREAMING, certificate=certificate) as (url, _),
    ):
        settled = r.config(url, one.url)
        assert settled.target is not None
        settled = replace(settled, target=replace(settled.target, tls=Tls(ca=str(certificate))))
        wire = await r.seen(WireObserver(), r.context(settled), settings)
        heads = await r.seen(HeadsObserver(), r.context(settled), settings)
        idle = await r.seen(IdleObserver(), r.context(settled), settings)
        held = await r.seen(HeldObserver(), r.context(settled), settings)
    assert all(s.complete for s in wire.streams)
    assert judged("http-version", heads).status is PASS
    assert judged("keep-alive", idle, settings=settings).status is PASS
    assert all(s.whole for stage in held.stages for s in stage.streams)


@pytest.mark.parametrize(
    ("main", "expected"),
    [("", (PASS, "survived")), ("worker_shutdown_timeout 1s;", (FAIL, "cut"))],
    ids=["patient", "impatient"],
)
async def test_a_reload(tmp_path: Path, main: str, expected: tuple[Status, str]) -> None:
    settings = Settings(
        idle_body=r.SILENT, drill_streams=2, idle_for=3.0, drain_within=8.0, drill_timeout=10.0
    )
    async with (
        service(silence=3.0) as one,
        r.nginx(tmp_path, one.url, STREAMING, main=main) as (url, pid),
    ):
        told = replace(settings, reload_command=("kill", "-HUP", str(pid)))
        part = await r.seen(ReloadObserver(), r.context(r.config(url)), told)
    assert all(s.begun for s in part.drill.running)
    assert part.drill.witness == CONNECTION_CLOSED
    result = judged("reload", part, settings=settings)
    assert (result.status, result.reason.code) == expected
