"""Run plugin code so that its crash, time-out or hang stays its own.

Each call gets a daemon thread with its own event loop. A coroutine that overruns is cancelled;
code that blocks and cannot be cancelled is abandoned, and the process can still finish.
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, ParamSpec, TypeVar, cast

from golive.errors import describe

T = TypeVar("T")
P = ParamSpec("P")

GRACE = 8.0
"""Seconds that a cancelled coroutine has to clean up after itself."""

THREADS = 32
"""Blocking calls that one coroutine may have under way (``asyncio.to_thread``)."""


class TimedOut(TimeoutError):
    """The call did not finish in its time. ``hung``: it did not even answer its cancellation."""

    def __init__(self, *, hung: bool) -> None:
        super().__init__("did not stop when cancelled" if hung else "time ran out")
        self.hung = hung


class Cancelled(Exception):
    """The call was cancelled from outside (interrupt). ``hung`` as in :class:`TimedOut`."""

    def __init__(self, *, hung: bool) -> None:
        super().__init__("did not stop when cancelled" if hung else "cancelled")
        self.hung = hung


class Escaped(RuntimeError):
    """The call raised what would end a process or a task: ``SystemExit`` and its like."""


def _escaped(error: BaseException) -> Escaped:
    return Escaped(describe(error))


class Call(Generic[T]):
    """One isolated call. ``wait`` blocks; ``cancel`` may be called from any thread.

    What a call returns after it was cancelled is dropped: nobody knows what it left out.
    """

    def __init__(self, work: Callable[[], Awaitable[T]], name: str) -> None:
        self._work = work
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._gone = threading.Event()
        self._answered = False
        self._cancelled = False
        self._late = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[T] | None = None
        self._value: T | None = None
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def cancel(self) -> None:
        """Ask the coroutine to stop, once; returns at once.

        A second request would cut off the clean-up that the first one set going.
        """
        with self._lock:
            if self._cancelled:
                return
            self._cancelled = True
            if self._loop is not None and self._task is not None:
                # The loop may close at any moment; then there is nothing left to cancel.
                with contextlib.suppress(RuntimeError):
                    self._loop.call_soon_threadsafe(self._task.cancel)
        self._wake.set()

    def wait(self, timeout: float) -> T:
        """The result. Raises the call's own exception, ``TimedOut``, ``Cancelled``, ``Escaped``."""
        self._wake.wait(timeout)
        with self._lock:
            answered, interrupted = self._answered and not self._late, self._cancelled
        if not answered:
            self.cancel()
            hung = not self._gone.wait(GRACE)
            if interrupted:
                raise Cancelled(hung=hung)
            raise TimedOut(hung=hung)
        # What it left behind (tasks, threads) may still be stopping; the answer is there.
        self._gone.wait(GRACE)
        if self._error is None:
            return cast("T", self._value)
        if isinstance(self._error, Exception):
            raise self._error
        raise _escaped(self._error) from self._error

    def _run(self) -> None:
        threads = _Threads()
        try:
            asyncio.run(self._main(threads))
        except BaseException as error:  # noqa: BLE001 - carried to the waiting thread
            self._answer(None, error)
        threads.join()
        self._gone.set()

    async def _main(self, threads: _Threads) -> None:
        loop = asyncio.get_running_loop()
        loop.set_default_executor(threads)
        task = loop.create_task(self._begin())
        with self._lock:
            self._loop, self._task = loop, task
            if self._cancelled:
                task.cancel()
        try:
            value = await task
        except BaseException as error:  # noqa: BLE001 - carried to the waiting thread
            self._answer(None, error)
        else:
            self._answer(value, None)

    async def _begin(self) -> T:
        try:
            made: object = self._work()  # A plugin's function may not be a coroutine at all.
            if not inspect.isawaitable(made):
                msg = f"a coroutine was expected, not {type(made).__name__}"
                raise TypeError(msg)
            return await cast("Awaitable[T]", made)
        except (Exception, asyncio.CancelledError):
            raise
        except BaseException as error:
            raise _escaped(error) from error

    def _answer(self, value: T | None, error: BaseException | None) -> None:
        with self._lock:
            if not self._answered:
                self._answered, self._late = True, self._cancelled
                self._value, self._error = value, error
        self._wake.set()


def call_pure(work: Callable[[], T], name: str, timeout: float) -> T:
    """Run a pure function with a time limit; see :class:`Call`."""

    async def wrapped() -> T:
        return work()

    return Call(wrapped, name).wait(timeout)


class _Threads(ThreadPoolExecutor):
    """Runs what a coroutine hands to a thread, in daemon threads.

    The interpreter joins the threads of a plain executor when it exits, so one blocked call
    would keep the whole process alive.
    """

    def __init__(self) -> None:
        super().__init__(max_workers=1)  # which starts none before its own ``submit``
        self._slots = threading.BoundedSemaphore(THREADS)
        self._started: list[threading.Thread] = []

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        future: Future[T] = Future()

        def work() -> None:
            with self._slots:
                if not future.set_running_or_notify_cancel():
                    return
                try:
                    result = fn(*args, **kwargs)
                except BaseException as error:  # noqa: BLE001 - carried by the future
                    future.set_exception(error)
                else:
                    future.set_result(result)

        thread = threading.Thread(target=work, name="blocking call", daemon=True)
        self._started = [*(t for t in self._started if t.is_alive()), thread]
        thread.start()
        return future

    def join(self) -> None:
        """Wait for every call that was handed over."""
        for thread in self._started:
            thread.join()
