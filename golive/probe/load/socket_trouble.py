"""From the error number of a socket to the outcome of a request."""

from __future__ import annotations

import errno
import os

from golive.probe.load.record import RequestOutcome

_LOCAL = frozenset(
    {errno.EMFILE, errno.ENFILE, errno.EADDRNOTAVAIL, errno.EADDRINUSE, errno.ENOBUFS, errno.ENOMEM}
)
_RESET = frozenset({errno.ECONNRESET, errno.EPIPE, errno.ECONNABORTED})


def outcome_of(code: int | None) -> RequestOutcome:
    """What the error *code* of a standing connection says about its request."""
    if code in _LOCAL:
        return RequestOutcome.LOCAL
    if code == errno.ECONNREFUSED:
        return RequestOutcome.REFUSED
    return RequestOutcome.RESET if code in _RESET else RequestOutcome.CONNECT


def refusal(code: int) -> tuple[RequestOutcome, str]:
    """What the error *code* of an attempt to connect says, and in words."""
    outcome = RequestOutcome.CONNECT if code in _RESET else outcome_of(code)
    return outcome, f"cannot connect: {os.strerror(code)}"
