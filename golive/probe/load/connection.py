"""One TCP connection of the engine: connecting, sending, reading, waiting in the pool.

It opens no other one itself: a descriptor opened while a batch of readiness events is worked
off could take the number of one that the batch still speaks of.
"""

from __future__ import annotations

import socket
import time
from typing import TYPE_CHECKING

from golive.probe.load import stale
from golive.probe.load.endpoint import Address, Endpoint
from golive.probe.load.events import EventReader
from golive.probe.load.flight import Flight
from golive.probe.load.http1 import ResponseError, ResponseParser
from golive.probe.load.readiness import EPOLLIN, EPOLLOUT
from golive.probe.load.record import RequestOutcome
from golive.probe.load.socket_trouble import outcome_of, refusal

if TYPE_CHECKING:
    from golive.probe.load.network import Network

CONNECTING, HANDSHAKE, BUSY, IDLE, DRAINING, CLOSED = range(6)

_IN = EPOLLIN
_BOTH = EPOLLIN | EPOLLOUT


class Connection:
    """Driven by the loop; it tells the engine what became of its flight.

    *last*: when its latest bytes came, or its request left. *timer_at*: of its timer (+inf:
    none). *served*: it has carried a response before. *reader*: of a stream under way over
    plain chunks, whose reads may be single events.
    """

    direct = True  # what the socket brings is what the server sent

    __slots__ = (
        "_attempt", "_give_up", "_look", "_out", "address", "endpoint", "engine", "flight", "last",
        "parser", "reader", "served", "sock", "state", "timer_at",
    )  # fmt: skip

    def __init__(
        self,
        engine: Network,
        flight: Flight,
        sock: socket.socket,
        address: Address,
        *,
        attempt: int,
        now: float,
    ) -> None:
        self.engine = engine
        self.endpoint: Endpoint = flight.template.endpoint
        self.flight: Flight | None = flight
        self.sock = sock
        self.address = address
        self.state = CONNECTING
        self.last = now
        self.timer_at = float("inf")
        self.served = False
        self._attempt = attempt
        self._give_up = min(now + flight.template.request.connect_timeout, flight.deadline)
        self._out = b""
        self._look: stale.Look | None = None
        self.parser = ResponseParser()
        self.reader: EventReader | None = None

    def use(self, flight: Flight) -> None:
        """Send the request of *flight* over this connection, which stands and is idle."""
        self.flight = flight
        flight.reused = self.served
        template = flight.template
        self.parser.reset(bodyless=template.bodyless)
        filled = template.whole or template.fill(self.engine.unique(flight.index))
        data = self._encoded(filled)
        if self.state != IDLE:
            self.engine.opening -= 1
        self.state = BUSY
        self.last = now = time.monotonic()
        if flight.sent is None:
            flight.sent = now
        if not self._send(data) and self.served:
            # It closed this very moment, and nothing left: elsewhere is the first time.
            flight.sent, flight.reused = None, False
            self.close()
            self.engine.later(flight, 0)

    def gone(self) -> bool:
        """Whether an idle connection has an end or anything else to read: fit for no request."""
        self._look = self._look or stale.look_at(self.sock)
        return bool(self._look(0))

    def writable(self) -> None:
        """The socket can be written to, or it failed to connect."""
        if self.state == CONNECTING:
            code = self.sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if code:
                self._unreachable(code)
            elif self.flight is not None:
                self.endpoint.works(self.address)
                self.engine.watch(self.sock, _IN)
                self._established(self.flight)
        elif self._out:
            data, self._out = self._out, b""
            self._send(data)
            if not self._out:
                self.engine.watch(self.sock, _IN)

    def received(self, data: bytes, at: float) -> None:
        """*data* came at *at*."""
        flight, parser = self.flight, self.parser
        if flight is None:
            self._unasked(data)
            return
        try:
            body = parser.feed(data)
        except ResponseError as error:
            self._give_in(error.outcome, str(error), at)
            return
        if flight.headers is None and parser.head is not None:
            flight.begin_body(parser.head, at, self.engine.tap)
            self.engine.saw_head(flight, parser.head, at)
        if body and flight.take(body, at):
            self._enough(flight, at)
        elif parser.complete:
            flight.finish(at, whole=True)
            self._let_go(flight)
        elif body:
            # Between two chunks and two events, the next read may be one whole event.
            direct = self.direct and parser.between_chunks
            self.reader = flight.reader if direct else None
        else:
            self.reader = None

    def decided(self, at: float) -> None:
        """The reader has seen enough."""
        if self.flight is not None:
            self._enough(self.flight, at)

    def ended(self, now: float) -> None:
        """The server closed its side."""
        flight = self.flight
        if flight is None:
            self.close()
        elif self.state == HANDSHAKE:
            self._give_in(RequestOutcome.TLS, "connection closed during the TLS handshake", now)
        elif self.parser.started or not self._retry(flight, now):
            if not self.parser.started:
                self._give_in(RequestOutcome.RESET, "connection closed without an answer", now)
            elif self.parser.head is None:
                self._give_in(RequestOutcome.MALFORMED, "connection closed inside the head", now)
            else:
                flight.finish(now, whole=self.parser.eof() and self._closed_openly)
                self._let_go(flight)

    def broke(self, error: OSError, now: float) -> None:
        """The socket failed."""
        flight = self.flight
        if flight is None:
            self.close()
        elif self.parser.started or self.state == HANDSHAKE or not self._retry(flight, now):
            outcome = RequestOutcome.TLS if self.state == HANDSHAKE else outcome_of(error.errno)
            self._give_in(outcome, error.strerror or str(error), now)

    def next_check(self) -> float:
        """When to look whether something is overdue, in monotonic s."""
        flight = self.flight
        if self.state in (CONNECTING, HANDSHAKE, DRAINING):
            return self._give_up
        if flight is None:
            return float("inf")
        idle = flight.template.idle
        return flight.deadline if idle is None else min(flight.deadline, self.last + idle)

    def overdue(self, now: float) -> None:
        """``next_check`` has passed."""
        flight = self.flight
        if flight is None:
            self.close()
            return
        if self.state in (CONNECTING, HANDSHAKE):
            what = "connection" if self.state == CONNECTING else "TLS handshake"
            limit = flight.template.request.connect_timeout
            self._give_in(RequestOutcome.CONNECT, f"no {what} within {limit:g} s", now)
        else:
            self._give_in(RequestOutcome.TIMEOUT, flight.patience_lost(now), now)

    def close(self) -> None:
        """Close the socket and leave the loop."""
        if self.state == CLOSED:
            return
        if self.state == IDLE:
            self.endpoint.idle.pop(self, None)
        elif self.state in (CONNECTING, HANDSHAKE):
            self.engine.opening -= 1
        self.state = CLOSED
        self.flight = None
        self.engine.forget(self.sock)
        self.sock.close()

    def _established(self, flight: Flight) -> None:
        """The TCP connection stands."""
        flight.connected = time.monotonic()
        self.use(flight)

    def _encoded(self, data: bytes) -> bytes:
        """*data* as it goes over the wire."""
        return data

    @property
    def _closed_openly(self) -> bool:
        """Whether the end of the connection is known to be the end of what was sent."""
        return True

    def _send(self, data: bytes) -> bool:
        """False: the kernel would not take it. The answer, or the reason, is there to read."""
        sent = 0
        try:
            if data and not self._out:
                sent = self.sock.send(data)
        except BlockingIOError:
            pass
        except OSError:
            return False
        if sent < len(data):
            self._out += data[sent:]
            self.engine.watch(self.sock, _BOTH)
        return True

    def _unreachable(self, code: int) -> None:
        flight, attempt = self.flight, self._attempt + 1
        if flight is not None and attempt < len(self.endpoint.addresses):
            self.close()
            self.engine.later(flight, attempt)
            return
        self._give_in(*refusal(code), time.monotonic())

    def _unasked(self, data: bytes) -> None:
        """Bytes without a request: the rest of a stream that is over, or nonsense."""
        try:
            if self.state == DRAINING:
                self.parser.feed(data)
                if self.parser.complete:
                    self._rest()
                return
        except ResponseError:
            pass
        self.close()

    def _enough(self, flight: Flight, at: float) -> None:
        """The request is decided before the body has ended, or with its last bytes."""
        self.reader = None
        flight.finish(at, whole=self.parser.complete)
        reader = flight.reader
        if self.parser.complete or reader is None or reader.failure is not None:
            self._let_go(flight)
            return
        # The end of the body, and with it a connection to use again, is a moment away.
        self.flight = None
        self.state = DRAINING
        self._give_up = time.monotonic() + reader.spec.rules.drain
        self.engine.arm(self)
        self.engine.finished(flight)

    def _let_go(self, flight: Flight) -> None:
        self.flight = self.reader = None
        self._rest()
        self.engine.finished(flight)

    def _rest(self) -> None:
        """Into the pool if another request may follow, else close."""
        if self.parser.reusable and not self._out and self.engine.plan.keep_alive:
            self.served = True
            self.state = IDLE
            self.endpoint.idle[self] = None
        else:
            self.close()

    def _retry(self, flight: Flight, now: float) -> bool:
        if not self.served or flight.retried or flight.sent is None:
            return False
        method = flight.template.request.method
        if not stale.may_go_again(method, self.sock, now - flight.sent):
            return False
        flight.retried, flight.reused = True, False
        self.close()
        self.engine.later(flight, 0)
        return True

    def _give_in(self, outcome: RequestOutcome, detail: str, now: float) -> None:
        flight = self.flight
        self.close()
        if flight is not None:
            flight.fail(outcome, detail, now)
            self.engine.finished(flight)
