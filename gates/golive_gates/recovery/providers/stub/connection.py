"""HTTP/1.1 on a raw connection, which can also be cut, reset and left silent.

No web framework: none of them sends half a character, or a reset in the middle of a body.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import cast

MAX_HEAD = 64 << 10
MAX_BODY = 8 << 20
IDLE = 75.0
"""Seconds that a connection may stay open without a request."""
BODY_WITHIN = 30.0

Headers = Sequence[tuple[str, str]]


class ClientGone(ConnectionError):
    """The client closed or reset the connection."""


class BadRequest(ValueError):
    """What came is not HTTP/1.1 as the stub speaks it; ``status`` says why."""

    def __init__(self, status: int) -> None:
        super().__init__(HTTPStatus(status).phrase)
        self.status = status


@dataclass(frozen=True, slots=True)
class Request:
    """One request. ``headers`` have lower-case names; ``target`` is path and query."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def keeps(self) -> bool:
        """Whether the client wants to keep the connection."""
        return self.headers.get("connection", "").lower() != "close"


class Connection(asyncio.Protocol):
    """One client's connection; *serve* is run for it. ``gone``: the client is away."""

    def __init__(self, serve: Callable[[Connection], Awaitable[None]]) -> None:
        self._serve = serve
        self._input = asyncio.StreamReader(limit=MAX_HEAD)
        self._writable = asyncio.Event()
        self._writable.set()
        self._transport: asyncio.Transport | None = None
        self.gone = asyncio.Event()
        self.busy = False
        self.ended = asyncio.Event()
        self.task: asyncio.Future[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Of ``asyncio.Protocol``."""
        self._transport = cast("asyncio.Transport", transport)
        self._input.set_transport(transport)
        self.task = asyncio.ensure_future(self._run())

    def data_received(self, data: bytes) -> None:
        """Of ``asyncio.Protocol``."""
        self._input.feed_data(data)

    def eof_received(self) -> None:
        """Of ``asyncio.Protocol``: the client is away, nobody would read the rest."""
        self.gone.set()
        self._input.feed_eof()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - its signature
        """Of ``asyncio.Protocol``."""
        self.gone.set()
        self._writable.set()
        self.ended.set()
        self._input.feed_eof()

    def pause_writing(self) -> None:
        """Of ``asyncio.Protocol``."""
        self._writable.clear()

    def resume_writing(self) -> None:
        """Of ``asyncio.Protocol``."""
        self._writable.set()

    async def read(self) -> Request | None:
        """The next request, ``None`` when no more will come. Raises ``BadRequest``."""
        try:
            async with asyncio.timeout(IDLE):
                head = await self._input.readuntil(b"\r\n\r\n")
        except asyncio.LimitOverrunError:
            raise BadRequest(431) from None
        except (asyncio.IncompleteReadError, TimeoutError, OSError):
            return None
        self.busy = True
        method, target, headers = _parsed(head)
        if headers.get("expect", "").lower() == "100-continue":
            await self.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        try:
            async with asyncio.timeout(BODY_WITHIN):
                body = await self._body(headers)
        except TimeoutError:
            raise BadRequest(408) from None
        except (asyncio.IncompleteReadError, OSError):
            return None
        return Request(method, target, headers, body)

    async def write(self, data: bytes) -> None:
        """Send, no faster than the client reads. Raises ``ClientGone``."""
        if self.gone.is_set() or self._transport is None:
            raise ClientGone
        self._transport.write(data)
        await self._writable.wait()
        if self.gone.is_set():
            raise ClientGone

    async def answer(self, status: int, headers: Headers, body: bytes, *, keep: bool) -> None:
        """A whole response. Raises ``ClientGone``."""
        await self.write(head_of(status, (*headers, ("content-length", str(len(body)))), keep=keep))
        await self.write(body)

    async def pause(self, seconds: float) -> None:
        """Wait; raises ``ClientGone`` as soon as the client leaves."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.gone.wait()
        if self.gone.is_set():
            raise ClientGone

    def close(self) -> None:
        """Close once what was written is sent."""
        if self._transport is not None:
            self._transport.close()

    def reset(self) -> None:
        """Reset: the client gets RST instead of an end (SO_LINGER with no time)."""
        if self._transport is None:
            return
        sock = self._transport.get_extra_info("socket")
        if sock is not None:
            with contextlib.suppress(OSError):
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._transport.abort()

    async def _run(self) -> None:
        try:
            await self._serve(self)
        except (ClientGone, OSError):
            pass
        finally:
            self.close()

    async def _body(self, headers: Mapping[str, str]) -> bytes:
        if "chunked" in headers.get("transfer-encoding", "").lower():
            return await self._chunks()
        length = headers.get("content-length", "0")
        if not (length.isascii() and length.isdecimal()):
            raise BadRequest(400)
        if int(length) > MAX_BODY:
            raise BadRequest(413)
        return await self._input.readexactly(int(length))

    async def _chunks(self) -> bytes:
        body = bytearray()
        while True:
            line = await self._input.readuntil(b"\r\n")
            try:
                size = int(line.partition(b";")[0], 16)
            except ValueError:
                raise BadRequest(400) from None
            if size < 0 or len(body) + size > MAX_BODY:
                raise BadRequest(413)
            if size == 0:
                while await self._input.readuntil(b"\r\n") != b"\r\n":
                    pass  # trailers
                return bytes(body)
            body += await self._input.readexactly(size)
            await self._input.readexactly(2)


def head_of(status: int, headers: Headers, *, keep: bool) -> bytes:
    """The head of a response."""
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = "Overloaded" if status == 529 else "Unknown"
    lines = [f"HTTP/1.1 {status} {phrase}", *(f"{name}: {value}" for name, value in headers)]
    lines.append(f"connection: {'keep-alive' if keep else 'close'}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")


def chunk(data: bytes) -> bytes:
    """*data* as a chunk of a chunked body; without data it is the last one."""
    return b"%x\r\n%s\r\n" % (len(data), data)


def _parsed(head: bytes) -> tuple[str, str, dict[str, str]]:
    lines = head.decode("latin-1").split("\r\n")
    words = lines[0].split(" ")
    if len(words) != 3 or not words[2].startswith("HTTP/1."):
        raise BadRequest(400)
    headers: dict[str, str] = {}
    for line in lines[1:]:
        if not line:
            continue
        name, colon, value = line.partition(":")
        if not colon or name != name.strip() or not name:
            raise BadRequest(400)
        headers[name.lower()] = value.strip()
    return words[0], words[1], headers
