"""The kernel's readiness interface, named so that a platform without it can still import."""

from __future__ import annotations

import select

# The values of Linux (uapi/linux/eventpoll.h) where the module has none: never used there.
EPOLLIN: int = getattr(select, "EPOLLIN", 0x001)
EPOLLOUT: int = getattr(select, "EPOLLOUT", 0x004)
EPOLLERR: int = getattr(select, "EPOLLERR", 0x008)
EPOLLHUP: int = getattr(select, "EPOLLHUP", 0x010)


class LoadUnsupportedError(Exception):
    """This platform cannot carry a load run. ``hint`` says what to do next."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


def require_epoll() -> None:
    """``LoadUnsupportedError`` where there is no epoll."""
    if not hasattr(select, "epoll"):
        raise LoadUnsupportedError(
            "the load engine needs epoll, which this platform does not have",
            "run it on Linux, or in a Linux container",
        )


def new_epoll() -> select.epoll:
    """A new epoll. ``LoadUnsupportedError`` where there is none."""
    require_epoll()
    return select.epoll()
