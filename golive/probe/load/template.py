"""Requests turned into bytes ahead of time; only the unique id is filled in when one is due."""

from __future__ import annotations

import json
from urllib.parse import quote

from golive.probe.load.endpoint import Endpoint
from golive.probe.load.plan import UNIQUE, LoadPlan, Request, split_url
from golive.probe.load.stream_spec import StreamSpec

_MARK = UNIQUE.encode("ascii")
# What may stand unescaped in a path or query, "%" for what is escaped already.
_SAFE = "/?:@!$&'()*+,;=-._~%{}[]|"


class Template:
    """One ``Request`` of a plan, ready to be sent again and again.

    *number* is its place in the plan, *whole* its bytes if no id is to be filled in.
    """

    __slots__ = (
        "_body",
        "_head",
        "_length",
        "bodyless",
        "endpoint",
        "idle",
        "number",
        "request",
        "spec",
        "timeout",
        "whole",
    )

    def __init__(self, number: int, request: Request, plan: LoadPlan, endpoint: Endpoint) -> None:
        self.number = number
        self.request = request
        self.endpoint = endpoint
        self.bodyless = request.method == "HEAD"
        rules = request.rules
        self.spec = (
            StreamSpec(rules, stall_after=plan.stall_after, keep_gaps=plan.keep_gaps)
            if rules is not None
            else None
        )
        self.timeout = min(request.timeout, rules.timeout) if rules else request.timeout
        self.idle = request.idle_timeout or (rules.idle_timeout if rules else None)
        body = _body(request)
        # A raw body is sent as it is, whatever stands in it.
        self._body = body.split(_MARK) if request.json is not None else [body]
        head = _head(request, plan, has_body=bool(body) or request.method in ("POST", "PUT"))
        self._head = head.split(_MARK)
        self._length = len(body) - len(_MARK) * (len(self._body) - 1)
        self.whole = self._fill(b"") if len(self._head) == len(self._body) == 1 else None

    def fill(self, unique: str) -> bytes:
        """The bytes of the request whose id is *unique*."""
        return self.whole or self._fill(unique.encode("ascii"))

    def expected(self, unique: str) -> str | None:
        """The known answer to the request whose id is *unique*."""
        answer = self.request.known_answer
        return answer if answer is None else answer.replace(UNIQUE, unique)

    def _fill(self, unique: bytes) -> bytes:
        length = self._length + len(unique) * (len(self._body) - 1)
        head = unique.join(self._head).replace(b"\0", str(length).encode("ascii"), 1)
        return head + unique.join(self._body)


def _body(request: Request) -> bytes:
    if request.json is None:
        return request.body or b""
    return json.dumps(request.json, ensure_ascii=False, separators=(",", ":")).encode(
        "utf-8", "surrogatepass"
    )


def _head(request: Request, plan: LoadPlan, *, has_body: bool) -> bytes:
    parts = split_url(request.url)
    path = quote(parts.path or "/", safe=_SAFE) + (
        "?" + quote(parts.query, safe=_SAFE) if parts.query else ""
    )
    headers = {
        "host": ("Host", host_header(request.url)),
        "user-agent": ("User-Agent", "golive-load"),
        "accept": ("Accept", "*/*" if request.rules is None else "text/event-stream"),
        # A compressed body could grow without bound, and hides when its bytes arrived.
        "accept-encoding": ("Accept-Encoding", "identity"),
    }
    if request.json is not None:
        headers["content-type"] = ("Content-Type", "application/json")
    given = {name.lower() for name, _ in request.headers}
    lines = [f"{request.method} {path} HTTP/1.1"]
    lines += [f"{name}: {value}" for key, (name, value) in headers.items() if key not in given]
    lines += [f"{name}: {value}" for name, value in request.headers]
    if has_body and "content-length" not in given:
        lines.append("Content-Length: \0")  # stands for the length, and can stand nowhere else
    if not plan.keep_alive and "connection" not in given:
        lines.append("Connection: close")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8", "surrogateescape")


def host_header(url: str) -> str:
    """The ``Host`` that *url* asks for: its port only if it is not the scheme's own."""
    parts = split_url(url)
    name = (parts.hostname or "").encode("idna").decode("ascii")
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else name
    usual = {"http": 80, "https": 443}[parts.scheme]
    return host if parts.port in (None, usual) else f"{host}:{parts.port}"
