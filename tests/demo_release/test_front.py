"""nginx.conf in a real nginx: it is accepted, it streams, it refuses with 429."""

from __future__ import annotations

import asyncio
import os
import re
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx

OfKind = Callable[..., dict[str, dict[str, Any]]]
Tool = Callable[[str], str]

DEADLINE_S = 20.0


def adapted(text: str, folder: Path, port: int, project: int, generation: int) -> str:
    """The same configuration with the folder, ports and addresses of a test."""
    changes = {
        "/tmp/": f"{folder}/",  # noqa: S108 - the path in the configuration
        "error_log /dev/stderr": f"error_log {folder}/error.log",
        "access_log /dev/stdout main": f"access_log {folder}/access.log main",
        "listen 8080 default_server": f"listen 127.0.0.1:{port} default_server",
        "server project-service:8000": f"server 127.0.0.1:{project}",
        "server generation-service:8000": f"server 127.0.0.1:{generation}",
    }
    for old, new in changes.items():
        assert old in text, old
        text = text.replace(old, new)
    user = "user root;\n" if os.geteuid() == 0 else ""
    return user + text.replace("worker_processes auto", "worker_processes 1")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def write(release: Path, folder: Path, port: int, project: int, generation: int) -> Path:
    text = (release / "nginx/nginx.conf").read_text("utf-8")
    path = folder / "nginx.conf"
    path.write_text(adapted(text, folder, port, project, generation), encoding="utf-8")
    return path


def test_nginx_accepts_the_configuration(release: Path, tool: Tool, tmp_path: Path) -> None:
    path = write(release, tmp_path, 8080, 8001, 8002)
    done = subprocess.run(
        [tool("nginx"), "-t", "-e", "stderr", "-p", str(tmp_path), "-c", str(path)],
        capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "[warn]" not in done.stderr
    assert "[emerg]" not in done.stderr


def test_cluster_runs_the_same_text(release: Path, of_kind: OfKind) -> None:
    mounted = of_kind("ConfigMap")["front-nginx"]["data"]["nginx.conf"]
    assert mounted == (release / "nginx/nginx.conf").read_text("utf-8")


def test_time_limits_and_drain_fit_each_other(release: Path, of_kind: OfKind) -> None:
    text = (release / "nginx/nginx.conf").read_text("utf-8")
    shutdown = re.search(r"worker_shutdown_timeout (\d+)s;", text)
    assert shutdown
    pod = of_kind("Deployment")["front"]["spec"]["template"]["spec"]
    assert 300 < int(shutdown[1]) < pod["terminationGracePeriodSeconds"] - 15
    idle = re.findall(r"^        keepalive_timeout (\d+)s;", text, re.MULTILINE)
    assert idle == ["60", "60"]  # below the 75 s of uvicorn
    generate = text.split("location = /api/v1/generate {")[1].split("}")[0]
    for line in ("proxy_buffering off;", "gzip off;", "proxy_read_timeout 3600s;",
                 "proxy_send_timeout 3600s;", "proxy_next_upstream off;"):  # fmt: skip
        assert line in generate


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def running(nginx: str, path: Path, port: int) -> Iterator[None]:
    process = subprocess.Popen(
        [nginx, "-e", "stderr", "-p", str(path.parent), "-c", str(path), "-g", "daemon off;"],
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + DEADLINE_S
        while not _listens(port):
            assert time.monotonic() < deadline, "nginx does not listen"
            # Ends early when nginx does, which is then the failure to report.
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=0.02)
            assert process.poll() is None, (path.parent / "error.log").read_text("utf-8")
        yield
    finally:
        process.terminate()
        process.wait(timeout=10)


Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], object]


@asynccontextmanager
async def serving(handler: Handler) -> AsyncIterator[int]:
    server = await asyncio.start_server(handler, "127.0.0.1", 0)  # type: ignore[arg-type]
    async with server:
        yield server.sockets[0].getsockname()[1]


async def answer_ok(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """An HTTP/1.1 upstream that keeps its connection and says ok to everything."""
    try:
        while True:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


def test_events_pass_before_the_stream_ends(release: Path, tool: Tool, tmp_path: Path) -> None:
    async def scenario() -> list[str]:
        seen = asyncio.Event()

        async def stream(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            head = (
                b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
            )
            writer.write(head + b"data: first\n\n")
            await writer.drain()
            # The second event exists only once the client holds the first.
            await seen.wait()
            writer.write(b"data: last\n\n")
            await writer.drain()
            writer.close()

        async with serving(answer_ok) as project, serving(stream) as generation:
            port = free_port()
            path = write(release, tmp_path, port, project, generation)
            with running(tool("nginx"), path, port):
                lines: list[str] = []
                async with (
                    asyncio.timeout(DEADLINE_S),
                    httpx.AsyncClient(
                        base_url=f"http://127.0.0.1:{port}", timeout=DEADLINE_S
                    ) as client,
                    client.stream("POST", "/api/v1/generate", content=b"") as response,
                ):
                    async for line in response.aiter_lines():
                        if line:
                            lines.append(line)
                            seen.set()
                return lines

    assert asyncio.run(scenario()) == ["data: first", "data: last"]


def test_excess_is_refused_with_429_and_inner_paths_are_hidden(
    release: Path, tool: Tool, tmp_path: Path
) -> None:
    async def scenario() -> tuple[list[int], httpx.Response, list[int]]:
        async with serving(answer_ok) as project, serving(answer_ok) as generation:
            port = free_port()
            path = write(release, tmp_path, port, project, generation)
            with running(tool("nginx"), path, port):
                base = f"http://127.0.0.1:{port}"
                async with (
                    asyncio.timeout(DEADLINE_S),
                    httpx.AsyncClient(base_url=base, timeout=DEADLINE_S) as client,
                ):
                    hidden = [
                        (await client.get(p)).status_code
                        for p in ("/metrics", "/docs", "/api/v1/generate/x")
                    ]
                    ready = await client.get("/front/readyz")
                    (tmp_path / "draining").touch()
                    draining = await client.get("/front/readyz")
                    codes: list[int] = []
                    while len(codes) < 600 and 429 not in codes:
                        refused = await client.get("/api/v1/projects")
                        codes.append(refused.status_code)
        return codes, refused, [*hidden, ready.status_code, draining.status_code]

    codes, refused, others = asyncio.run(scenario())
    assert others == [404, 404, 404, 200, 503]
    assert set(codes) == {200, 429}
    assert codes.count(200) >= 400
    assert refused.headers["retry-after"] == "60"
    assert refused.headers["content-type"] == "application/json"
