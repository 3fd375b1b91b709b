"""The engine: one thread, one epoll, one schedule.

The hot path (a read that brings one event) makes no object that it does not need and reads
no clock: the time is the kernel's stamp. Work is taken in small batches, so that a request
that comes due never waits for more than one batch.
"""

from __future__ import annotations

import math
import select
import socket
import time
from collections import deque
from collections.abc import Callable

from golive.probe.load.clock import ANCILLARY_SPACE, SO_TIMESTAMPNS, STAMP, StampClock
from golive.probe.load.connection import CLOSED, CONNECTING, DRAINING, Connection
from golive.probe.load.flight import Flight, Tap
from golive.probe.load.http1 import ResponseHead
from golive.probe.load.plan import LoadPlan, Shard
from golive.probe.load.record import RequestOutcome
from golive.probe.load.secure_connection import SecureConnection
from golive.probe.load.sender import BATCH, Sender
from golive.probe.load.socket_trouble import refusal
from golive.probe.load.tally import MAX_TURNS, Tally
from golive.probe.load.template import Template
from golive.probe.load.timers import Timers
from golive.probe.load.waiting import SHORT_S, wait

OnHead = Callable[[int, float, ResponseHead], None]
Control = Callable[[], str | None]

_READ_BYTES = 1 << 15
_IN = select.EPOLLIN
_OUT = select.EPOLLOUT
_READABLE = select.EPOLLIN | select.EPOLLHUP | select.EPOLLERR
_IN_PROGRESS = frozenset({0, 115})  # EINPROGRESS


