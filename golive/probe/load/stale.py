"""Kept connections that the server closes: what was never read may go over another one.

A server may close an idle connection just when a request is on its way to it (RFC 9112,
section 9.3.1). Sending that request again is right, but a server that reads a request and drops
it has failed, and to ask it again would hide that. So a request is sent again only if

- it may be done twice (RFC 9110, section 9.2.2),
- the end of the connection came no later than the close takes to cross its request, and
- the server's kernel did not have all of it before it closed: otherwise it answers with a
  reset, or leaves unacknowledged what it was sent.
"""

from __future__ import annotations

import select
import socket
import struct
from collections.abc import Callable

AT_LEAST_S = 0.005
"""An end of the connection this soon may have been under way, however short its way."""

IDEMPOTENT = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"})

_TCP_INFO: int | None = getattr(socket, "TCP_INFO", None)
# struct tcp_info (linux/tcp.h): tcpi_state first, tcpi_unacked, tcpi_min_rtt in us.
_STATE_AND_UNACKED = struct.Struct("=B23xI")
_MIN_RTT = struct.Struct("=148xI")
_CLOSED = 7  # TCP_CLOSE: it was reset

Look = Callable[[int], list[tuple[int, int]]]


def look_at(sock: socket.socket) -> Look:
    """What says whether *sock* has anything to read, an end or an error included.

    Call it with 0. Made once a connection, because it is asked before every further request.
    """
    poll = select.poll()
    poll.register(sock, select.POLLIN)
    return poll.poll


def may_go_again(method: str, sock: socket.socket, waited: float) -> bool:
    """Whether a *method* whose connection *sock* ended *waited* s after it was written may."""
    return method in IDEMPOTENT and never_read(sock, waited)


def never_read(sock: socket.socket, waited: float) -> bool:
    """Whether the end of *sock*, *waited* s after a request was written to it, crossed that."""
    if _TCP_INFO is None:
        return False
    try:
        info = sock.getsockopt(socket.IPPROTO_TCP, _TCP_INFO, _MIN_RTT.size)
    except OSError:
        return False
    if len(info) < _MIN_RTT.size:
        return False
    state, unacked = _STATE_AND_UNACKED.unpack_from(info)
    (round_trip,) = _MIN_RTT.unpack_from(info)
    if waited > max(2e-6 * round_trip, AT_LEAST_S):
        return False
    return bool(state == _CLOSED or unacked)
