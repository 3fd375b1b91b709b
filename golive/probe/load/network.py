"""The connections of an engine: opening them, finding them again, closing them."""

from __future__ import annotations

import errno
import math
import socket
from collections import deque
from collections.abc import Callable

from golive.probe.load.clock import SO_TIMESTAMPNS, StampClock
from golive.probe.load.connection import DRAINING, Connection
from golive.probe.load.flight import Flight, Tap
from golive.probe.load.http1 import ResponseHead
from golive.probe.load.plan import LoadPlan
from golive.probe.load.readiness import EPOLLOUT, new_epoll
from golive.probe.load.record import RequestOutcome
from golive.probe.load.secure_connection import SecureConnection
from golive.probe.load.socket_trouble import refusal
from golive.probe.load.tally import Tally
from golive.probe.load.timers import Timers

OnHead = Callable[[int, float, ResponseHead], None]

_IN_PROGRESS = frozenset({0, errno.EINPROGRESS})


class Network:
    """What a ``Connection`` knows of the engine, which is made of this and a loop.

    *flights* are those that have their outcome. *opening* counts connections that do not
    stand yet, whose turn should come at once. ``LoadUnsupportedError`` without epoll.
    """

    def __init__(self, plan: LoadPlan, tap: Tap | None, on_head: OnHead | None) -> None:
        self.plan = plan
        self.unique = plan.unique
        self.tap = tap
        self.clock = StampClock()
        self.tally = Tally()
        self.flights: list[Flight] = []
        self.opening = 0
        self._on_head = on_head
        # By descriptor. A list, for what thousands of streams touch is in no cache, and a
        # dictionary would touch two things more.
        self._connections: list[Connection | None] = []
        self._later: deque[tuple[Flight, int]] = deque()
        self._timers = Timers()
        self._epoll = new_epoll()
        self._look_at = -math.inf  # when there is something to look after

    def watch(self, sock: socket.socket, mask: int) -> None:
        """Wait for *mask* on *sock* from now on."""
        self._epoll.modify(sock, mask)

    def forget(self, sock: socket.socket) -> None:
        """*sock* is about to be closed, which takes it out of the epoll too."""
        self._connections[sock.fileno()] = None

    def later(self, flight: Flight, attempt: int) -> None:
        """Open a new connection for *flight* once this batch is done."""
        self._later.append((flight, attempt))

    def arm(self, connection: Connection) -> None:
        """See that ``next_check`` of *connection* is looked at in time."""
        self._look_at = min(self._look_at, self._timers.arm(connection))

    def finished(self, flight: Flight) -> None:
        """*flight* has its outcome."""
        self.flights.append(flight)
        self.tally.finish(flight)

    def saw_head(self, flight: Flight, head: ResponseHead, at: float) -> None:
        """Tell whoever follows the heads."""
        if self._on_head is not None:
            self._on_head(flight.index, at - flight.due, head)

    def close(self) -> None:
        """Close every connection."""
        for connection in self._open_ones():
            connection.close()
        self._epoll.close()

    def running_events(self) -> int:
        """Events that came in streams which are not over."""
        flights = (one.flight for one in self._open_ones())
        return sum(f.reader.events for f in flights if f is not None and f.reader is not None)

    def _launch(self, flight: Flight, now: float) -> None:
        endpoint = flight.template.endpoint
        while endpoint.idle:
            connection, _ = endpoint.idle.popitem()
            if connection.gone():
                connection.close()
                continue
            connection.use(flight)
            self.arm(connection)
            return
        if endpoint.problem:
            flight.fail(RequestOutcome.CONNECT, endpoint.problem, now)
            self.finished(flight)
        else:
            self._open(flight, 0, now)

    def _open(self, flight: Flight, attempt: int, now: float) -> None:
        try:
            sock, address = flight.template.endpoint.open(attempt)
            if self.clock.enabled:
                sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        except OSError as error:
            flight.fail(RequestOutcome.LOCAL, f"no socket: {error.strerror or error}", now)
            self.finished(flight)
            return
        code = sock.connect_ex(address[1])
        if code not in _IN_PROGRESS:
            sock.close()
            if attempt + 1 < len(flight.template.endpoint.addresses):
                self.later(flight, attempt + 1)
                return
            flight.fail(*refusal(code), now)
            self.finished(flight)
            return
        kind = Connection if flight.template.endpoint.context is None else SecureConnection
        connection = kind(self, flight, sock, address, attempt=attempt, now=now)
        number = sock.fileno()
        if number >= len(self._connections):
            self._connections += [None] * (number + 1 - len(self._connections))
        self._connections[number] = connection
        self.opening += 1
        self._epoll.register(sock, EPOLLOUT)
        self.arm(connection)

    def _open_later(self, now: float) -> None:
        for _ in range(len(self._later)):
            flight, attempt = self._later.popleft()
            self._open(flight, attempt, now)

    def _open_ones(self) -> list[Connection]:
        return [one for one in self._connections if one is not None]

    def _draining(self) -> bool:
        return any(one.state == DRAINING for one in self._open_ones())

    def _cut_off(self, reason: str, now: float) -> None:
        """End what is under way; what is known of it by now stays its outcome."""
        self._timers.check(now)
        waiting = [flight for flight, _ in self._later]
        self._later.clear()
        for connection in self._open_ones():
            if connection.flight is not None:
                waiting.append(connection.flight)
            connection.close()
        for flight in waiting:
            flight.cut_off(reason, now)
            self.finished(flight)
