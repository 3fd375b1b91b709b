"""Loopback servers that behave as badly as a script tells them to, byte by byte."""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
import subprocess
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

Script = bytes | Callable[["Peer"], Awaitable[None]]


class Peer:
    """One request at the server: what was asked, and the means to answer."""

    def __init__(
        self, server: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.server = server
        self.reader = reader
        self.writer = writer
        self.head = b""
        self.body = b""

    async def receive(self) -> bool:
        try:
            self.head = await self.reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            return False
        for line in self.head.lower().split(b"\r\n"):
            if line.startswith(b"content-length:"):
                self.body = await self.reader.readexactly(int(line.split(b":")[1]))
        return True

    async def send(self, data: bytes) -> None:
        self.server.sent += len(data)
        self.writer.write(data)
        await self.writer.drain()

    async def push(self, data: bytes) -> None:
        """Send, and return when the client has read (its clock was asked)."""
        self.server.seen.clear()
        await self.send(data)
        await self.server.seen.wait()

    async def gone(self) -> None:
        """Wait until the client has hung up."""
        with suppress(ConnectionError):
            while await self.reader.read(65536):
                pass

    def reset(self) -> None:
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


class Server:
    """Runs *script* for each request; ``heads`` and ``bodies`` keep what was asked."""

    def __init__(self, script: Script, *, keep_alive: bool = False) -> None:
        self.script = script
        self.keep_alive = keep_alive
        self.heads: list[str] = []
        self.bodies: list[bytes] = []
        self.connections = 0
        self.sent = 0
        self.seen = asyncio.Event()
        self.url = ""
        self.tasks: set[asyncio.Task[None]] = set()

    def clock(self) -> int:
        self.seen.set()
        return time.monotonic_ns()

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.tasks.add(task)
        self.connections += 1
        peer = Peer(self, reader, writer)
        try:
            while await peer.receive():
                self.heads.append(peer.head.decode("latin-1"))
                self.bodies.append(peer.body)
                if isinstance(self.script, bytes):
                    await peer.send(self.script)
                else:
                    await self.script(peer)
                if not self.keep_alive:
                    break
        except (ConnectionError, ssl.SSLError, asyncio.CancelledError):
            pass  # the client has gone, or the test is over
        finally:
            writer.close()
            with suppress(ConnectionError, ssl.SSLError):
                await writer.wait_closed()
            self.tasks.discard(task)


Serve = Callable[..., "AsyncIterator[Server]"]


@asynccontextmanager
async def _serve(
    script: Script, *, tls: ssl.SSLContext | None = None, keep_alive: bool = False
) -> AsyncIterator[Server]:
    double = Server(script, keep_alive=keep_alive)
    listener = await asyncio.start_server(double.handle, "127.0.0.1", 0, ssl=tls)
    port = listener.sockets[0].getsockname()[1]
    double.url = f"{'https' if tls else 'http'}://127.0.0.1:{port}/path"
    try:
        yield double
    finally:
        listener.close()
        for task in double.tasks:
            task.cancel()
        await asyncio.gather(*double.tasks, return_exceptions=True)
        await listener.wait_closed()


@pytest.fixture
def serve() -> Callable[..., object]:
    return _serve


@pytest.fixture
def free_port() -> Iterator[int]:
    """A port that refuses: bound but not listening."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        yield sock.getsockname()[1]


def _certificate(folder: Path, name: str, alternative: str) -> Path:
    path = folder / f"{name}.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
    made = subprocess.run(
        [
            *command.split(),
            *("-subj", f"/CN={name}", "-addext", f"subjectAltName={alternative}"),
            *("-keyout", str(path), "-out", str(folder / f"{name}.crt")),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, f"openssl is needed: {made.stderr}"
    path.write_text(path.read_text() + (folder / f"{name}.crt").read_text())
    return path


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Self-signed, for 127.0.0.1; key and certificate in one file."""
    return _certificate(tmp_path_factory.mktemp("tls"), "self-signed", "IP:127.0.0.1")


@pytest.fixture(scope="session")
def foreign_certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Self-signed, for another host."""
    return _certificate(tmp_path_factory.mktemp("tls"), "foreign", "DNS:elsewhere.invalid")


@pytest.fixture
def server_tls() -> Callable[[Path], ssl.SSLContext]:
    def context(path: Path) -> ssl.SSLContext:
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made.load_cert_chain(path)
        return made

    return context
