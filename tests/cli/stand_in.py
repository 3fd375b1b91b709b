"""A stand-in target on a loopback port: it answers health and readiness and echoes the rest.

A double, for what the reference generator cannot do on demand: leak what it was sent.
"""

from __future__ import annotations

import base64
import contextlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import quote


class Echo(BaseHTTPRequestHandler):
    """Health paths answer 200; every other answer repeats the credentials it was sent."""

    protocol_version = "HTTP/1.1"

    def _answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        self.rfile.read(length)
        token = self.headers.get("Authorization", "")
        if self.path in ("/healthz", "/readyz"):
            status, body = 200, b"ok"
        elif self.path == "/generate":
            status, body = 200, f"event: error\ndata: refused {token}\n\n".encode()
        else:
            secret = token.removeprefix("Bearer ")
            leaks = {
                "raw": token,
                "url": quote(secret, safe=""),
                "base64": base64.b64encode(secret.encode()).decode(),
                "pair": base64.b64encode(f"user:{secret}".encode()).decode(),
            }
            status, body = 500, json.dumps(leaks).encode()
        self.send_response(status)
        kind = "text/event-stream" if self.path == "/generate" else "application/json"
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Echo", token)
        self.end_headers()
        with contextlib.suppress(OSError):  # The client may have left.
            self.wfile.write(body)

    do_GET = do_POST = do_DELETE = do_PUT = _answer  # noqa: N815 - names of the base class

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


@contextmanager
def echo_target() -> Iterator[int]:
    """The port of a running stand-in."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
