"""The run that the asyncio clients share: open the streams, wait, measure a window.

``loop=uvloop`` runs them on uvloop's event loop instead of asyncio's own.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from importlib import metadata
from typing import NoReturn, Protocol

from bench.load.clients.measure import Splitter, Tally, Task, finish, watch


class Peer(Protocol):
    """A client library, reduced to the two things that are measured."""

    version: str

    def session(self) -> AbstractAsyncContextManager[None]:
        """Whatever the library wants open around the requests."""

    def stream(self, url: str) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """An answer whose status is 200; its body as the library hands it over, undelayed."""

    async def get(self, url: str) -> None:
        """A plain request, its body read."""


def run(peer: Peer, task: Task) -> NoReturn:
    """Do *task* with *peer* on the loop of the command line, print the answer and leave."""
    if "loop=uvloop" in sys.argv[1:]:
        import uvloop  # there is none for some systems

        version = f"{peer.version}, uvloop {metadata.version('uvloop')}"
        uvloop.run(_run(peer, task, version))
    asyncio.run(_run(peer, task, peer.version))
    raise RuntimeError("the run did not end by itself")


async def _run(peer: Peer, task: Task, version: str) -> NoReturn:
    tally = Tally()
    async with peer.session():
        if task.mode == "delay":
            await _delays(peer, task, tally)
        else:
            await _many(peer, task, tally, version)
        finish(tally, version)


async def _many(peer: Peer, task: Task, tally: Tally, version: str) -> None:
    one = _requests if task.mode == "get" else _stream
    jobs = [asyncio.create_task(one(peer, task, tally)) for _ in range(task.streams)]
    if task.whole:
        tally.begin()
        tally.recording = True
    else:
        watch(task, tally, version)
    await asyncio.gather(*jobs)
    tally.close()


async def _stream(peer: Peer, task: Task, tally: Tally) -> None:
    splitter = Splitter(tally)
    try:
        async with peer.stream(task.url) as chunks:
            tally.opened += 1
            async for chunk in chunks:
                splitter.feed(chunk)
    except (OSError, RuntimeError):
        tally.broken += 1
        return
    if splitter.done:
        tally.finished += 1
    else:
        tally.broken += 1


async def _requests(peer: Peer, task: Task, tally: Tally) -> None:
    try:
        await peer.get(task.url)
        tally.opened += 1
        while True:
            await peer.get(task.url)
            tally.requests += 1
    except (OSError, RuntimeError):
        tally.broken += 1


async def _delays(peer: Peer, task: Task, tally: Tally) -> None:
    for _ in range(task.count + 1):
        splitter = Splitter(tally)
        content = False
        sent = time.monotonic_ns()
        async with peer.stream(task.url) as chunks:
            async for chunk in chunks:
                at = time.monotonic_ns()
                splitter.feed(chunk)
                if not content and tally.events:
                    content = True
                    tally.delayed(sent, at, chunk)
        tally.events = 0
        tally.opened += 1
        tally.finished += splitter.done
