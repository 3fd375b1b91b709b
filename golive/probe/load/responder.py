"""The other side of a calibration: ``python -m golive.probe.load.responder``.

A loopback server that writes into each event when it received the request and when it sent
the event, on the monotonic clock that both processes share: so it may sleep as inexactly as it
likes, and does not spin beside what is measured. One connection at a time; it ends with its
stdin.
"""

from __future__ import annotations

import select
import socket
import sys
import time

DELAY_S = 0.003
GAP_S = 0.0005
EVENTS = 5
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
        time.sleep(DELAY_S)
        for number in range(EVENTS):
            sent = time.monotonic_ns()
            text = b"event: token\ndata: %d %d\n\n" % (received, sent)
            connection.sendall(b"%x\r\n%s\r\n" % (len(text), text))
            if number + 1 < EVENTS:
                time.sleep(GAP_S)
        text = b"event: done\ndata: {}\n\n"
        connection.sendall(b"%x\r\n%s\r\n0\r\n\r\n" % (len(text), text))


def _readable(sock: socket.socket) -> bool:
    """Wait for *sock*; false once the parent is gone."""
    ready = select.select([sock, sys.stdin.fileno()], [], [])[0]
    return sys.stdin.fileno() not in ready


if __name__ == "__main__":
    sys.exit(main())
