"""Work on several cores: this process forked, all of them taking from one queue."""

from __future__ import annotations

import contextlib
import gc
import os
import pickle
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

_BATCHES = 64
"""Runs of tasks at most, so that one byte in the queue names one and its turns cost nothing."""


def processes(jobs: int | None = None) -> int:
    """How many processes :class:`Crew` may use: *jobs* or one a core, and one without fork.

    Forking is safe while there is no other thread, whose locks would stay closed for ever.
    """
    if sys.platform != "linux" or threading.active_count() > 1:
        return 1
    return max(1, jobs or len(os.sched_getaffinity(0)))


class Crew:
    """Tasks that *count* processes work on, this one among them once it asks for the results.

    The others begin at once. Whoever is free takes the next tasks, so that this process may do
    something else first. *weights*: how much work each task is. What a fork does not deliver,
    because it was ended from outside, is worked out here. Used as a context, a crew that is
    not needed any more is sent home.
    """

    def __init__(
        self, tasks: Sequence[Callable[[], Any]], weights: Sequence[int], count: int
    ) -> None:
        self._tasks = tasks
        self._batches = _batches(weights, _BATCHES) if count > 1 else [range(len(tasks))]
        self._queue, turns = os.pipe()
        # One write, and read a byte at a time: whoever reads an end finds nothing left to do.
        os.write(turns, bytes(range(len(self._batches))))
        os.close(turns)
        self._forks = [self._fork() for _ in range(min(count, len(self._batches)) - 1)]

    def results(self) -> list[Any]:
        """The results of the tasks, in their order; may be asked for once."""
        with without_collection():
            found = dict(self._turns())
            while self._forks:
                found.update(_collected(*self._forks.pop(0)))
            for number, batch in enumerate(self._batches):
                if number not in found:
                    found[number] = [self._tasks[n]() for n in batch]
        return [result for number in range(len(self._batches)) for result in found[number]]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.close(self._queue)
        while self._forks:
            pid, delivery = self._forks.pop()
            os.close(delivery)
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)

    def _turns(self) -> Iterator[tuple[int, list[Any]]]:
        """Batches from the queue with their results, until it is empty."""
        while turn := os.read(self._queue, 1):
            yield turn[0], [self._tasks[n]() for n in self._batches[turn[0]]]

    def _fork(self) -> tuple[int, int]:
        """Process id of a fork that works, and the end of the pipe that it delivers to."""
        reading, writing = os.pipe()
        pid = os.fork()
        if pid:
            os.close(writing)
            return pid, reading
        status = 1  # From here on in the fork, which never returns.
        try:
            gc.disable()
            os.close(reading)
            with os.fdopen(writing, "wb") as pipe:
                pickle.dump(list(self._turns()), pipe, pickle.HIGHEST_PROTOCOL)
            status = 0
        finally:
            # Without what a process does at its end: buffers and handlers belong to the parent.
            os._exit(status)


def run(tasks: Sequence[Callable[[], Any]], weights: Sequence[int], count: int) -> list[Any]:
    """The results of *tasks*, in their order, worked out by *count* processes (:class:`Crew`)."""
    with Crew(tasks, weights, count) as crew:
        return crew.results()


def _batches(weights: Sequence[int], most: int) -> list[range]:
    """The tasks in at most *most* runs of about the same weight."""
    share = (sum(weights) + len(weights)) / most
    batches: list[range] = []
    begin, held = 0, 0
    for number, weight in enumerate(weights):
        held += weight + 1
        if held >= share:
            batches.append(range(begin, number + 1))
            begin, held = number + 1, 0
    if begin < len(weights):
        batches.append(range(begin, len(weights)))
    return batches


def _collected(pid: int, delivery: int) -> Iterable[tuple[int, list[Any]]]:
    """What the fork *pid* found; nothing when it did not come to its end."""
    with os.fdopen(delivery, "rb") as pipe:
        content = pipe.read()
    _, status = os.waitpid(pid, 0)
    # Written by our own fork of this very process.
    return pickle.loads(content) if status == 0 else ()  # noqa: S301


@contextmanager
def without_collection() -> Iterator[None]:
    """No search for unreachable cycles meanwhile: there is much plain data, and it holds none."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
