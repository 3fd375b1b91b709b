"""A server that answers as told, in threads, because the engine blocks its own."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator

from listeners import listening

from golive.probe.load import Arrival, LoadPlan, Request, RequestRecord, Schedule, run_here
from golive.probe.trace import StreamRules

RULES = StreamRules(content_events=("token",), content_field="text")
STREAM_HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
)


class Peer:
    """One connection at the server. ``number`` counts connections, ``over`` ends the test."""

    def __init__(self, sock: socket.socket, over: threading.Event, number: int) -> None:
        self.sock = sock
        self.over = over
        self.number = number

    def request(self) -> bytes:
        """The next request, head and body; empty when the client has hung up."""
        data = b""
        while b"\r\n\r\n" not in data:
            part = self.sock.recv(65536)
            if not part:
                return b""
            data += part
        head, _, body = data.partition(b"\r\n\r\n")
        for line in head.lower().split(b"\r\n"):
            if line.startswith(b"content-length:"):
                while len(body) < int(line.split(b":")[1]):
                    body += self.sock.recv(65536)
        return head + b"\r\n\r\n" + body

    def send(self, *parts: bytes) -> None:
        for part in parts:
            self.sock.sendall(part)

    def reset(self) -> None:
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()


Script = Callable[[Peer], None]


@contextlib.contextmanager
def serving(script: Script, tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """Run *script* for each connection; yields the base URL."""
    numbers = iter(range(10**6))

    def handle(sock: socket.socket, over: threading.Event) -> None:
        if tls is not None:
            with tls.wrap_socket(sock, server_side=True) as secure:
                script(Peer(secure, over, next(numbers)))
        else:
            script(Peer(sock, over, next(numbers)))

    with listening(handle) as port:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{port}/x"


def answering(*responses: bytes) -> Script:
    """Give each of *responses* to one request, over a kept connection, the last for ever."""

    def script(peer: Peer) -> None:
        count = 0
        while peer.request():
            peer.send(responses[min(count, len(responses) - 1)])
            count += 1

    return script


def closing(response: bytes) -> Script:
    """Give *response* and close."""

    def script(peer: Peer) -> None:
        peer.request()
        peer.send(response)

    return script


def plain(body: bytes = b"ok", status: str = "200 OK", headers: str = "") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{headers}\r\n".encode() + body


def chunk(text: str) -> bytes:
    data = text.encode()
    return b"%x\r\n%s\r\n" % (len(data), data)


def token(text: str) -> str:
    return f'event: token\ndata: {{"text":"{text}"}}\n\n'


def stream(*texts: str, end: str = "event: done\ndata: {}\n\n") -> bytes:
    """A whole stream, each event in a chunk of its own."""
    return STREAM_HEAD + b"".join(chunk(token(one)) for one in texts) + chunk(end) + b"0\r\n\r\n"


def once(url: str, rules: StreamRules | None = None, **more: object) -> RequestRecord:
    """The record of a single request; plan fields and request fields both in *more*."""
    of_plan = {k: more.pop(k) for k in list(more) if k in LoadPlan.__dataclass_fields__}
    method = str(more.pop("method", "GET"))
    plan = LoadPlan(
        (Request(method, url, rules=rules, **more),),  # type: ignore[arg-type]
        Schedule(Arrival.CONSTANT, 1, rate=1000),
        **of_plan,  # type: ignore[arg-type]
    )
    (record,) = run_here(plan).records
    return record


def times(url: str, count: int, **more: object) -> list[RequestRecord]:
    """The records of *count* plain requests, one after the other on one connection."""
    plan = LoadPlan(
        (Request("GET", url),),
        Schedule(Arrival.CLOSED, count, concurrency=1),
        **more,  # type: ignore[arg-type]
    )
    return list(run_here(plan).records)
