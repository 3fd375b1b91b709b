"""The stub as a server and as a command: ports, HTTP, signals."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from golive_gates.recovery.providers.stub.journal import MAX_MODEL
from golive_gates.recovery.providers.stub.script import Pace, Script
from golive_gates.recovery.providers.stub.serving import HOST, Ports, PortTaken
from tests.gates.recovery.provider_clients import OPENAI_SAYS, scenario, stub

PROGRAM = """
import signal, sys
from golive_gates.recovery.providers.command import provider_stub
# A job in the background starts with SIGINT ignored.
signal.signal(signal.SIGINT, signal.SIG_IGN)
sys.exit(provider_stub(port=int(sys.argv[1])))
"""


def test_a_port_that_is_taken_is_named() -> None:
    async def go(port: int) -> None:
        async with stub(ports=Ports(anthropic=port)):
            pass

    with socket.create_server((HOST, 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(PortTaken, match=f"port {port} "):
            asyncio.run(go(port))


def test_a_scenario_with_a_lease_stops_refusing_by_itself() -> None:
    async def go() -> None:
        async with stub(Script(pace=Pace(0, 0))) as one:
            await one.put(scenario("openai", "refuse", lease=0.2))
            port = int(one.addresses["openai"].rpartition(":")[2])
            with pytest.raises(ConnectionRefusedError):
                await asyncio.open_connection(HOST, port)
            while one.board.standing():  # noqa: ASYNC110 - the stub ends it by its own clock
                await asyncio.sleep(0.02)
            while True:
                try:
                    _, writer = await asyncio.open_connection(HOST, port)
                except ConnectionRefusedError:
                    await asyncio.sleep(0.02)
                    continue
                writer.close()
                return

    asyncio.run(go())


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"POST /openai/v1/chat/completions HTTP/1.1\r\ncontent-length: x\r\n\r\n", 400),
        (b"POST /x HTTP/1.1\r\ncontent-length: 99999999999\r\n\r\n", 413),
        (b"POST /x HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n", 400),
        (b"GET /x HTTP/1.1\r\nno colon\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\na: " + b"b" * 100_000 + b"\r\n\r\n", 431),
    ],
)
def test_what_is_not_http(sent: bytes, status: int) -> None:
    async def go() -> bytes:
        async with stub() as one:
            port = int(one.url.rpartition(":")[2])
            reader, writer = await asyncio.open_connection(HOST, port)
            writer.write(sent)
            line = await reader.readline()
            writer.close()
            return line

    assert asyncio.run(go()).startswith(f"HTTP/1.1 {status} ".encode())


def test_a_chunked_request_is_read() -> None:
    body = json.dumps({"model": "m", "messages": [{"role": "user", "content": "x"}]})

    async def parts() -> AsyncIterator[bytes]:
        for half in (body[:9], body[9:]):
            yield half.encode()

    async def go() -> None:
        async with stub() as one, httpx.AsyncClient(trust_env=False) as client:
            answer = await client.post(
                f"{one.url}/openai/v1/chat/completions",
                content=parts(),
                headers={"authorization": "Bearer x"},
            )
            assert answer.json()["choices"][0]["message"]["content"] == OPENAI_SAYS

    asyncio.run(go())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_command_serves_until_it_is_stopped(number: signal.Signals) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, "0"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        first = process.stdout.readline().decode().split()
        assert first[0] == "control"
        assert httpx.get(first[1], trust_env=False).json()["golive_provider_stub"] == 1
        assert process.stderr is not None
        process.send_signal(number)
        out, err = process.stdout.read(), process.stderr.read()
        process.wait(60)
    finally:
        process.kill()
    assert process.returncode == 0, err
    assert "OPENAI_BASE_URL=http://127.0.0.1:" in out.decode()
    assert b"stopped after 0 requests" in err


def test_the_command_names_a_taken_port() -> None:
    from golive.errors import UsageError
    from golive_gates.recovery.providers.command import provider_stub

    with socket.create_server((HOST, 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(UsageError, match=f"port {port} "):
            provider_stub(port=port)


def test_the_command_refuses_a_wrong_file(tmp_path: Path) -> None:
    from golive.errors import UsageError
    from golive_gates.recovery.providers.command import provider_stub

    file = tmp_path / "s.json"
    file.write_text("{", encoding="utf-8")
    with pytest.raises(UsageError, match=r"s\.json"):
        provider_stub(scenario=file)


def test_a_model_name_without_end_does_not_fill_the_journal() -> None:
    body = {"model": "m" * 100_000, "messages": [{"role": "user", "content": "x"}]}

    async def go() -> None:
        async with stub() as one, httpx.AsyncClient(trust_env=False) as client:
            url, headers = f"{one.url}/openai/v1/chat/completions", {"authorization": "Bearer x"}
            answer = await client.post(url, json=body, headers=headers)
            (entry,) = one.journal.entries()
            assert (answer.status_code, len(entry.model)) == (200, MAX_MODEL)

    asyncio.run(go())
