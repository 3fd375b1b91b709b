"""The engine: one thread, one epoll, one schedule.

The hot path (a read that brings one event) makes no object that it does not need and reads
no clock: the time is the kernel's stamp. Work is taken in small batches, so that a request
that comes due never waits for more than one batch.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable

from golive.probe.load.clock import ANCILLARY_SPACE, SO_TIMESTAMPNS, STAMP
from golive.probe.load.connection import CLOSED, CONNECTING, Connection
from golive.probe.load.delays import SMALLEST
from golive.probe.load.flight import Tap
from golive.probe.load.network import Network, OnHead
from golive.probe.load.plan import CROWD, LoadPlan, Shard
from golive.probe.load.readiness import EPOLLERR, EPOLLHUP, EPOLLIN, EPOLLOUT
from golive.probe.load.sender import BATCH, Sender
from golive.probe.load.tally import MAX_TURNS
from golive.probe.load.template import Template
from golive.probe.load.waiting import SHORT_S, wait

Control = Callable[[], str | None]

_READ_BYTES = 1 << 15
_IN = EPOLLIN
_OUT = EPOLLOUT
_READABLE = EPOLLIN | EPOLLHUP | EPOLLERR
_OVERSLEPT_S = 2 * SHORT_S  # a wait may be longer than it should by ``SHORT_S``


class Engine(Network):
    """Runs one shard of a plan once. Made by ``run_here``.

    *templates* in the order of the plan's requests. *control*: called when *control_fd* is
    readable; a reason to stop, or ``None``. *tick* is called with each report of progress.
    All due times are fixed when it is made. *aborted*: why it was cut short, or "".
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
        super().__init__(plan, tap, on_head)
        self.aborted = ""
        self.templates = templates
        self._sender = Sender(plan, shard, templates, max_in_flight, self.tally, self._launch)
        self._control = control

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

    def call_off(self, start: float, reason: str) -> None:
        """Instead of ``run``: nothing is sent."""
        self._sender.begin(start)
        self.stop(reason, start)

    def stop(self, reason: str, now: float) -> None:
        """Cut off what is under way; what was not sent stays unsent."""
        self.aborted = reason
        self._cut_off(reason, now)
        self.flights += self._sender.unsent(reason, now)

    def _turn_until_done(  # noqa: C901, PLR0912 - the loop itself, in its order
        self, start: float, tick: Callable[[float], None], interval: float
    ) -> None:
        monotonic, tally, sender = time.monotonic, self.tally, self._sender
        stop_at, tick_at = start + self.plan.deadline, start + interval
        sender.begin(start)
        self.clock.restart()
        poll, note_turn = self._epoll.poll, tally.turns.append
        nap = self.plan.gather_reads if self.clock.enabled and self.plan.schedule.is_open else 0.0
        busy = False
        woken = now = self._look_at = monotonic()
        going = True
        while True:
            if now >= self._look_at:
                if woken - self._look_at > _OVERSLEPT_S:
                    tally.hold_up(woken - self._look_at, self._exposed())
                if now >= stop_at:
                    self.stop(f"deadline of {self.plan.deadline:g} s reached", now)
                if now >= tick_at:
                    tick(now)
                    tick_at = now + interval
                self._look_after(now, min(stop_at, tick_at))
                now = monotonic()
            if not sender.done:
                if sender.send(now):
                    now = monotonic()
            elif not tally.in_flight:
                going = self._draining()
            look, due = max(0.0, self._look_at - now), sender.due_at - now
            if self._later:
                self._open_later(now)
                now, due = monotonic(), 0.0  # some may have failed at once
            turn = now - woken
            note_turn(turn)
            if turn > SMALLEST:
                tally.hold_up(turn, self._exposed())
            if not going:
                return
            if busy and due > nap and tally.in_flight >= CROWD and not self.opening:
                # The kernel stamps what comes meanwhile: to read it later, and more of it at
                # once, costs no accuracy and saves a wake-up an event. What is looked after
                # may wait that long: epoll's milliseconds are coarser.
                time.sleep(nap)
                due -= nap
            # Only a request that is due is worth more than epoll's precision.
            ready = poll(look, BATCH) if due > look + SHORT_S else wait(self._epoll, due, BATCH)
            slept, woken = woken, monotonic()
            now = woken
            if ready:
                busy = nap > 0 and (len(ready) > 1 or woken - slept < nap)
                if not self._work_off(ready, now):
                    self.stop(self.aborted, monotonic())
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
        """False when the control says stop; what had come with it is taken all the same."""
        connections, offset, unpack = self._connections, self.clock.offset, STAMP.unpack
        reads, second, begun = 0, -1, 0.0
        for fd, mask in ready:
            connection = connections[fd] if fd < len(connections) else None
            if connection is None:
                if self._control is not None and fd == self._control[0]:
                    reason = self._control[1]()
                    if reason is not None:
                        self.aborted = reason
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
            reads += 1
            if not data:
                connection.ended(time.monotonic())
                continue
            at = 0.0
            if ancillary:
                seconds, nanoseconds = unpack(ancillary[0][2])
                if seconds != second:  # as ``StampClock.stamp``, once for all of one second
                    second, begun = seconds, (seconds * 1_000_000_000 + offset) * 1e-9
                at = begun + nanoseconds * 1e-9
            if not connection.last <= at <= now:
                at = self._doubt(connection, ancillary)
            connection.last = at
            reader = connection.reader
            if reader is None or not reader.take_chunk(data, at):
                connection.received(data, at)
            elif reader.over:
                connection.decided(at)
        self.tally.reads += reads
        return not self.aborted

    def _doubt(self, connection: Connection, ancillary: list[tuple[int, int, bytes]]) -> float:
        """When bytes came whose stamp is absent, or later than this turn, or impossible."""
        at, stamped = self.clock.stamp(ancillary, connection.last)
        if not stamped and connection.flight is not None:
            connection.flight.unstamped += 1
        return at

    def _exposed(self) -> int:
        """How many requests a delay of the loop may have reached.

        What the kernel stamps has its time whenever it is read; a connection that stands waits
        for its request to be sent.
        """
        return self.opening if self.clock.enabled else self.tally.in_flight
