"""The other side of a calibration: ``python -m golive.probe.load.responder``.

A loopback server with one known delay, which writes into each event when it sent it, on the
monotonic clock that both processes share. One connection at a time; it ends with its stdin.
"""

from __future__ import annotations

import select
import socket
import sys
import time

DELAY_S = 0.003
GAP_S = 0.0005
EVENTS = 5
_SPIN_S = 0.0005
_HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
    b"Cache-Control: no-store\r\nTransfer-Encoding: chunked\r\n\r\n"
)


def main() -> int:
    """Serve until stdin ends; the port is printed first."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        sys.stdout.write(f"{listener.getsockname()[1]}\n")
        sys.stdout.flush()
        while _readable(listener):
            connection, _ = listener.accept()
            with connection:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                try:
                    _serve(connection)
                except OSError:
                    continue
    return 0


def _serve(connection: socket.socket) -> None:
    while _readable(connection):
        request = connection.recv(65536)
        received = time.monotonic_ns()
        if not request:
            return
        connection.sendall(_HEAD)
        _wait_until(received / 1e9 + DELAY_S)
        for number in range(EVENTS):
            sent = time.monotonic_ns()
            text = b"event: token\ndata: %d %d\n\n" % (received, sent)
            connection.sendall(b"%x\r\n%s\r\n" % (len(text), text))
            if number + 1 < EVENTS:
                _wait_until(sent / 1e9 + GAP_S)
        text = b"event: done\ndata: {}\n\n"
        connection.sendall(b"%x\r\n%s\r\n0\r\n\r\n" % (len(text), text))


def _readable(sock: socket.socket) -> bool:
    """Wait for *sock*; false once the parent is gone."""
    ready = select.select([sock, sys.stdin.fileno()], [], [])[0]
    return sys.stdin.fileno() not in ready


def _wait_until(when: float) -> None:
    # Sleeps come back late by a scheduler's whim; the last stretch is spun.
    left = when - time.monotonic()
    if left > _SPIN_S:
        time.sleep(left - _SPIN_S)
    while time.monotonic() < when:
        pass


if __name__ == "__main__":
    sys.exit(main())
