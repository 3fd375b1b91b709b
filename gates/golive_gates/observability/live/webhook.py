"""A webhook receiver on loopback that waits for one alert. I/O."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Self

from golive.sanitize import clean
from golive_gates.observability.live.drill_parts import DRILL_LABEL

MOST_BYTES = 4 * 1024 * 1024
MOST_AT_ONCE = 32
PATIENCE = 10.0
"""Seconds that one request may take to arrive."""
MOST_KEPT = 50


class Webhook:
    """Listens while it is entered, and answers every notification with 200.

    Use as an async context manager; entering raises ``OSError`` where the address is taken.
    ``address``: where it listens. ``notes``: what arrived, for the evidence.
    """

    def __init__(self, host: str, port: int, drill: str) -> None:
        self.address = f"{host}:{port}"
        self.notes: list[Mapping[str, object]] = []
        self._where = (host, port)
        self._drill = drill
        self._seen: dict[str, tuple[str, float]] = {}
        self._news = asyncio.Condition()
        self._open: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        host, port = self._where
        self._server = await asyncio.start_server(self._serve, host, port)
        bound = self._server.sockets[0].getsockname()
        self.address = f"{host}:{bound[1]}"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._server is not None:
            self._server.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def arrival(self, status: str, within: float) -> tuple[str, float] | None:
        """Receiver and monotonic time of the drill's first *status* notification.

        *status*: ``firing`` or ``resolved``. ``None`` if none came *within* so many seconds.
        """
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within), self._news:
                await self._news.wait_for(lambda: status in self._seen)
        return self._seen.get(status)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a server calls this in a task of its own
        self._open.add(task)
        try:
            status = "503 Busy"
            if len(self._open) <= MOST_AT_ONCE:
                async with asyncio.timeout(PATIENCE):
                    status = await self._take(reader)
            writer.write(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n".encode())
            writer.write(b"Connection: close\r\n\r\n")
            await writer.drain()
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # whoever sent half a request gets no answer; a drill that is over neither
        finally:
            self._open.discard(task)
            writer.close()

    async def _take(self, reader: asyncio.StreamReader) -> str:
        """Read one request; the status line of its answer."""
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        except asyncio.LimitOverrunError:
            return "431 Too Large"
        fields = {k.strip().lower(): v.strip() for k, _, v in (h.partition(":") for h in head[1:])}
        length = fields.get("content-length", "")
        if not head[0].startswith("POST "):
            return "405 Method Not Allowed"
        if not length.isdecimal():
            return "411 Length Required"
        if int(length) > MOST_BYTES:
            return "413 Too Large"
        body = await reader.readexactly(int(length))
        try:
            data = json.loads(body)
        except (ValueError, RecursionError):
            return "400 Bad Request"
        if not isinstance(data, Mapping):
            return "400 Bad Request"
        await self._note(data)
        return "200 OK"

    async def _note(self, data: Mapping[str, object]) -> None:
        """Keep *data* if it is about the drill; alerts of others are none of its business."""
        now = time.monotonic()
        receiver = clean(str(data.get("receiver", "")))
        for alert in _alerts(data):
            labels = alert.get("labels")
            if not isinstance(labels, Mapping) or labels.get(DRILL_LABEL) != self._drill:
                continue
            status = str(alert.get("status", ""))
            if len(self.notes) < MOST_KEPT:
                self.notes.append({"receiver": receiver, "status": clean(status)})
            async with self._news:
                self._seen.setdefault(status, (receiver, now))
                self._news.notify_all()


def _alerts(data: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    found = data.get("alerts")
    for item in found if isinstance(found, list) else ():
        if isinstance(item, Mapping):
            yield item
