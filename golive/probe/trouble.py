"""From an exception of the client library to a ``Failure`` that a report can print."""

from __future__ import annotations

import errno
import socket
import ssl
from collections import deque
from dataclasses import dataclass
from enum import StrEnum

import httpcore
import httpx

from golive.probe.exchange import Failure, FailureKind, clean

# All that network trouble raises; anything else is a defect of ours and goes through.
TROUBLE: tuple[type[Exception], ...] = (
    httpx.HTTPError,
    httpx.InvalidURL,
    httpcore.ConnectError,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.TimeoutException,
    httpcore.UnsupportedProtocol,
    OSError,
    UnicodeError,
)

_LOCAL = (
    httpx.InvalidURL,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
    httpx.PoolTimeout,
    httpcore.UnsupportedProtocol,
    httpcore.LocalProtocolError,
    httpcore.PoolTimeout,
)
_LOCAL_ERRNO = frozenset({errno.EMFILE, errno.ENFILE, errno.EADDRNOTAVAIL, errno.ENOBUFS})
_CONNECT_TIMEOUT = (httpx.ConnectTimeout, httpcore.ConnectTimeout)
_TIMEOUT = (httpx.TimeoutException, httpcore.TimeoutException)
_RESET = (ConnectionResetError, ConnectionAbortedError, BrokenPipeError)
_CONNECT = (httpx.ConnectError, httpcore.ConnectError)
_CUT = (httpx.NetworkError, httpcore.NetworkError)
_REMOTE = (httpx.RemoteProtocolError, httpcore.RemoteProtocolError)


class Phase(StrEnum):
    """How far a request has come."""

    CONNECT = "connecting"
    TLS = "TLS handshake"
    SEND = "sending the request"
    WAIT = "waiting for the response head"
    BODY = "reading the body"


_PHASES = {
    "connection.connect_tcp.started": Phase.CONNECT,
    "connection.start_tls.started": Phase.TLS,
    "http11.send_request_headers.started": Phase.SEND,
    "http11.receive_response_headers.started": Phase.WAIT,
    "http11.receive_response_body.started": Phase.BODY,
}


@dataclass(slots=True)
class Progress:
    """Follows one request through the ``trace`` extension of httpcore."""

    phase: Phase = Phase.WAIT
    connected: bool = False

    async def trace(self, event: str, _info: object) -> None:
        """Callback for ``extensions={"trace": ...}``."""
        phase = _PHASES.get(event)
        if phase is not None:
            self.phase = phase
            self.connected |= phase is Phase.CONNECT


def overdue(progress: Progress, seconds: float) -> Failure:
    """The failure of a call whose whole allowance of *seconds* is used up."""
    connecting = progress.phase in (Phase.CONNECT, Phase.TLS)
    kind = FailureKind.CONNECT_TIMEOUT if connecting else FailureKind.TOTAL_TIMEOUT
    return Failure(kind, f"not finished within {seconds:g} s, still {progress.phase}")


def classify(error: BaseException, progress: Progress) -> Failure:
    """The failure that *error* stands for. Never raises."""
    chain = _chain(error)
    reason = clean(next((str(e) for e in reversed(chain) if str(e)), type(error).__name__))
    kind = _kind(error, chain, progress)
    if kind is FailureKind.RESET and not progress.connected:
        reason += " (on a connection kept open from an earlier request)"
    return Failure(kind, f"{reason}, while {progress.phase}")


def _kind(error: BaseException, chain: list[BaseException], progress: Progress) -> FailureKind:
    def has(types: type[BaseException] | tuple[type[BaseException], ...]) -> bool:
        return any(isinstance(e, types) for e in chain)

    numbers = {e.errno for e in chain if isinstance(e, OSError)}
    handshake = progress.phase is Phase.TLS and isinstance(error, _CUT)
    # The first that holds; what is nearest to the cause stands first.
    rules = (
        (isinstance(error, _LOCAL) or bool(numbers & _LOCAL_ERRNO), FailureKind.LOCAL),
        (has((socket.gaierror, UnicodeError)), FailureKind.DNS),
        (isinstance(error, _CONNECT_TIMEOUT), FailureKind.CONNECT_TIMEOUT),
        (has(ssl.SSLError) or handshake, FailureKind.TLS),
        (isinstance(error, _TIMEOUT), FailureKind.READ_TIMEOUT),
        (has(ConnectionRefusedError), FailureKind.REFUSED),
        (has(_RESET), FailureKind.RESET),
        (isinstance(error, _CONNECT), FailureKind.UNREACHABLE),
        (isinstance(error, _CUT), FailureKind.RESET),
        (_vanished(error), FailureKind.RESET),
        (isinstance(error, OSError), FailureKind.UNREACHABLE),
    )
    return next((kind for holds, kind in rules if holds), FailureKind.PROTOCOL)


def _vanished(error: BaseException) -> bool:
    return isinstance(error, _REMOTE) and "without sending a response" in str(error)


def _chain(error: BaseException) -> list[BaseException]:
    """The error and all that it came from, nearest first; at most 50."""
    chain: list[BaseException] = []
    waiting = deque([error])
    while waiting and len(chain) < 50:
        one = waiting.popleft()
        if one in chain:
            continue
        chain.append(one)
        if isinstance(one, BaseExceptionGroup):
            waiting.extend(one.exceptions)
        # httpcore raises "from None" but keeps the original as its argument.
        waiting.extend(a for a in one.args if isinstance(a, BaseException))
        before = one.__cause__ or (None if one.__suppress_context__ else one.__context__)
        if before is not None:
            waiting.append(before)
    return chain
