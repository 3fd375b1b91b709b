"""Waiting for readiness with more precision than epoll's milliseconds."""

from __future__ import annotations

import select

SHORT_S = 0.003
_PRECISE_S = 0.002
_SPIN_S = 0.00006
_SELECTABLE = 1024  # FD_SETSIZE


def wait(epoll: select.epoll, seconds: float, batch: int) -> list[tuple[int, int]]:
    """At most *batch* ready descriptors with their masks; none after *seconds*."""
    if seconds <= _SPIN_S:
        # Shorter than it takes to fall asleep and be woken: better look again at once.
        return epoll.poll(0, batch)
    if seconds > _PRECISE_S:
        # epoll counts whole milliseconds, rounded up: come back early and wait for the rest.
        return epoll.poll(seconds - 0.001, batch)
    number = epoll.fileno()
    if number < _SELECTABLE:
        # An epoll descriptor can be waited for itself, and select counts microseconds.
        if not select.select((number,), (), (), seconds - _SPIN_S)[0]:
            return []
        return epoll.poll(0, batch)
    return epoll.poll(0, batch)
