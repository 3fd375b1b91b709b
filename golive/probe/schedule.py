"""Sending on an open-loop schedule: times are fixed ahead, and lateness is recorded.

A closed loop that waits for each answer before the next request hides every stall of the
target (coordinated omission). Here request *i* is due at ``start + i / rate`` whatever the
answers do; a request that leaves late, because this process or the bound on concurrency held
it back, keeps its scheduled time, and the difference is its lag.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar, cast

from golive.probe.clock import Clock

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in the schedule; *scheduled* in monotonic ns."""

    index: int
    scheduled: int


class SlotState(StrEnum):
    """``CANCELLED``: sent and cut off by an early stop. ``UNSENT``: due, but held back."""

    DONE = "done"
    CANCELLED = "cancelled"
    UNSENT = "unsent"


@dataclass(frozen=True, slots=True)
class Sample(Generic[T]):
    """What became of one slot. Times in s after *scheduled* (monotonic ns).

    *lag* is when the send began, or for an ``UNSENT`` slot how long it had waited when the run
    ended; *elapsed* is when it ended (``None`` unless ``DONE``), *value* what ``send``
    returned (the same).
    """

    index: int
    scheduled: int
    state: SlotState
    lag: float
    elapsed: float | None
    value: T | None


@dataclass(frozen=True, slots=True)
class OpenLoopRun(Generic[T]):
    """A run in the order of the schedule; slots that never came due are not in it.

    *stopped* says that the predicate ended it early. *max_in_flight* is the largest number of
    sends at once, *held_back* how many sends had to wait for one to end.
    """

    planned: int
    samples: tuple[Sample[T], ...]
    stopped: bool
    max_in_flight: int
    held_back: int

    @property
    def max_lag(self) -> float:
        """The lateness of the latest start, in s; +inf when no slot came due."""
        return max((s.lag for s in self.samples), default=math.inf)

    @property
    def values(self) -> tuple[T, ...]:
        """What the finished sends returned, in the order of the schedule."""
        return tuple(cast("T", s.value) for s in self.samples if s.state is SlotState.DONE)


async def run_open_loop(
    send: Callable[[Slot], Awaitable[T]],
    *,
    rate: float,
    count: int,
    stop: Callable[[T], bool] | None = None,
    max_in_flight: int = 20,
    clock: Clock = time.monotonic_ns,
) -> OpenLoopRun[T]:
    """Send *count* times at *rate* a second, and wait for every answer.

    *stop* is called with each result as it comes, in order of arrival, and ends the run by
    returning True: nothing more is sent and what is in flight is cancelled. Fit for curtailed
    sampling, whose decision no remaining result can change. An exception from *send* or
    *stop* cancels the rest and goes through; so does cancellation from outside. ``ValueError``
    unless *rate* > 0, *count* >= 0, *max_in_flight* >= 1.
    """
    if not (math.isfinite(rate) and rate > 0):
        msg = f"rate must be positive, got {rate}"
        raise ValueError(msg)
    if count < 0 or max_in_flight < 1:
        msg = f"need count >= 0 and max_in_flight >= 1, got {count}, {max_in_flight}"
        raise ValueError(msg)
    return await _OpenLoop(send, rate, count, stop, max_in_flight, clock).run()


@dataclass(slots=True)
class _Running(Generic[T]):
    slot: Slot
    began: int | None = None
    ended: int | None = None
    value: T | None = None


class _OpenLoop(Generic[T]):
    def __init__(
        self,
        send: Callable[[Slot], Awaitable[T]],
        rate: float,
        count: int,
        stop: Callable[[T], bool] | None,
        max_in_flight: int,
        clock: Clock,
    ) -> None:
        self._send = send
        self._step = 1e9 / rate
        self._count = count
        self._stop = stop
        self._clock = clock
        self._room = asyncio.Semaphore(max_in_flight)
        self._over = False
        self._dispatched = False
        self._wake = asyncio.Event()  # the run is over, or the last task is
        self._error: BaseException | None = None
        self._stopped = False
        self._in_flight = 0
        self._peak = 0
        self._held_back = 0
        self._running: list[_Running[T]] = []
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> OpenLoopRun[T]:
        try:
            await self._dispatch()
            self._dispatched = True
            if self._tasks:
                await self._wake.wait()
        finally:
            # Also on cancellation from outside: no send outlives the run.
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._error is not None:
            raise self._error
        end = self._clock()
        samples = tuple(_sample(running, end) for running in self._running)
        return OpenLoopRun(self._count, samples, self._stopped, self._peak, self._held_back)

    async def _dispatch(self) -> None:
        start = self._clock()
        for index in range(self._count):
            slot = Slot(index, start + round(index * self._step))
            wait = (slot.scheduled - self._clock()) / 1e9
            if wait > 0:
                await self._sleep(wait)
            elif index % 50 == 0:
                await asyncio.sleep(0)  # behind the schedule: still let the answers in
            if self._over:
                return
            running: _Running[T] = _Running(slot)
            self._running.append(running)
            task = asyncio.create_task(self._one(running))
            self._tasks.add(task)
            task.add_done_callback(self._forget)

    async def _sleep(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        except TimeoutError:
            return

    def _finish(self) -> None:
        self._over = True
        self._wake.set()

    def _forget(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if self._dispatched and not self._tasks:
            self._wake.set()

    async def _one(self, running: _Running[T]) -> None:
        self._held_back += self._room.locked()
        async with self._room:
            if self._over:
                return
            self._in_flight += 1
            self._peak = max(self._peak, self._in_flight)
            running.began = self._clock()
            try:
                value = await self._send(running.slot)
                running.ended = self._clock()
                running.value = value
                if self._stop is not None and not self._stopped and self._stop(value):
                    self._stopped = True
                    self._finish()
            except Exception as error:  # noqa: BLE001 - raised again by run
                self._error = self._error or error
                self._finish()
            finally:
                self._in_flight -= 1


def _sample(running: _Running[T], end: int) -> Sample[T]:
    due = running.slot.scheduled
    state = SlotState.DONE
    if running.ended is None:
        state = SlotState.UNSENT if running.began is None else SlotState.CANCELLED
    began = end if running.began is None else running.began
    elapsed = None if running.ended is None else (running.ended - due) / 1e9
    return Sample(running.slot.index, due, state, (began - due) / 1e9, elapsed, running.value)