class Engine:
    """Runs one shard of a plan once. Made by ``run_here``.

    *templates* in the order of the plan's requests. *control*: called when *control_fd* is
    readable; a reason to stop, or ``None``. *tick* is called with each report of progress.
    """

    def __init__(
        self,
        plan: LoadPlan,
        shard: Shard,
        templates: list[Template],
        *,
        max_in_flight: int,
        tap: Tap | None = None,
        on_head: OnHead | None = None,
        control: tuple[int, Control] | None = None,
    ) -> None:
        self.plan = plan
        self.unique = plan.unique
        self.tap = tap
        self.clock = StampClock()
        self.tally = Tally()
        self.flights: list[Flight] = []
        self.aborted = ""
        self.templates = templates
        self._sender = Sender(plan, shard, templates, max_in_flight, self.tally, self._launch)
        self._on_head = on_head
        self._control = control
        # By descriptor. A list, for what thousands of streams touch is in no cache, and a
        # dictionary would touch two things more.
        self._connections: list[Connection | None] = []
        self._later: deque[tuple[Flight, int]] = deque()
        self._timers = Timers()
        self._epoll = select.epoll()
        self._look_at = -math.inf  # when there is something to look after

    # What connections call.

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

    # The run.

    def run(self, start: float, tick: Callable[[float], None], interval: float) -> None:
        """From *start* (monotonic s) until every request has its outcome."""
        if self._control is not None:
            self._epoll.register(self._control[0], _IN)
        # Stamping is switched on for the machine when the first socket asks, and a little
        # later than that: ask early, and hold it.
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as holder:
            if self.clock.enabled:
                holder.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
            self._turn_until_done(start, tick, interval)

    def close(self) -> None:
        """Close every connection."""
        for connection in self._open_ones():
            connection.close()
        self._epoll.close()

    def running_events(self) -> int:
        """Events that came in streams which are not over."""
        flights = (one.flight for one in self._open_ones())
        return sum(f.reader.events for f in flights if f is not None and f.reader is not None)

    def _turn_until_done(  # noqa: C901 - the loop itself, in its order
        self, start: float, tick: Callable[[float], None], interval: float
    ) -> None:
        monotonic, tally, sender = time.monotonic, self.tally, self._sender
        stop_at, tick_at = start + self.plan.deadline, start + interval
        sender.prepare(start)
        poll, note_turn = self._epoll.poll, tally.turns.append
        woken = now = monotonic()
        while True:
            if now >= self._look_at:
                if now >= stop_at:
                    self._stop(f"deadline of {self.plan.deadline:g} s reached", now)
                    return
                if now >= tick_at:
                    tick(now)
                    tick_at = now + interval
                self._look_after(now, min(stop_at, tick_at))
                now = monotonic()
            if not sender.done:
                if sender.send(now):
                    now = monotonic()
            elif not tally.in_flight and not self._draining():
                return
            if self._later:
                self._open_later(now)
                continue  # which may have failed at once
            note_turn(now - woken)
            until = min(sender.due_at, self._look_at) - now
            ready = wait(self._epoll, until, BATCH) if until < SHORT_S else poll(until, BATCH)
            woken = now = monotonic()
            if ready:
                if not self._work_off(ready, now):
                    self._stop(self.aborted, now)
                    return
                if len(tally.turns) > MAX_TURNS:
                    tally.shorten()
                now = monotonic()

    def _look_after(self, now: float, latest: float) -> None:
        """What has to be done at times, but never while an event waits for it."""
        if now >= self.clock.refresh_at:
            self.clock.refresh(now)
        self._timers.check(now)
        self._look_at = min(latest, self.clock.refresh_at, self._timers.next_at)

    def _work_off(  # noqa: C901, PLR0912 - hot path, where calls cost
        self, ready: list[tuple[int, int]], now: float
    ) -> bool:
        """False when the control says stop."""
        connections, clock, tally = self._connections, self.clock, self.tally
        unpack = STAMP.unpack
        for fd, mask in ready:
            connection = connections[fd] if fd < len(connections) else None
            if connection is None:
                if self._control is not None and fd == self._control[0]:
                    reason = self._control[1]()
                    if reason is not None:
                        self.aborted = reason
                        return False
                continue
            if mask != _IN:
                if mask & _OUT or connection.state == CONNECTING:
                    connection.writable()
                if connection.state in (CONNECTING, CLOSED) or not mask & _READABLE:
                    continue
            try:
                data, ancillary, _, _ = connection.sock.recvmsg(_READ_BYTES, ANCILLARY_SPACE)
            except BlockingIOError:
                continue
            except OSError as error:
                connection.broke(error, time.monotonic())
                continue
            tally.reads += 1
            if not data:
                connection.ended(time.monotonic())
                continue
            at = 0.0
            if ancillary:
                seconds, nanoseconds = unpack(ancillary[0][2])
                at = (seconds * 1_000_000_000 + nanoseconds + clock.offset) * 1e-9
            if not connection.last <= at <= now:
                at = self._doubt(connection, ancillary)
            connection.last = at
            reader = connection.reader
            if reader is None or not reader.take_chunk(data, at):
                connection.received(data, at)
            elif reader.over:
                connection.decided(at)
        return True

    def _doubt(self, connection: Connection, ancillary: list[tuple[int, int, bytes]]) -> float:
        """When bytes came whose stamp is absent, or later than this turn, or impossible."""
        at, stamped = self.clock.stamp(ancillary, connection.last)
        if not stamped and connection.flight is not None:
            connection.flight.unstamped += 1
        return at

    def _launch(self, flight: Flight, now: float) -> None:
        endpoint = flight.template.endpoint
        if endpoint.idle:
            connection, _ = endpoint.idle.popitem()
            connection.use(flight)
            self.arm(connection)
        elif endpoint.problem:
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
        self._epoll.register(sock, _OUT)
        self.arm(connection)

    def _open_later(self, now: float) -> None:
        for _ in range(len(self._later)):
            flight, attempt = self._later.popleft()
            self._open(flight, attempt, now)

    def _open_ones(self) -> list[Connection]:
        return [one for one in self._connections if one is not None]

    def _draining(self) -> bool:
        return any(one.state == DRAINING for one in self._open_ones())

    def _stop(self, reason: str, now: float) -> None:
        """Cut off what is under way; what was not sent stays unsent."""
        self.aborted = reason
        waiting = [flight for flight, _ in self._later]
        self._later.clear()
        for connection in self._open_ones():
            if connection.flight is not None:
                waiting.append(connection.flight)
            connection.close()
        for flight in waiting:
            flight.verdict = None
            flight.fail(RequestOutcome.UNFINISHED, reason, now)
            self.finished(flight)
        self.flights += self._sender.unsent(reason, now)
