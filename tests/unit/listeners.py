"""Servers on loopback that misbehave in one way each; every one ends with its ``with`` block."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator

Handler = Callable[[socket.socket, threading.Event], None]


@contextlib.contextmanager
def listening(handler: Handler) -> Iterator[int]:
    """Accept connections, each in a thread of its own; yields the port."""
    over = threading.Event()
    server = socket.create_server(("127.0.0.1", 0))
    threads: list[threading.Thread] = []

    def serve(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            handler(connection, over)

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = server.accept()
                thread = threading.Thread(target=serve, args=(connection,), daemon=True)
                thread.start()
                threads.append(thread)

    acceptor = threading.Thread(target=accept, daemon=True)
    acceptor.start()
    try:
        yield server.getsockname()[1]
    finally:
        over.set()
        # Closing alone does not wake a thread that waits in accept.
        with contextlib.suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)
        server.close()
        acceptor.join(10)
        for thread in threads:
            thread.join(10)


def answering(status: str = "200 OK", headers: str = "", body: str = "ok") -> Handler:
    def handle(connection: socket.socket, _: threading.Event) -> None:
        connection.recv(65536)
        head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n"
        connection.sendall(f"{head}{headers}\r\n{body}".encode())

    return handle


def garbage(connection: socket.socket, _: threading.Event) -> None:
    connection.recv(65536)
    connection.sendall(b"\x00\xff\x1b[2J this is no protocol\r\n\r\n")


def silent(_: socket.socket, over: threading.Event) -> None:
    over.wait()


def closing(connection: socket.socket, _: threading.Event) -> None:
    connection.recv(65536)


def dripping(connection: socket.socket, over: threading.Event) -> None:
    """One byte of the head at a time, for ever."""
    connection.recv(65536)
    while not over.wait(0.02):
        connection.sendall(b"H")


def refused_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port
