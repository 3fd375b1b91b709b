"""One request of a provider's client: read, met by the fault in force, answered."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from golive_gates.recovery.providers.stub.connection import (
    Connection,
    Request,
    chunk,
    head_of,
)
from golive_gates.recovery.providers.stub.faults import Fault
from golive_gates.recovery.providers.stub.journal import (
    COMPLETE,
    FAULT,
    MAX_MODEL,
    MAX_PROMPT,
    Entry,
)
from golive_gates.recovery.providers.stub.script import Script, pieces
from golive_gates.recovery.providers.wire.asking import Ask, Rejected
from golive_gates.recovery.providers.wire.dialect import Dialect, Told, compact

STALL = 300.0
"""Seconds after which a stall ends, if the client has not."""
BEFORE_RESET = 0.05
"""Seconds that a busy client has for reading what came before a reset."""

BETWEEN_HALVES = 0.003
"""Seconds between the two parts of a character, so that they travel in different packets."""
_JSON = ("content-type", "application/json")
_SSE = (
    ("content-type", "text/event-stream; charset=utf-8"),
    ("cache-control", "no-cache"),
    ("transfer-encoding", "chunked"),
)
_SAID = {
    400: "Invalid request.",
    401: "Incorrect API key provided.",
    403: "Your account does not have permission to use this resource.",
    404: "The model does not exist or you do not have access to it.",
    429: "Rate limit reached. Please try again later.",
    500: "The server had an error while processing your request.",
    503: "The engine is currently overloaded, please try again later.",
    529: "Overloaded",
}
_HARDSHIPS = ("slow-first-token", "split-utf8")
"""Faults under which the answer is whole all the same."""


class Ended(Exception):
    """The connection is over: by the fault, as it should be."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request on its way. ``clock``: monotonic seconds."""

    connection: Connection
    request: Request
    dialect: Dialect
    script: Script
    fault: Fault | None
    entry: Entry
    clock: Callable[[], float]

    async def run(self) -> None:
        """Answer. Raises ``Ended`` when the fault took the connection, and ``ClientGone``."""
        began = self.clock()
        told = Told(uuid.uuid4().hex[:24], f"req_{uuid.uuid4().hex}", int(self.entry.at))
        self.entry.request_id = told.request
        self.entry.fault = self.fault.label if self.fault else ""
        retry = self.request.headers.get("x-stainless-retry-count", "")
        self.entry.retry = int(retry) if retry.isascii() and retry.isdecimal() else None
        try:
            ask = self._read()
            fault = self.fault
            if fault is not None and fault.kind in ("refuse", "reset") and not fault.after_events:
                self._reset()
            if fault is not None and fault.kind == "status":
                await self._refuse(told, fault.status, fault.retry_after)
            elif ask is None:
                message = _SAID[401]
                await self._refuse(told, 401, None, message)
            elif ask.stream:
                await self._stream(ask, told, began)
            else:
                await self._whole(ask, told, began)
        except Rejected as rejected:
            await self._refuse(told, rejected.status, None, rejected.message, rejected.param)
        if self.fault is None or self.fault.kind in _HARDSHIPS:
            self.entry.ended = COMPLETE
        else:
            self.entry.ended = FAULT

    def _read(self) -> Ask | None:
        """The request, or ``None`` when it came without a key."""
        headers = self.request.headers
        if not self.dialect.authorised(headers):
            return None
        ask = self.dialect.read(headers, self.request.body)
        entry = self.entry
        entry.prompt, entry.model = ask.prompt[:MAX_PROMPT], ask.model[:MAX_MODEL]
        entry.stream = ask.stream
        entry.prompt_tokens = ask.prompt_tokens
        return ask

    async def _refuse(
        self,
        told: Told,
        status: int,
        retry_after: float | None,
        message: str = "",
        param: str | None = None,
    ) -> None:
        headers = [_JSON, *self.dialect.headers(told)]
        if retry_after is not None:
            # Whole seconds, as RFC 9110 has it, unless the scenario says otherwise.
            headers.append(("retry-after", f"{retry_after:g}"))
        body = self.dialect.error(status, message or _SAID.get(status, "Error."), told, param)
        self.entry.status = status
        await self._answer(status, headers, json.dumps(body).encode())

    async def _whole(self, ask: Ask, told: Told, began: float) -> None:
        words = pieces(self.script.answer(self.dialect.name, ask.prompt))
        fault, kind = self.fault, self.fault.kind if self.fault else ""
        await self._wait(began, 0)
        if kind == "stream-error":  # a body cannot fail half-way in JSON
            status = 529 if self.dialect.name == "anthropic" else 500
            await self._refuse(told, status, None)
            return
        if kind == "early-stop" and fault is not None:
            words = words[: fault.after_events]
        text = "".join(words)
        body = compact(self.dialect.whole(ask, told, text, len(words))).encode()
        headers = (_JSON, *self.dialect.headers(told))
        self.entry.status = 200
        if kind in ("cut", "stall", "reset"):
            length = ("content-length", str(len(body)))
            head = head_of(200, (*headers, length), keep=True)
            await self.connection.write(head + (b"" if kind == "stall" else body[: len(body) // 2]))
            await self._break(kind)
        self.entry.told, self.entry.first_content = len(words), self.clock() - began
        if kind in ("truncate", "malformed"):
            body = body[: len(body) // 2]
        if kind == "split-utf8":
            length = ("content-length", str(len(body)))
            await self.connection.write(head_of(200, (*headers, length), keep=self.request.keeps))
            for part in split(body):
                await self.connection.write(part)
                await self.connection.pause(BETWEEN_HALVES)
            return
        await self._answer(200, headers, body)

    async def _stream(self, ask: Ask, told: Told, began: float) -> None:
        entry, dialect = self.entry, self.dialect
        words = pieces(self.script.answer(dialect.name, ask.prompt))
        fault = None if self.fault is None or self.fault.kind in _HARDSHIPS else self.fault
        shown = words if fault is None else words[: fault.after_events]
        entry.status = 200
        headers = (*_SSE, *dialect.headers(told))
        await self.connection.write(head_of(200, headers, keep=self.request.keeps))
        for frame in dialect.opening(ask, told):
            await self.connection.write(chunk(frame))
        split_up = self.fault is not None and self.fault.kind == "split-utf8"
        for number, word in enumerate(shown):
            await self._wait(began, number)
            await self._frame(dialect.content(ask, told, word), whole=not split_up)
            entry.told += 1
            if entry.first_content is None:
                entry.first_content = self.clock() - began
        closing = dialect.closing(ask, told, entry.told)
        if fault is not None:
            await self._wait(began, entry.told)
            closing = await self._strike(fault.kind, told, closing)
        for frame in closing:
            await self.connection.write(chunk(frame))
        await self.connection.write(chunk(b""))

    async def _strike(self, kind: str, told: Told, closing: list[bytes]) -> list[bytes]:
        """The fault in the middle of a stream; the frames that still follow."""
        if kind in ("cut", "stall", "reset"):
            await self._break(kind)
        if kind == "malformed":
            await self.connection.write(chunk(self.dialect.malformed()))
        if kind == "stream-error":
            return [self.dialect.stream_error(told)]
        return [] if kind == "truncate" else closing

    async def _frame(self, frame: bytes, *, whole: bool) -> None:
        if whole:
            await self.connection.write(chunk(frame))
            return
        for part in split(frame):
            await self.connection.write(chunk(part))
            await self.connection.pause(BETWEEN_HALVES)

    async def _wait(self, began: float, number: int) -> None:
        """Until piece *number* is due; counted from the request, so that pauses do not add up."""
        pace = self.script.pace
        due = began + pace.first_token + number * pace.gap
        if self.fault is not None and self.fault.kind == "slow-first-token":
            due += self.fault.delay
        await self.connection.pause(max(0.0, due - self.clock()))

    async def _break(self, kind: str) -> None:
        """End the connection in the middle of a body."""
        if kind == "stall":
            await self.connection.pause(STALL)
        if kind == "reset":
            # What was written has to be read before the reset, which would throw it away.
            await self.connection.pause(BEFORE_RESET)
            self._reset()
        self.entry.ended = FAULT
        self.connection.close()
        raise Ended

    def _reset(self) -> None:
        self.entry.ended = FAULT
        self.connection.reset()
        raise Ended

    async def _answer(
        self, status: int, headers: list[tuple[str, str]] | tuple[tuple[str, str], ...], body: bytes
    ) -> None:
        await self.connection.answer(status, headers, body, keep=self.request.keeps)


def split(data: bytes) -> list[bytes]:
    """*data* in parts that end inside characters, wherever there is one of several bytes."""
    parts, start = [], 0
    for place, byte in enumerate(data):
        if byte >= 0xC0:  # the first byte of a character of several
            parts.append(data[start : place + 1])
            start = place + 1
    parts.append(data[start:])
    return [part for part in parts if part]
