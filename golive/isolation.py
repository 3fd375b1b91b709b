"""Run plugin code so that its crash, time-out or hang stays its own.

Each call gets a daemon thread with its own event loop. A coroutine that overruns is cancelled;
code that blocks and cannot be cancelled is abandoned, and the process can still finish.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar, cast

T = TypeVar("T")

GRACE = 3.0
"""Seconds that a cancelled coroutine has to clean up after itself."""


class TimedOut(TimeoutError):
    """The call did not finish in its time. ``hung``: it did not even answer its cancellation."""

    def __init__(self, *, hung: bool) -> None:
        super().__init__("did not stop when cancelled" if hung else "time ran out")
        self.hung = hung


class Cancelled(Exception):
    """The call was cancelled from outside (interrupt)."""


class Call(Generic[T]):
    """One isolated call. ``wait`` blocks; ``cancel`` may be called from any thread."""

    def __init__(self, work: Callable[[], Coroutine[Any, Any, T]], name: str) -> None:
        self._work = work
        self._done = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[T] | None = None
        self._lock = threading.Lock()
        self._cancelled = False
        self._value: T | None = None
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._value = asyncio.run(self._main())
        except BaseException as error:  # noqa: BLE001 - carried to the waiting thread
            self._error = error
        finally:
            self._done.set()

    async def _main(self) -> T:
        with self._lock:
            self._loop = asyncio.get_running_loop()
            task = self._task = self._loop.create_task(self._work())
            if self._cancelled:
                task.cancel()
        return await task

    def cancel(self) -> None:
        """Ask the coroutine to stop; returns at once."""
        with self._lock:
            self._cancelled = True
            if self._loop is not None and self._task is not None and not self._loop.is_closed():
                self._loop.call_soon_threadsafe(self._task.cancel)

    def wait(self, timeout: float | None) -> T:
        """The result. Raises the call's own exception, ``TimedOut`` or ``Cancelled``."""
        if not self._done.wait(timeout):
            self.cancel()
            hung = not self._done.wait(GRACE)
            raise TimedOut(hung=hung)
        if self._error is not None:
            if self._cancelled and isinstance(self._error, asyncio.CancelledError):
                raise Cancelled from self._error
            raise self._error
        return cast("T", self._value)


def call_pure(work: Callable[[], T], name: str, timeout: float) -> T:
    """Run a pure function with a time limit; see :class:`Call`."""

    async def wrapped() -> T:
        return work()

    return Call(wrapped, name).wait(timeout)
