"""Blocking work that can be stopped: a drill that is cancelled cleans up before it is gone."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class Stopped(Exception):
    """The work was asked to stop."""


class Stop:
    """A request to stop that any thread may make, and that the work looks for now and then."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def ask(self) -> None:
        """Ask the work to stop."""
        self._event.set()

    @property
    def asked(self) -> bool:
        """Whether somebody asked."""
        return self._event.is_set()

    def check(self) -> None:
        """Raises ``Stopped`` once somebody asked."""
        if self._event.is_set():
            raise Stopped


async def in_thread(work: Callable[[Stop], T]) -> T:
    """Run *work* in a thread. When this is cancelled, the work is stopped and waited for.

    Raises what *work* raises.
    """
    stop = Stop()
    running = asyncio.ensure_future(asyncio.to_thread(work, stop))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        stop.ask()
        # Its scratch folder has to be gone before anybody believes that the drill is.
        await asyncio.wait({running})
        if not running.cancelled():
            running.exception()
        raise
