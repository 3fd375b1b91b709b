"""Kernel receive time stamps, brought to the monotonic clock.

``SO_TIMESTAMPNS`` stamps each packet with the realtime clock when it reaches the socket,
before any process wakes. Realtime drifts and can be stepped, so the difference to the
monotonic clock is read again and again, and a stamp that cannot be true is not used.
"""

from __future__ import annotations

import socket
import struct
import sys
import time

# Not in the socket module before Python 3.14; the generic Linux value (asm-generic/socket.h).
SO_TIMESTAMPNS = 35
ANCILLARY_SPACE = socket.CMSG_SPACE(16) if hasattr(socket, "CMSG_SPACE") else 0
REFRESH_S = 0.02
STAMP = struct.Struct("qq")  # seconds and nanoseconds of the realtime clock
_STEP_NS = 1_000_000
_SLEW = 0.0005  # as fast as the kernel lets a clock drift on purpose (adjtimex)


def stamps_available() -> bool:
    """Whether this platform stamps what a socket receives, in the layout known here."""
    if sys.platform != "linux" or sys.maxsize < 2**32:
        return False
    try:
        with socket.socket() as sock:
            sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
    except OSError:
        return False
    return True


def clock_offset() -> int:
    """Monotonic minus realtime, in ns: of three readings the one least disturbed."""
    best, width = 0, 1 << 62
    for _ in range(3):
        before = time.monotonic_ns()
        real = time.time_ns()
        after = time.monotonic_ns()
        if after - before < width:
            width, best = after - before, (before + after) // 2 - real
    return best


class StampClock:
    """Turns stamps into monotonic seconds. One a loop; not for sharing between threads.

    *steps* counts jumps of the realtime clock, *step_max* is the longest of them in s;
    *unstamped* counts the reads timed by clock instead. A stamp taken between a jump and the
    next refresh may be wrong by that jump.
    """

    __slots__ = ("_refreshed", "enabled", "offset", "refresh_at", "step_max", "steps", "unstamped")

    def __init__(self) -> None:
        self.enabled = stamps_available()
        self.steps = 0
        self.step_max = 0.0
        self.unstamped = 0
        self.restart()

    def restart(self) -> None:
        """Read the difference of the clocks for the first time that counts."""
        self.offset = clock_offset()
        self._refreshed = time.monotonic()
        self.refresh_at = self._refreshed + REFRESH_S

    def refresh(self, now: float) -> None:
        """Read the difference of the clocks again."""
        offset = clock_offset()
        moved = abs(offset - self.offset)
        if moved > _STEP_NS + _SLEW * 1e9 * (now - self._refreshed):
            self.steps += 1
            self.step_max = max(self.step_max, moved * 1e-9)
        self.offset = offset
        self._refreshed = now
        self.refresh_at = now + REFRESH_S

    def stamp(self, ancillary: list[tuple[int, int, bytes]], earliest: float) -> tuple[float, bool]:
        """When the bytes came (monotonic s), and whether the kernel says so.

        A stamp before *earliest* (the request was not sent yet, or the read before it) or in
        the future was taken across a step of the clock: then the bytes are timed by the clock.
        """
        now = time.monotonic()
        if ancillary:
            seconds, nanoseconds = STAMP.unpack(ancillary[0][2])
            begun = (seconds * 1_000_000_000 + self.offset) * 1e-9
            if begun + nanoseconds * 1e-9 > now:
                self.refresh(now)
                begun = (seconds * 1_000_000_000 + self.offset) * 1e-9
            at: float = begun + nanoseconds * 1e-9
            if earliest <= at <= now:
                return at, True
        self.unstamped += 1
        return now, False
