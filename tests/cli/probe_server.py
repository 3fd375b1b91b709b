"""A loopback server whose answers are written piece by piece, each path another fault.

A double: no real service can be told to cut a stream, to write two events at once or to say
what would move a terminal's cursor.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

Writer = asyncio.StreamWriter
HEAD = (
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n"
    "X-Accel-Buffering: no\r\nTransfer-Encoding: chunked\r\n\r\n"
)
HOSTILE = "\x1b[2J\x1b]0;owned\x07[/red]\u202egnol\u202c\x9b31m"


@dataclass(slots=True)
class Server:
    """Where it listens, and what it was sent."""

    port: int = 0
    heads: list[str] = field(default_factory=list)
    bodies: list[str] = field(default_factory=list)
    asked: threading.Event = field(default_factory=threading.Event)
    release: asyncio.Event = field(default_factory=asyncio.Event)

    def url(self, path: str) -> str:
        """The address of *path*."""
        return f"http://127.0.0.1:{self.port}{path}"


@contextmanager
def probe_server() -> Iterator[Server]:
    """A running server, in a thread of its own."""
    server, loop = Server(), asyncio.new_event_loop()
    ready = threading.Event()
    tasks: set[asyncio.Task[None]] = set()

    async def answer(reader: asyncio.StreamReader, writer: Writer) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        task.add_done_callback(tasks.discard)
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while await _one(server, reader, writer):
                pass
        writer.close()

    async def serve() -> None:
        listener = await asyncio.start_server(answer, "127.0.0.1", 0)
        server.port = listener.sockets[0].getsockname()[1]
        ready.set()
        async with listener:
            await stop.wait()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    stop = asyncio.Event()
    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    assert ready.wait(10)
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(server.release.set)
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        loop.close()


async def _one(server: Server, reader: asyncio.StreamReader, writer: Writer) -> bool:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    length = next(
        (int(h[15:]) for h in head.lower().split("\r\n") if h.startswith("content-length:")), 0
    )
    body = (await reader.readexactly(length)).decode() if length else ""
    server.heads.append(head)
    server.bodies.append(body)
    server.asked.set()
    path = head.split()[1].partition("?")[0]
    handler = ANSWERS.get(path, _missing)
    return await handler(server, writer) is not False


async def chunk(writer: Writer, text: str) -> None:
    """One chunk in one write, and a moment for the other side to read it alone."""
    data = text.encode()
    writer.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
    await writer.drain()
    await asyncio.sleep(0.02)


def content(text: str, number: int | None = None) -> str:
    """An event with content."""
    ident = "" if number is None else f"id: {number}\n"
    return f"event: content\n{ident}data: {json.dumps({'delta': text})}\n\n"


DONE = "event: done\ndata: {}\n\n"


async def _stream(_: Server, writer: Writer) -> None:
    writer.write(HEAD.encode())
    await chunk(writer, "retry: 3000\n\n")
    await chunk(writer, ": hello\n\n")
    await chunk(writer, "event: status\nid: 0\ndata: thinking\n\n")
    await asyncio.sleep(0.08)
    for number, word in enumerate(("One", " two", " three"), 1):
        await chunk(writer, content(word, number))
    await chunk(writer, DONE)
    writer.write(b"0\r\n\r\n")


async def _quick(_: Server, writer: Writer) -> None:
    body = content("x").encode(), DONE.encode(), b""
    writer.write(HEAD.encode() + b"".join(b"%x\r\n%b\r\n" % (len(b), b) for b in body))
    await writer.drain()


async def _truncated(_: Server, writer: Writer) -> bool:
    writer.write(HEAD.encode())
    await chunk(writer, content("One", 1))
    return False


async def _comments(server: Server, writer: Writer) -> bool:
    writer.write(HEAD.encode())
    await chunk(writer, ": preamble\n\n")
    await chunk(writer, ": preamble\n\n")
    return False


async def _shared(_: Server, writer: Writer) -> None:
    writer.write(HEAD.encode())
    await chunk(writer, content("One", 1) + content(" two", 2) + content(" three", 3))
    await chunk(writer, DONE)
    writer.write(b"0\r\n\r\n")


async def _hostile(_: Server, writer: Writer) -> None:
    head = HEAD.replace("Cache-Control: no-store", f"Server: a\x1b[31mb{HOSTILE[:4]}")
    writer.write(head.encode("utf-8"))
    await chunk(writer, f": {HOSTILE}\n\n")
    await chunk(writer, f"event: {HOSTILE}\ndata: {HOSTILE}\n\n")
    await chunk(writer, f"event: content\nid: {HOSTILE}\ndata: {HOSTILE}\n\n")
    await chunk(writer, DONE)
    writer.write(b"0\r\n\r\n")


async def _held(server: Server, writer: Writer) -> bool:
    writer.write(HEAD.encode())
    await chunk(writer, content("One", 1))
    await server.release.wait()
    return False


async def _silent(server: Server, writer: Writer) -> bool:
    await server.release.wait()
    return False


async def _openai(_: Server, writer: Writer) -> None:
    writer.write(HEAD.encode())
    for delta in ({"role": "assistant", "content": ""}, {"content": "Hi"}, {}):
        await chunk(writer, f"data: {json.dumps({'choices': [{'delta': delta}]})}\n\n")
    await chunk(writer, "data: [DONE]\n\n")
    writer.write(b"0\r\n\r\n")


async def _echo(server: Server, writer: Writer) -> None:
    token = server.heads[-1].partition("Authorization: ")[2].split("\r\n")[0]
    writer.write(HEAD.replace("no-store", f"no-store, {token}").encode())
    await chunk(writer, f": you are {token}\n\n")
    await chunk(writer, f"event: {token}\ndata: {token.partition(' ')[2]}\n\n")
    await chunk(writer, f"event: error\ndata: no {token}\n\n")
    writer.write(b"0\r\n\r\n")


def _whole(status: str, kind: str, body: str) -> Callable[[Server, Writer], Awaitable[None]]:
    async def answer(_: Server, writer: Writer) -> None:
        writer.write(
            f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
            f"{body}".encode()
        )
        await writer.drain()

    return answer


async def _flaky(server: Server, writer: Writer) -> None:
    good = len(server.heads) % 2
    await _whole("200 OK" if good else "503 Service Unavailable", "text/plain", "ok")(
        server, writer
    )


_missing = _whole("404 Not Found", "text/plain", "nothing here")
ANSWERS: dict[str, Callable[[Server, Writer], Awaitable[bool | None]]] = {
    "/stream": _stream,
    "/quick": _quick,
    "/truncated": _truncated,
    "/comments": _comments,
    "/shared": _shared,
    "/hostile": _hostile,
    "/held": _held,
    "/silent": _silent,
    "/openai": _openai,
    "/echo": _echo,
    "/flaky": _flaky,
    "/ok": _whole("200 OK", "text/plain", "ok"),
    "/html": _whole("200 OK", "text/html", "<html><title>Sign in</title></html>"),
    "/broken": _whole("500 Internal Server Error", "text/plain", f"Traceback {HOSTILE}"),
}
