"""The stub as a server: one shared port, and one of its own for each provider."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from golive_gates.recovery.providers.stub.answering import Call, Ended
from golive_gates.recovery.providers.stub.board import Board
from golive_gates.recovery.providers.stub.connection import (
    BadRequest,
    ClientGone,
    Connection,
    Request,
)
from golive_gates.recovery.providers.stub.control import ROOT, Control
from golive_gates.recovery.providers.stub.faults import Scenario
from golive_gates.recovery.providers.stub.journal import CLIENT_GONE, Journal
from golive_gates.recovery.providers.stub.script import Script
from golive_gates.recovery.providers.wire.anthropic import Anthropic
from golive_gates.recovery.providers.wire.dialect import PROVIDERS, Dialect, ProviderName, Told
from golive_gates.recovery.providers.wire.openai import OpenAI

HOST = "127.0.0.1"
LOOK = 0.25
"""Seconds between two looks whether a scenario ended by itself."""
_DIALECTS: Mapping[ProviderName, Dialect] = {"openai": OpenAI(), "anthropic": Anthropic()}
_JSON = (("content-type", "application/json"),)


class PortTaken(OSError):
    """A port is in use, or may not be used; the message names it."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Where to listen; 0 takes a free port. ``shared`` has both providers and the control API."""

    shared: int = 0
    openai: int = 0
    anthropic: int = 0

    def of(self, provider: ProviderName | None) -> int:
        """The port of *provider*, ``None`` for the shared one."""
        return {None: self.shared, "openai": self.openai, "anthropic": self.anthropic}[provider]


@dataclass(slots=True)
class _Door:
    """A port: listening, or bound and refusing."""

    provider: ProviderName | None
    sock: socket.socket
    server: asyncio.Server | None = None
    connections: set[Connection] = field(default_factory=set)

    @property
    def port(self) -> int:
        return int(self.sock.getsockname()[1])


