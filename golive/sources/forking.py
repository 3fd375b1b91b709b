"""Work on several cores: this process forked, each fork with its share."""

from __future__ import annotations

import gc
import os
import pickle
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any


def processes(jobs: int | None = None) -> int:
    """How many processes :func:`run` may use: *jobs* or one a core, and one without fork.

    Forking is safe while there is no other thread, whose locks would stay closed for ever.
    """
    if sys.platform != "linux" or threading.active_count() > 1:
        return 1
    return max(1, jobs or len(os.sched_getaffinity(0)))


def run(tasks: Sequence[Callable[[], Any]], weights: Sequence[int], count: int) -> list[Any]:
    """The results of *tasks*, in their order, worked out by *count* processes.

    *weights*: how much work each is; the shares are made alike. What a fork does not deliver,
    because it was ended from outside, is worked out here.
    """
    shares: list[list[int]] = [[] for _ in range(max(1, count))]
    loads = [0] * len(shares)
    for number in sorted(range(len(tasks)), key=lambda n: -weights[n]):
        lightest = loads.index(min(loads))
        shares[lightest].append(number)
        loads[lightest] += weights[number] + 1
    results: dict[int, Any] = {}
    with without_collection():
        forks = [(share, *_fork(tasks, share)) for share in shares[1:] if share]
        try:
            results.update((number, tasks[number]()) for number in shares[0])
        finally:
            delivered = [(share, _collected(pid, end)) for share, pid, end in forks]
        for share, found in delivered:
            held = found if found is not None else [tasks[number]() for number in share]
            results.update(zip(share, held, strict=True))
    return [results[number] for number in range(len(tasks))]


def _fork(tasks: Sequence[Callable[[], Any]], share: list[int]) -> tuple[int, int]:
    """Process id of a fork that works on *share*, and the end of the pipe that it writes to."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        return pid, reading
    status = 1  # From here on in the fork, which never returns.
    try:
        os.close(reading)
        with os.fdopen(writing, "wb") as pipe:
            pickle.dump([tasks[number]() for number in share], pipe, pickle.HIGHEST_PROTOCOL)
        status = 0
    finally:
        # Without what a process does at its end: buffers and handlers belong to the parent.
        os._exit(status)


def _collected(pid: int, reading: int) -> list[Any] | None:
    """What the fork *pid* found; ``None`` when it did not come to its end."""
    with os.fdopen(reading, "rb") as pipe:
        content = pipe.read()
    _, status = os.waitpid(pid, 0)
    # Written by our own fork of this very process.
    return pickle.loads(content) if status == 0 else None  # noqa: S301


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
