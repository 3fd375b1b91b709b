"""One connection of our own: a request, a long silence, a request again."""

from __future__ import annotations

import re

import httpcore

from golive.api import RunContext
from golive.probe.exchange import clean, find_header
from golive.probe.http import HttpProbe
from golive.probe.transport import tls_context
from golive.probe.trouble import TROUBLE, Progress, classify
from golive.target_client import api_headers
from golive_gates.streaming.parts import ANSWERED, CLOSED, RESET, UNANSWERED, KeptConnection

REQUEST_SECONDS = 10.0
_TIMEOUT = re.compile(r"\btimeout\s*=\s*(\d{1,9})", re.IGNORECASE)
_CLOSING = re.compile(rb"http/1\.[01] 408\b")
_CLOSE_HEADER = re.compile(rb"^http/1\.[01] \d{3}\b.*\r\nconnection:[^\r\n]*\bclose\b", re.DOTALL)
_GONE = (
    httpcore.RemoteProtocolError,
    httpcore.ReadError,
    httpcore.WriteError,
    httpcore.ConnectionNotAvailable,
)


async def keep(ctx: RunContext, probe: HttpProbe, url: str, wanted: float) -> KeptConnection:
    """Ask for *url*, leave the connection idle for *wanted* s, ask again over it.

    The silence is spent reading, so that the moment and the manner of a close are seen: a
    close in order, a reset, or a notice such as ``408``.
    """
    tls = ctx.config.target.tls if ctx.config.target else None
    context = tls_context(
        verify=tls.verify if tls else True,
        ca_file=ctx.scope.base / tls.ca if tls and tls.ca else None,
    )
    request = await _request(ctx, probe, url)
    connection = httpcore.AsyncHTTPConnection(
        httpcore.Origin(request.url.scheme, request.url.host, request.url.port or _port(request)),
        ssl_context=context,
        keepalive_expiry=None,
    )
    try:
        return await _used_twice(ctx, probe, connection, request, wanted)
    finally:
        await connection.aclose()


async def _used_twice(
    ctx: RunContext,
    probe: HttpProbe,
    connection: httpcore.AsyncHTTPConnection,
    request: httpcore.Request,
    wanted: float,
) -> KeptConnection:
    try:
        first = await connection.handle_async_request(request)
        await first.aread()
        await first.aclose()
    except TROUBLE as error:
        return KeptConnection(wanted, detail=classify(error, Progress()).detail)
    headers = tuple((k.decode("latin-1"), v.decode("latin-1")) for k, v in first.headers)
    announced = _TIMEOUT.search(find_header(headers, "keep-alive") or "")
    notice = "close" in (find_header(headers, "connection") or "").lower()
    stream = first.extensions["network_stream"]
    began = probe.clock()

    def kept(outcome: str, status: int | None = None, detail: str = "") -> KeptConnection:
        return KeptConnection(
            wanted,
            waited,
            outcome,
            first.status,
            status,
            float(announced[1]) if announced else None,
            notice,
            detail,
        )

    waited = 0.0
    if not connection.is_idle():  # closed by httpcore itself, as the notice told it to
        return kept(CLOSED)
    try:
        data = await stream.read(1024, wanted)
    except httpcore.ReadTimeout:
        data = None
    except TROUBLE as error:
        waited = _since(probe, began)
        return kept(RESET, detail=classify(error, Progress()).detail)
    waited = _since(probe, began)
    if data is not None:
        notice = notice or _is_notice(data)
        return kept(CLOSED, detail=clean(data.decode("latin-1"), 80))
    try:
        second = await connection.handle_async_request(await _again(ctx, request))
        await second.aread()
        await second.aclose()
    except _GONE as error:
        return kept(RESET, detail=classify(error, Progress()).detail)
    except TROUBLE as error:
        return kept(UNANSWERED, detail=classify(error, Progress()).detail)
    return kept(ANSWERED, second.status)


def _is_notice(data: bytes) -> bool:
    """Whether what came unasked says that the connection ends: a 408, or its header."""
    head = data.partition(b"\r\n\r\n")[0].lower()
    return bool(_CLOSING.match(head)) or bool(_CLOSE_HEADER.search(head))


async def _request(ctx: RunContext, probe: HttpProbe, url: str) -> httpcore.Request:
    made = probe.request("GET", url, headers=api_headers(ctx), progress=Progress())
    await probe.spend(made)
    timeouts = dict.fromkeys(("connect", "read", "write", "pool"), REQUEST_SECONDS)
    return httpcore.Request(
        "GET",
        httpcore.URL(
            scheme=made.url.raw_scheme,
            host=made.url.raw_host,
            port=made.url.port,
            target=made.url.raw_path,
        ),
        headers=made.headers.raw,
        extensions={"timeout": timeouts},
    )


async def _again(ctx: RunContext, request: httpcore.Request) -> httpcore.Request:
    ctx.budget.spend()
    ctx.note_sent("GET", _text(request))
    return request


def _text(request: httpcore.Request) -> str:
    url = request.url
    port = f":{url.port}" if url.port else ""
    return f"{url.scheme.decode()}://{url.host.decode()}{port}{url.target.decode('latin-1')}"


def _port(request: httpcore.Request) -> int:
    return 443 if request.url.scheme == b"https" else 80


def _since(probe: HttpProbe, began: int) -> float:
    return (probe.clock() - began) / 1e9