class ProviderStub:
    """Both providers on loopback. An async context manager; raises ``PortTaken`` on entry."""

    def __init__(self, script: Script | None = None, ports: Ports | None = None) -> None:
        self.script = script or Script()
        self.journal = Journal()
        self.board = Board(time.monotonic)
        self._ports = ports or Ports()
        self._doors: dict[ProviderName | None, _Door] = {}
        self._control = Control(self)
        self._applying = asyncio.Lock()
        self._watch: asyncio.Task[None] | None = None
        for scenario in self.script.scenarios:
            self.board.put(scenario)

    async def __aenter__(self) -> Self:
        try:
            for provider in (None, *PROVIDERS):
                self._doors[provider] = _Door(provider, _bound(self._ports.of(provider)))
            await self.apply()
        except BaseException:
            await self.close()
            raise
        self._watch = asyncio.create_task(self._end_leases())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Stop listening and cut every connection."""
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
        for door in self._doors.values():
            if door.server is not None:
                door.server.close()
            door.sock.close()
            for connection in list(door.connections):
                connection.reset()
                if connection.task is not None:
                    connection.task.cancel()
                    await asyncio.gather(connection.task, return_exceptions=True)

    @property
    def url(self) -> str:
        """Address of the shared port."""
        return f"http://{HOST}:{self._doors[None].port}"

    @property
    def addresses(self) -> Mapping[ProviderName, str]:
        """Base address of each provider on its own port."""
        return {p: f"http://{HOST}:{self._doors[p].port}" for p in PROVIDERS}

    async def put(self, *scenarios: Scenario) -> None:
        """Put *scenarios* in force."""
        for scenario in scenarios:
            self.board.put(scenario)
        await self.apply()

    async def roll_back(self) -> None:
        """End every scenario."""
        self.board.clear()
        await self.apply()

    async def apply(self) -> None:
        """Listen, or refuse connections, as the board says. Raises ``PortTaken``."""
        async with self._applying:
            for provider, door in self._doors.items():
                refuses = provider is not None and self.board.refuses(provider)
                if refuses and door.server is not None:
                    self._shut(door)
                elif not refuses and door.server is None:
                    await self._open(door)

    async def _open(self, door: _Door) -> None:
        def connection() -> Connection:
            made = Connection(lambda one: self._serve(door, one))
            door.connections.add(made)
            return made

        loop = asyncio.get_running_loop()
        try:
            door.server = await loop.create_server(connection, sock=door.sock)
        except OSError as error:
            raise PortTaken(error.errno, _taken(door.port, error)) from None

    def _shut(self, door: _Door) -> None:
        """Close the listener and hold its port: bound without listening, it refuses."""
        port = door.port
        if door.server is not None:
            door.server.close()
            door.server = None
        door.sock.close()
        door.sock = _bound(port)
        for connection in list(door.connections):
            if not connection.busy:
                connection.close()

    async def _end_leases(self) -> None:
        while True:
            await asyncio.sleep(LOOK)
            with contextlib.suppress(OSError):  # tried again, and told by the control API
                await self.apply()

    async def _serve(self, door: _Door, connection: Connection) -> None:
        try:
            while (request := await self._next(connection)) is not None:
                try:
                    await self._answer(door, connection, request)
                except Ended:
                    return
                connection.busy = False
                closed = door.provider is not None and self.board.refuses(door.provider)
                if closed or not request.keeps:
                    return
        finally:
            door.connections.discard(connection)

    async def _next(self, connection: Connection) -> Request | None:
        try:
            return await connection.read()
        except BadRequest as bad:
            body = json.dumps({"detail": str(bad)}).encode()
            await connection.answer(bad.status, _JSON, body, keep=False)
            return None

    async def _answer(self, door: _Door, connection: Connection, request: Request) -> None:
        path = request.target.partition("?")[0]
        if door.provider is None and (path == ROOT or path.startswith(f"{ROOT}/")):
            status, value = await self._control.answer(request)
            body = json.dumps(value, ensure_ascii=False).encode()
            await connection.answer(status, _JSON, body, keep=request.keeps)
            return
        provider, rest = _route(door.provider, path)
        if provider is None:
            body = json.dumps({"detail": f"nothing at {path}"}).encode()
            await connection.answer(404, _JSON, body, keep=request.keeps)
            return
        await self._provide(_DIALECTS[provider], rest, connection, request)

    async def _provide(
        self, dialect: Dialect, path: str, connection: Connection, request: Request
    ) -> None:
        began = time.monotonic()
        if request.method != "POST" or path != dialect.ask_path:
            told = Told("0", "req_0", int(time.time()))
            found = request.method == "GET" and path == "/v1/models"
            value = dialect.models() if found else dialect.error(404, f"No route {path}.", told)
            headers = (*_JSON, *dialect.headers(told))
            body = json.dumps(value).encode()
            await connection.answer(200 if found else 404, headers, body, keep=request.keeps)
            return
        entry = self.journal.begin(time.time(), dialect.name, request.method, path)
        fault = self.board.take(dialect.name)
        call = Call(connection, request, dialect, self.script, fault, entry, time.monotonic)
        try:
            await call.run()
        except (ClientGone, asyncio.CancelledError):
            entry.ended = CLIENT_GONE
            raise
        finally:
            entry.took = time.monotonic() - began


def _route(own: ProviderName | None, path: str) -> tuple[ProviderName | None, str]:
    """Whose request it is, and the path below the provider's address."""
    for provider in PROVIDERS:
        if path.startswith(f"/{provider}/") and own in (None, provider):
            return provider, path.removeprefix(f"/{provider}")
    return own, path


def _bound(port: int) -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((HOST, port))
        sock.setblocking(False)
    except (OSError, OverflowError) as error:
        sock.close()
        raise PortTaken(getattr(error, "errno", None) or 0, _taken(port, error)) from None
    return sock


def _taken(port: int, error: Exception) -> str:
    return f"port {port} of {HOST} cannot be used: {getattr(error, 'strerror', None) or error}"
