"""How late the event loop of this process runs: its own share in any latency it measures."""

from __future__ import annotations

import asyncio
import math
from array import array
from dataclasses import dataclass
from types import TracebackType
from typing import Self

_MAX_SAMPLES = 360_000


@dataclass(frozen=True, slots=True)
class LagReport:
    """Delay of the event loop in s. +inf for both figures when nothing was sampled.

    *p99* is by nearest rank over the first 360,000 samples (an hour at 10 ms).
    """

    samples: int
    max: float
    p99: float
    interval: float


class LagMonitor:
    """Asks the loop to wake it every *interval* s and notes how late that happens.

    Use as an async context manager; ``report`` is final after it.
    """

    def __init__(self, interval: float = 0.01) -> None:
        if not (math.isfinite(interval) and interval > 0):
            message = f"interval must be positive, got {interval}"
            raise ValueError(message)
        self._interval = interval
        self._late = array("d")
        self._count = 0
        self._max = -math.inf
        self._due = math.inf
        self._task: asyncio.Task[None] | None = None

    @property
    def report(self) -> LagReport:
        """The figures so far."""
        if not self._late:
            return LagReport(0, math.inf, math.inf, self._interval)
        ordered = sorted(self._late)
        p99 = ordered[math.ceil(0.99 * len(ordered) - 1e-9) - 1]
        return LagReport(self._count, self._max, p99, self._interval)

    async def __aenter__(self) -> Self:
        self._due = asyncio.get_running_loop().time() + self._interval
        self._task = asyncio.create_task(self._watch())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # A loop that was blocked until now has not woken the watcher yet.
        self._note(max(0.0, asyncio.get_running_loop().time() - self._due))
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})

    async def _watch(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(max(0.0, self._due - loop.time()))
            now = loop.time()
            self._note(now - self._due)
            self._due = now + self._interval

    def _note(self, late: float) -> None:
        # The loop may wake a timer early by its clock's resolution.
        late = max(0.0, late)
        self._count += 1
        self._max = max(self._max, late)
        if len(self._late) < _MAX_SAMPLES:
            self._late.append(late)
