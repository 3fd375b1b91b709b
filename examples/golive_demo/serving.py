"""Serving an ASGI application in a process of its own."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import uvicorn

if TYPE_CHECKING:
    from starlette.types import ASGIApp


def serve(
    app: ASGIApp,
    *,
    fd: int | None,
    port: int,
    drain_s: int = 2,
    answers_http_1_0: bool = False,
) -> None:
    """Serve until SIGTERM or SIGINT, on an inherited listening socket or on 127.0.0.1:port.

    `drain_s`: how long answers that are under way may still take after the signal.
    `answers_http_1_0`: httptools, the faster parser, answers such clients in chunks, which they
    cannot read.
    """
    listener = (
        socket.socket(fileno=fd) if fd is not None else socket.create_server(("127.0.0.1", port))
    )
    config = uvicorn.Config(
        app,
        http="h11" if answers_http_1_0 else "auto",
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        # Longer than the front keeps an idle upstream connection, so it never meets a closed one.
        timeout_keep_alive=75,
        timeout_graceful_shutdown=drain_s,
    )
    uvicorn.Server(config).run(sockets=[listener])
