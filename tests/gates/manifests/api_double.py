"""A double of a Kubernetes API server: enough of list, get, RBAC and paging to be read.

It is no API server and says so: ``/version`` and its Server header name it a double. What it
answers was written after the API reference; it admits, defaults and stores nothing.
"""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

Json = dict[str, Any]
TOKEN = "made-up-token-of-the-double"
VERSION = {"major": "1", "minor": "34", "gitVersion": "v1.34.0-golive-test-double"}


@dataclass
class Cluster:
    """What the double holds and how it misbehaves. Keys of ``objects``: paths of lists.

    ``forbidden``: ``(verb, plural)``; ``raw``: whole answers by path; ``expiring``: how many
    continue tokens are refused with 410; ``silent``: paths that are never answered.
    """

    objects: dict[str, list[Json]] = field(default_factory=dict)
    kinds: dict[str, list[Json]] = field(default_factory=dict)
    groups: tuple[str, ...] = (
        "apps", "autoscaling", "policy", "networking.k8s.io", "discovery.k8s.io",
        "metrics.k8s.io", "custom.metrics.k8s.io", "cert-manager.io",
    )  # fmt: skip
    token: str = TOKEN
    forbidden: set[tuple[str, str]] = field(default_factory=set)
    raw: dict[str, tuple[int, str, str]] = field(default_factory=dict)
    silent: set[str] = field(default_factory=set)
    expiring: int = 0
    page: int = 500
    released: threading.Event = field(default_factory=threading.Event)
    requests: list[tuple[str, str, Mapping[str, str]]] = field(default_factory=list)

    def asked(self, plural: str) -> list[str]:
        """Paths with query that were requested of *plural*."""
        return [path for _, path, _ in self.requests if f"/{plural}" in path]


def _status(code: int, reason: str, message: str) -> Json:
    return {
        "kind": "Status", "apiVersion": "v1", "status": "Failure",
        "message": message, "reason": reason, "code": code,
    }  # fmt: skip


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 65_536  # head and body in one packet
    server_version = "golive-test-double"
    cluster: Cluster

    def do_GET(self) -> None:
        cluster = self.cluster
        parts = urlsplit(self.path)
        query = {k: v[0] for k, v in parse_qs(parts.query).items()}
        cluster.requests.append((self.command, self.path, dict(self.headers)))
        if parts.path in cluster.silent:
            cluster.released.wait(30)
            self.close_connection = True
            return
        if parts.path in cluster.raw:
            self._send(*cluster.raw[parts.path])
        elif self.headers.get("Authorization", "").lower() != f"bearer {cluster.token}".lower():
            self._json(401, _status(401, "Unauthorized", "Unauthorized"))
        else:
            self._json(*self._answer(parts.path, query))

    def _write_refused(self) -> None:
        self.cluster.requests.append((self.command, self.path, dict(self.headers)))
        self._json(405, _status(405, "MethodNotAllowed", "the double is only read"))

    do_POST = do_PUT = do_PATCH = do_DELETE = _write_refused  # noqa: N815 - the base's names

    def _answer(self, path: str, query: Mapping[str, str]) -> tuple[int, Json]:
        cluster = self.cluster
        if path == "/version":
            return 200, dict(VERSION)
        if path == "/apis":
            return 200, {"kind": "APIGroupList", "groups": [{"name": g} for g in cluster.groups]}
        pieces = path.strip("/").split("/")
        if path in cluster.kinds:
            return 200, {"kind": "APIResourceList", "resources": cluster.kinds[path]}
        if "namespaces" not in pieces:
            return 404, _status(404, "NotFound", "the server could not find the resource")
        at = pieces.index("namespaces")
        plural, name = pieces[at + 2], pieces[at + 3 : at + 4]
        verb = "get" if name else "list"
        if (verb, plural) in cluster.forbidden:
            message = f'{plural} is forbidden: User "golive" cannot {verb} resource "{plural}"'
            return 403, _status(403, "Forbidden", message)
        listed = cluster.objects.get("/" + "/".join(pieces[: at + 3]))
        if listed is None and pieces[0] == "apis" and pieces[1] not in cluster.groups:
            return 404, _status(404, "NotFound", "the server could not find the resource")
        if name:
            found = next((o for o in listed or () if o["metadata"]["name"] == name[0]), None)
            missing = _status(404, "NotFound", f'{plural} "{name[0]}" not found')
            return (200, found) if found is not None else (404, missing)
        return self._page(listed or [], query)

    def _page(self, listed: list[Json], query: Mapping[str, str]) -> tuple[int, Json]:
        cluster = self.cluster
        start = int(query.get("continue", "0"))
        if start and cluster.expiring:
            cluster.expiring -= 1
            return 410, _status(410, "Expired", "The provided continue parameter is too old")
        if query.get("fieldSelector") == "type=Warning":
            listed = [o for o in listed if o.get("type") == "Warning"]
        end = start + min(cluster.page, int(query.get("limit", "500")))
        token = str(end) if end < len(listed) else ""
        return 200, {
            "kind": "List",
            "apiVersion": "v1",
            "metadata": {"resourceVersion": "1", "continue": token},
            "items": listed[start:end],
        }

    def _json(self, status: int, data: Json) -> None:
        self._send(status, "application/json", json.dumps(data))

    def _send(self, status: int, kind: str, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if status == 302:
            self.send_header("Location", "/version")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """The list of requests is the log."""


@contextmanager
def serving(cluster: Cluster, certificate: Path | None = None) -> Iterator[str]:
    """The double's URL while it runs; https with *certificate*, key and certificate in one."""
    handler = type("Handler", (_Handler,), {"cluster": cluster})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    scheme = "http"
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        scheme = "https"
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"{scheme}://127.0.0.1:{server.server_address[1]}"
    finally:
        cluster.released.set()
        server.shutdown()
        server.server_close()
        thread.join()


def kubeconfig(folder: Path, url: str, *, token: str = TOKEN, authority: Path | None = None) -> str:
    """Path of a kubeconfig for the double, with a second context that leads nowhere."""
    cluster: Json = {"server": url}
    if authority is not None:
        cluster["certificate-authority"] = str(authority)
    nowhere = {"server": "http://127.0.0.1:1"}
    data = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "double",
        "clusters": [
            {"name": "double", "cluster": cluster}, {"name": "nowhere", "cluster": nowhere},
        ],
        "users": [{"name": "golive", "user": {"token": token}}],
        "contexts": [
            {"name": "double", "context": {"cluster": "double", "user": "golive"}},
            {"name": "nowhere", "context": {"cluster": "nowhere", "user": "golive"}},
        ],
    }  # fmt: skip
    path = folder / "kubeconfig"
    path.write_text(json.dumps(data), encoding="utf-8")
    return str(path)
