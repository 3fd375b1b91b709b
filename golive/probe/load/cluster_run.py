"""The controller's side of a cluster run: hand out, wait for ready, start, watch, stop."""

from __future__ import annotations

import asyncio
import contextlib
import time
import uuid
from collections.abc import Callable, Iterable

from golive.probe.load.cluster_clock import Ping, estimate
from golive.probe.load.cluster_host import ClusterError, this_host
from golive.probe.load.cluster_members import Cluster
from golive.probe.load.cluster_order import Answer, State
from golive.probe.load.cluster_seat import Seat, fetch
from golive.probe.load.cluster_task import control, task
from golive.probe.load.cluster_work import ORPHANED_AFTER, STOP_WITHIN

READY_WITHIN = 60.0
SILENT_AFTER = 15.0
RESULT_WITHIN = 60.0
_LOOK_EVERY = 0.1
_ASK_EVERY = 0.5
_ASK_AT_LEAST = ORPHANED_AFTER / 2
_ASK_COST = 0.01
_PINGS = 8


class Conductor:
    """Runs the parts of *seats* together, once. ``aborted`` says why they were stopped."""

    def __init__(self, cluster: Cluster, seats: list[Seat], *, abort: asyncio.Event) -> None:
        self.run = f"golive-{uuid.uuid4().hex}"
        self.seats = seats
        self.aborted = ""
        self.started_at = time.time()
        self._cluster = cluster
        self._abort = abort
        self._asks: set[asyncio.Task[None]] = set()
        self._begun = False
        self._member_trouble: float | None = None

    async def conduct(
        self,
        order: Callable[[Seat], bytes],
        start_in: float,
        deadline: float,
        report: Callable[[], None],
    ) -> None:
        """``ClusterError`` until the start is given; after that trouble lies in the seats."""
        try:
            for seat in self.seats:
                seat.pending = self._cluster.pin(seat.member, task(), order(seat))
                seat.heard = time.monotonic()
            await self._until(self._all_ready, READY_WITHIN, report)
            self._refuse_unless_ready()
            if self.aborted:
                return
            at = await self._start(start_in)
            over = at + deadline + STOP_WITHIN + RESULT_WITHIN
            await self._until(self._all_settled, over - time.monotonic(), report)
            for seat in self._open():
                seat.lost = "it gave no result in time"
        finally:
            await self._leave()

    # Start.

    def _all_ready(self) -> bool:
        return all(seat.state is State.READY for seat in self.seats) or any(
            seat.settled for seat in self.seats
        )

    def _refuse_unless_ready(self) -> None:
        """Before the start nothing was sent, so a run that is not whole need not begin."""
        if self.aborted:
            return
        for seat in self.seats:
            why = seat.lost or (seat.part.failure if seat.part else "")
            if not why and seat.state is not State.READY:
                busy = seat.state is State.UNKNOWN
                why = f"not ready in {READY_WITHIN:g} s" + (" (busy otherwise?)" if busy else "")
            if why:
                message = f"worker {seat.member.label} cannot take part: {why}"
                raise ClusterError(message, "see that each worker is idle, and try again")

    async def _start(self, start_in: float) -> float:
        here = this_host()
        for seat in self.seats:
            seat.clock = estimate(
                [await self._ping(seat) for _ in range(_PINGS)],
                shared=seat.member.host.shares_clock(here),
            )
        begin = time.monotonic() + start_in
        self.started_at = time.time() + start_in
        given = await asyncio.gather(
            *(self._give_start(seat, begin, start_in) for seat in self.seats),
            return_exceptions=True,
        )
        for seat, trouble in zip(self.seats, given, strict=True):
            if isinstance(trouble, Exception) or time.monotonic() >= begin:
                message = f"worker {seat.member.label} was not told the start in {start_in:g} s"
                raise ClusterError(message, "give more time before the start")
        self._begun = True
        return begin

    async def _give_start(self, seat: Seat, begin: float, patience: float) -> None:
        if seat.clock is None:
            raise AssertionError
        seat.start_uncertainty = seat.clock.uncertainty_at(begin)
        there = seat.clock.there(begin)
        await self._cluster.ask(
            seat.member.address, control, self.run, there, patience=patience * 0.9
        )

    async def _ping(self, seat: Seat) -> Ping:
        sent = time.monotonic()
        try:
            answer = await self._cluster.ask(seat.member.address, control, self.run)
        except (TimeoutError, OSError) as error:
            message = f"worker {seat.member.label} no longer answers: {error}"
            raise ClusterError(message, "nothing was sent; try again") from None
        received = time.monotonic()
        if not isinstance(answer, Answer):
            message = f"worker {seat.member.label} no longer answers"
            raise ClusterError(message, "nothing was sent; try again")
        return Ping(sent, answer.now, received)

    # While it runs.

    def _open(self) -> list[Seat]:
        return [seat for seat in self.seats if not seat.settled]

    def _all_settled(self) -> bool:
        return not self._open()

    async def _until(
        self, done: Callable[[], bool], seconds: float, report: Callable[[], None]
    ) -> None:
        """Look after the workers until *done*, *seconds* are over, or the abort has been obeyed."""
        over = time.monotonic() + seconds
        next_ask = 0.0
        while True:
            await self._look()
            if done():
                break
            now = time.monotonic()
            if self._abort.is_set() and not self.aborted:
                self.aborted = "stopped by the caller"
                over = now + STOP_WITHIN + RESULT_WITHIN
                next_ask = now
                if not self._begun:
                    break  # nothing was sent yet; leaving stops them
            if now >= over:
                break
            if now >= next_ask:
                # Each question is work for the one scheduler.
                next_ask = now + min(_ASK_AT_LEAST, max(_ASK_EVERY, _ASK_COST * len(self.seats)))
                self._ask_all(self.aborted)
                report()
            await self._pause(_LOOK_EVERY)
        report()

    async def _pause(self, seconds: float) -> None:
        if self._abort.is_set():
            await asyncio.sleep(seconds)
            return
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._abort.wait(), seconds)

    async def _look(self) -> None:
        """Take what is finished and notice who is gone."""
        for seat in self._open():
            await self._collect(seat)
        open_seats = self._open()
        if not open_seats:
            return
        now = time.monotonic()
        present = await self._present(now)
        for seat in open_seats:
            if present is not None and seat.member.address not in present:
                await self._collect(seat)  # it may have ended between the two looks
                seat.over = True
                if not seat.settled:
                    seat.lost = "the worker left the cluster"
            elif now - seat.heard > SILENT_AFTER:
                seat.lost = f"the worker was silent for {SILENT_AFTER:g} s"

    async def _collect(self, seat: Seat) -> None:
        """Take its part if the task is over.

        Dask waits for ever on a result whose worker is gone, so nothing here waits for that.
        """
        if seat.pending is None or seat.pending.status == "pending":
            return
        if seat.fetch is None:
            seat.over = True
            seat.fetch = asyncio.create_task(fetch(seat, seat.pending))
            self._asks.add(seat.fetch)
        await asyncio.wait({seat.fetch}, timeout=_LOOK_EVERY)

    async def _present(self, now: float) -> frozenset[str] | None:
        """The workers there are; ``None`` while the scheduler cannot be asked."""
        try:
            present = await self._cluster.addresses()
        except (TimeoutError, OSError):
            self._member_trouble = self._member_trouble or now
            gone = now - self._member_trouble > ORPHANED_AFTER
            return frozenset() if gone else None
        self._member_trouble = None
        return present

    def _ask_all(self, stop: str) -> None:
        for seat in self._open():
            if not seat.asking:
                seat.asking = True
                ask = asyncio.create_task(self._ask(seat, stop))
                self._asks.add(ask)
                ask.add_done_callback(self._asks.discard)

    async def _ask(self, seat: Seat, stop: str) -> None:
        try:
            answer = await self._cluster.ask(
                seat.member.address, control, self.run, None, stop, patience=SILENT_AFTER
            )
        except (TimeoutError, OSError):
            return
        finally:
            seat.asking = False
        if isinstance(answer, Answer):
            seat.heard = time.monotonic()
            seat.progress = answer.progress or seat.progress
            if answer.state is not State.UNKNOWN:
                seat.state = answer.state
            elif seat.state is not State.UNKNOWN:
                seat.lost = "the worker was restarted"

    # End.

    async def _leave(self) -> None:
        """Leave no engine running, whatever happened."""
        for ask in list(self._asks):
            ask.cancel()
        left = self._open()
        silent = [seat for seat in self.seats if seat.lost and not seat.over]
        why = self.aborted or "the run was given up"
        # One that is silent stops by itself, so it is not waited for long.
        stops = [self._stop(seat, why, STOP_WITHIN) for seat in left]
        await _quietly([*stops, *(self._stop(seat, why, 1.0) for seat in silent)])
        pending = [seat.pending for seat in (*left, *silent) if seat.pending is not None]
        if pending:
            await _quietly([self._cluster.drop(pending)])

    async def _stop(self, seat: Seat, why: str, seconds: float) -> None:
        """Until the worker says that its engine is over, *seconds* at most."""
        async with asyncio.timeout(seconds):
            while True:
                with contextlib.suppress(TimeoutError, OSError):
                    answer = await self._cluster.ask(
                        seat.member.address, control, self.run, None, why, patience=1.0
                    )
                    if isinstance(answer, Answer) and answer.state in (State.DONE, State.UNKNOWN):
                        return
                await asyncio.sleep(_LOOK_EVERY)


async def _quietly(works: Iterable[object]) -> None:
    await asyncio.gather(*works, return_exceptions=True)  # type: ignore[call-overload]
