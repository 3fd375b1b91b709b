"""A streaming service of our own on loopback, whose behaviour is told beforehand."""

from __future__ import annotations

import asyncio
import contextlib
import json
import math
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from tests.gates.slo.doubles import Got, _read

ANSWER = tuple(f"word{i} " for i in range(30))
KNOWN = "".join(ANSWER)


@dataclass
class Behaviour:
    """What the service does; times in s.

    ``silence``: after the first content of a body with ``"silent": true``, with a comment every
    ``heartbeat``; with ``speaks`` it lasts until that is set. ``cut_silence``: then the connection
    ends. ``limit``: streams at once, beyond it ``refusal``. ``limited``: numbers of the streams
    that meet the rate limit. ``parting``: sent before an idle connection is closed. ``padding``:
    more of every word. ``starved``: every so-manieth stream is twenty times slower.
    """

    gap: float = 0.01
    together: int = 1
    ids: bool = True
    silence: float = 0.5
    speaks: asyncio.Event | None = None
    heartbeat: float = 0.1
    cut_silence: bool = False
    keep_alive: float | None = None
    keep_alive_header: bool = False
    reset_idle: bool = False
    chunked: bool = True
    limit: int | None = None
    retry_after: bool = True
    starved: int = 0
    mixes: bool = False
    resumes: str = "continue"
    status: int = 200
    limited_first: int = 0
    limited: frozenset[int] = frozenset()
    refusal: int = 503
    ready_status: int = 200
    parting: bytes = b""
    padding: int = 0
    headers: dict[str, str] = field(
        default_factory=lambda: {
            "Content-Type": "text/event-stream; charset=utf-8",
            "Cache-Control": "no-store",
            "X-Accel-Buffering": "no",
        }
    )


@dataclass
class Service:
    """The service while it runs, and what reached it."""

    does: Behaviour
    url: str = ""
    port: int = 0
    open: int = 0
    most: int = 0
    unready: int = 0
    requests: list[Got] = field(default_factory=list)
    server: asyncio.Server | None = None
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    resting: set[asyncio.StreamWriter] = field(default_factory=set)

    @property
    def streams(self) -> list[Got]:
        return [g for g in self.requests if g.method == "POST"]

    async def listen(self, port: int = 0) -> None:
        self.server = await asyncio.start_server(self._serve, "127.0.0.1", port)
        self.port = self.server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

    async def drain(self) -> None:
        """End as a graceful service does, and be there again: streams under way go on."""
        assert self.server is not None
        self.server.close()
        for writer in self.resting:
            writer.close()
        await self.listen(self.port)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.tasks.add(task)
        try:
            while (got := await self._next(reader, writer)) is not None:
                self.requests.append(got)
                if not await self._answer(got, writer):
                    break
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _next(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Got | None:
        self.resting.add(writer)
        try:
            async with asyncio.timeout(self.does.keep_alive):
                return await _read(reader)
        except TimeoutError:
            writer.write(self.does.parting)
            if self.does.reset_idle:  # closing without lingering sends a reset
                connection = writer.get_extra_info("socket")
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                writer.transport.abort()
            return None
        finally:
            self.resting.discard(writer)

    async def _answer(self, got: Got, writer: asyncio.StreamWriter) -> bool:
        """True: the connection goes on."""
        does = self.does
        if got.method == "GET":
            said = "Keep-Alive: timeout=1\r\n" if does.keep_alive_header else ""
            self.unready += does.ready_status != 200
            head = f"HTTP/1.1 {does.ready_status} Said\r\n{said}"
            writer.write(f"{head}Content-Length: 2\r\n\r\nok".encode())
            await writer.drain()
            return True
        limited = len(self.streams) <= does.limited_first or len(self.streams) in does.limited
        if limited or does.status != 200 or (does.limit is not None and self.open >= does.limit):
            status = 429 if limited else does.refusal if does.status == 200 else does.status
            said = f"Retry-After: {0 if limited else 1}\r\n" if does.retry_after else ""
            writer.write(f"HTTP/1.1 {status} No\r\n{said}Content-Length: 0\r\n\r\n".encode())
            await writer.drain()
            return True
        self.open += 1
        self.most = max(self.most, self.open)
        try:
            return await self._stream(got, writer)
        finally:
            self.open -= 1

    async def _stream(self, got: Got, writer: asyncio.StreamWriter) -> bool:
        does = self.does
        number = len(self.streams)
        framing = {"Transfer-Encoding": "chunked"} if does.chunked else {"Connection": "close"}
        lines = [f"{k}: {v}" for k, v in {**does.headers, **framing}.items()]
        writer.write(("\r\n".join(["HTTP/1.1 200 OK", *lines]) + "\r\n\r\n").encode())
        last = got.headers.get("last-event-id")
        start = int(last) if last and does.resumes == "continue" else 0
        words = list(enumerate(ANSWER, 1))[start:]
        if does.mixes and self.open > 3 and number % 5 == 0:
            words[3], words[4] = words[4], words[3]
        gap = does.gap * (20 if does.starved and number % does.starved == 0 else 1)
        while words:
            batch, words = words[: does.together], words[does.together :]
            await self._write(writer, "".join(self._event(n, w) for n, w in batch))
            await asyncio.sleep(gap * len(batch))
            if got.json.get("silent") and len(words) == len(ANSWER) - does.together:
                await self._silence(writer)
                if does.cut_silence:
                    return False
        await self._write(writer, "event: done\ndata: {}\n\n")
        if not does.chunked:
            return False
        writer.write(b"0\r\n\r\n")
        await writer.drain()
        return True

    def _event(self, number: int, word: str) -> str:
        head = f"id: {number}\n" if self.does.ids else ""
        data = json.dumps({"delta": word + "." * self.does.padding})
        return f"{head}event: content\ndata: {data}\n\n"

    async def _silence(self, writer: asyncio.StreamWriter) -> None:
        does = self.does
        if does.speaks is not None:
            while not does.speaks.is_set():
                await asyncio.sleep(does.heartbeat)
                await self._write(writer, ": still here\n\n")
            return
        beats = math.ceil(round(does.silence / does.heartbeat, 6)) - 1
        for _ in range(beats):
            await asyncio.sleep(does.heartbeat)
            await self._write(writer, ": still here\n\n")
        await asyncio.sleep(does.silence - beats * does.heartbeat)

    async def _write(self, writer: asyncio.StreamWriter, text: str) -> None:
        raw = text.encode()
        writer.write(b"%x\r\n%s\r\n" % (len(raw), raw) if self.does.chunked else raw)
        await writer.drain()


@asynccontextmanager
async def service(**behaviour: object) -> AsyncIterator[Service]:
    """A service on a free port; every connection is cut at the end."""
    made = Service(Behaviour(**behaviour))  # type: ignore[arg-type]
    await made.listen()
    try:
        yield made
    finally:
        assert made.server is not None
        made.server.close()
        for task in made.tasks:
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*made.tasks, return_exceptions=True)
