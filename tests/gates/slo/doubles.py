"""Doubles for the tests of observers: a target that answers as told, and a run around it.

The target is a real server on loopback; only its behaviour is made up.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from golive.api import (
    Config,
    EvidenceRef,
    GenerateApi,
    Observation,
    ProjectApi,
    RunContext,
    Scope,
    ServiceEndpoint,
    Slo,
    Target,
)
from golive.config.model import Service
from golive.context import RequestBudget, Silent, SystemClock
from tests.gates.slo.parts import SLOS

Answer = bytes | Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True)
class Got:
    """One request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, object]:
        value = json.loads(self.body)
        assert isinstance(value, dict)
        return value


Handler = Callable[[Got], Answer]


@dataclass
class TargetDouble:
    """The address of the double, and what reached it."""

    url: str
    requests: list[Got] = field(default_factory=list)

    def count(self, method: str, path: str = "") -> int:
        return sum(g.method == method and g.path.startswith(path) for g in self.requests)


def answer(
    status: int = 200, body: object = None, content_type: str = "application/json", **headers: str
) -> bytes:
    """A complete response. *body*: bytes as they are, anything else as JSON."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    if status == 204:
        raw = b""
    more = "".join(f"{k.replace('_', '-')}: {v}\r\n" for k, v in headers.items())
    head = f"HTTP/1.1 {status} X\r\nContent-Type: {content_type}\r\nContent-Length: {len(raw)}\r\n"
    return (head + more + "\r\n").encode() + raw


def sse(*events: bytes, pause: float = 0.0, end: bool = True) -> Answer:
    """An event stream whose events are written one by one, *pause* seconds apart."""

    async def write(writer: asyncio.StreamWriter) -> None:
        writer.write(
            b"HTTP/1.1 200 X\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
        )
        for event in events:
            writer.write(event)
            await writer.drain()
            if pause:
                await asyncio.sleep(pause)
        if not end:
            await asyncio.Event().wait()
        writer.close()

    return write


async def hang(_: asyncio.StreamWriter) -> None:
    """Take the request and never answer."""
    await asyncio.Event().wait()


@asynccontextmanager
async def target(handler: Handler) -> AsyncIterator[TargetDouble]:
    """A server double on a free port; every connection is cut at the end."""
    double = TargetDouble("")
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            while (got := await _read(reader)) is not None:
                double.requests.append(got)
                reply = handler(got)
                if isinstance(reply, bytes):
                    writer.write(reply)
                    await writer.drain()
                else:
                    await reply(writer)
                    break
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    double.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield double
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _read(reader: asyncio.StreamReader) -> Got | None:
    head = await reader.readuntil(b"\r\n\r\n") if not reader.at_eof() else b""
    if not head:
        return None
    lines = head.decode("latin-1").split("\r\n")
    method, path, _ = lines[0].split(" ", 2)
    headers = {k.strip().lower(): v.strip() for k, _, v in (ln.partition(":") for ln in lines[1:])}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Got(method, path, headers, body)


@dataclass
class MemoryEvidence:
    """An evidence store that keeps everything in a dictionary."""

    kept: dict[str, bytes] = field(default_factory=dict)

    def add(self, name: str, content: bytes | str, media_type: str) -> EvidenceRef:
        raw = content.encode() if isinstance(content, str) else content
        self.kept[name] = raw
        return EvidenceRef(name, name, hashlib.sha256(raw).hexdigest(), len(raw), media_type)


PROJECT = ProjectApi("api", "/projects", {"projectId": "{unique}", "name": "n"})
GENERATE = GenerateApi(
    "api",
    "/generate",
    {"projectId": "{unique}", "description": "d"},
    content_field="delta",
    known_answer="hello world",
    timeout=2.0,
)


def config(
    url: str, *, slos: tuple[Slo, ...] = SLOS, target_changes: dict[str, object] | None = None
) -> Config:
    """A configuration with one service at *url*."""
    api = ServiceEndpoint("api", url, openapi="/openapi.json")
    settled: dict[str, object] = {"project_api": PROJECT, "generate_api": GENERATE}
    return Config(
        "golive/v1",
        Service("demo", "1"),
        target=Target((api,), **{**settled, **(target_changes or {})}),  # type: ignore[arg-type]
        slos=slos,
    )


def context(
    settled: Config, *, observed: Observation | None = None, seconds: float | None = None,
    budget: int = 10_000,
) -> RunContext:  # fmt: skip
    """A run's context with evidence in memory."""
    return RunContext(
        run_id="20260101-000000-abcdef",
        gate="slo",
        scope=Scope(settled, Path()),
        clock=SystemClock(),
        evidence=MemoryEvidence(),
        budget=RequestBudget(budget),
        progress=Silent(),
        headers=(("User-Agent", "golive/test (run x)"),),
        auth_headers=(("Authorization", "Bearer made-up"),),
        observed=observed or Observation(),
        deadline=None if seconds is None else time.monotonic() + seconds,
    )
