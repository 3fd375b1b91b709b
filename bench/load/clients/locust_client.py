"""Locust's FastHttpSession in greenlets; events read line by line from the socket.

``iter_lines`` is not used: it waits for blocks of 1,024 bytes, and every stamp would be late.
"""

from __future__ import annotations

import time

import gevent  # type: ignore[import-untyped]
import locust  # type: ignore[import-not-found]
from locust.contrib.fasthttp import FastHttpSession  # type: ignore[import-not-found]
from locust.event import EventHook  # type: ignore[import-not-found]

from bench.load.clients.measure import Splitter, Tally, Task, finish, main, watch


def _session(task: Task) -> FastHttpSession:
    """One a user, as in Locust itself."""
    return FastHttpSession(
        base_url=task.base,
        request_event=EventHook(),
        user=None,
        connection_timeout=30,
        network_timeout=None,
        concurrency=1,
    )


def _stream(task: Task, tally: Tally) -> None:
    splitter = Splitter(tally)
    response = _session(task).get(task.path, stream=True)
    if response.status_code != 200:
        tally.broken += 1
        return
    tally.opened += 1
    body = response.stream
    while block := body.readline(b"\n\n"):
        splitter.feed(block)
    if splitter.done:
        tally.finished += 1
    else:
        tally.broken += 1


def _requests(task: Task, tally: Tally) -> None:
    session = _session(task)
    session.get(task.path)
    tally.opened += 1
    while session.get(task.path).status_code == 200:
        tally.requests += 1
    tally.broken += 1


def _delays(task: Task, tally: Tally) -> None:
    session = _session(task)
    for _ in range(task.count + 1):
        splitter = Splitter(tally)
        sent = time.monotonic_ns()
        body = session.get(task.path, stream=True).stream
        first = body.readline(b"\n\n")
        tally.delayed(sent, time.monotonic_ns(), first)
        splitter.feed(first)
        while block := body.readline(b"\n\n"):
            splitter.feed(block)
        tally.opened += 1
        tally.finished += splitter.done


def run(task: Task) -> None:
    """Do *task* and print the answer."""
    tally = Tally()
    if task.mode == "delay":
        _delays(task, tally)
        finish(tally, locust.__version__)
    one = _requests if task.mode == "get" else _stream
    jobs = [gevent.spawn(one, task, tally) for _ in range(task.streams)]
    if task.whole:
        tally.begin()
        tally.recording = True
    else:
        watch(task, tally, locust.__version__)
    gevent.joinall(jobs)
    tally.close()
    finish(tally, locust.__version__)


if __name__ == "__main__":
    main(run)
