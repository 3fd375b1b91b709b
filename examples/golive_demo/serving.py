"""Serving an ASGI application in a process of its own."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import uvicorn

if TYPE_CHECKING:
    from starlette.types import ASGIApp


def serve(app: ASGIApp, *, fd: int | None, port: int) -> None:
    """Serve until SIGTERM or SIGINT, on an inherited listening socket or on 127.0.0.1:port."""
    listener = (
        socket.socket(fileno=fd) if fd is not None else socket.create_server(("127.0.0.1", port))
    )
    config = uvicorn.Config(
        app,
        # Not httptools: it answers HTTP/1.0 clients in chunks, which they cannot read.
        http="h11",
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        # Longer than the front keeps an idle upstream connection, so it never meets a closed one.
        timeout_keep_alive=75,
        timeout_graceful_shutdown=2,
    )
    uvicorn.Server(config).run(sockets=[listener])
