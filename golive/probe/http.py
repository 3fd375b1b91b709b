"""Functional HTTP calls: one at a time or a few at once, bounded, never raising for trouble.

httpx's own client is left out on purpose: it would carry cookies from call to call, follow
environment proxies and read credentials from ``.netrc``.
"""

from __future__ import annotations

import asyncio
import json as jsonlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

from golive.probe.clock import Clock
from golive.probe.exchange import Exchange, Failure, FailureKind, Headers, clean
from golive.probe.transport import RecordingTransport, raw_parts, tls_context
from golive.probe.trouble import TROUBLE, Progress, classify, overdue

__all__ = ["Exchange", "Failure", "FailureKind", "HttpProbe"]

DEFAULT_MAX_BODY = 2 << 20
DEFAULT_CONNECT_TIMEOUT_S = 5.0
_MAX_HEADERS = 100
_MAX_HEADER_VALUE = 4096
_REDIRECTS = frozenset({301, 302, 303, 307, 308})

Budget = Callable[[], Awaitable[None] | None]
OnSend = Callable[[str, str], None]


class HttpProbe:
    """Sends requests that identify themselves. Use as an async context manager.

    *budget* is called (and awaited, if it is asynchronous) before every request that leaves;
    what it raises ends the call unsent and goes through to the caller. *on_send* is then told
    the method and URL. *clock* gives monotonic ns. *ca_file* replaces the trusted authorities;
    ``OSError`` if unreadable. *addresses*: where to connect for a host (lower case) instead of
    resolving its name. *transport* is for tests.
    """

    def __init__(  # noqa: PLR0913 - keyword-only, all but two with defaults
        self,
        *,
        version: str,
        run_id: str,
        headers: Mapping[str, str] | None = None,
        verify: bool = True,
        ca_file: Path | None = None,
        budget: Budget | None = None,
        on_send: OnSend | None = None,
        clock: Clock = time.monotonic_ns,
        connect_timeout: float = DEFAULT_CONNECT_TIMEOUT_S,
        max_body: int = DEFAULT_MAX_BODY,
        addresses: Mapping[str, str] | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.clock = clock
        self._headers = {
            "User-Agent": f"golive/{version} (run {run_id})",
            "X-Golive-Run": run_id,
            "Accept": "*/*",
            # A compressed body could grow without bound, and hides when its bytes arrived.
            "Accept-Encoding": "identity",
            **(headers or {}),
        }
        self._budget = budget
        self._on_send = on_send
        self._connect_timeout = connect_timeout
        self._max_body = max_body
        self._transport = transport or RecordingTransport(
            clock=clock,
            context=tls_context(verify=verify, ca_file=ca_file),
            addresses=addresses,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close every connection."""
        await self._transport.aclose()

    async def call(
        self,
        method: str,
        url: str,
        *,
        json: object = None,
        headers: Mapping[str, str] | None = None,
        timeout: float = 10.0,  # noqa: ASYNC109 - the deadline is part of the result
        read_timeout: float | None = None,
        follow: int = 0,
    ) -> Exchange:
        """One call; network trouble is in ``Exchange.failure``, never an exception.

        *timeout* (s) bounds everything from connecting to the last byte, redirects included;
        *read_timeout* the silence between two reads. *json* is sent as the body unless
        ``None``. *follow* redirects are followed at most, on the same scheme, host and port
        only; 0 records the redirect as the answer. ``ValueError`` if *json* is not JSON.
        """
        deadline = self.clock() + int(timeout * 1e9)

        async def once(left: float) -> Exchange:
            return await self._once(
                method,
                here,
                json=json,
                headers=headers,
                left=left,
                timeout=timeout,
                read_timeout=read_timeout,
            )

        here, hops = url, 0
        answer = first = await once(timeout)
        while follow and answer.failure is None and answer.status in _REDIRECTS:
            location = answer.header("location")
            if not location:
                break
            target, failure = _next_hop(here, location)
            if failure is None and hops == follow:
                failure = Failure(FailureKind.TOO_MANY_REDIRECTS, f"more than {follow} redirects")
            if failure is not None:
                answer = replace(answer, failure=failure)
                break
            hops, here = hops + 1, target
            if answer.status == 303 or (answer.status in (301, 302) and method == "POST"):
                method, json = "GET", None
            answer = await once(max(0.0, (deadline - self.clock()) / 1e9))
        elapsed = (answer.started - first.started) / 1e9 + answer.elapsed
        return replace(
            answer,
            method=first.method,
            url=first.url,
            started=first.started,
            elapsed=elapsed,
            hops=hops,
        )

    def request(
        self,
        method: str,
        url: str,
        *,
        json: object = None,
        headers: Mapping[str, str] | None = None,
        read_timeout: float | None = None,
        progress: Progress,
    ) -> httpx.Request:
        """A request ready for ``opened``. Raises ``TROUBLE`` for a URL that cannot be used."""
        merged = httpx.Headers(self._headers)
        merged.update(headers)
        content = None
        if json is not None:
            content = jsonlib.dumps(json, ensure_ascii=False, allow_nan=False).encode()
            merged.setdefault("Content-Type", "application/json")
        target = httpx.URL(url)
        if target.scheme not in ("http", "https") or not target.host or (target.port or 1) > 65535:
            msg = f"not an http or https URL: {clean(url, 80)}"
            raise httpx.InvalidURL(msg)
        if target.userinfo:
            raise httpx.InvalidURL("credentials belong in a header, not in the URL")
        limits = {"connect": self._connect_timeout, "read": read_timeout, "write": read_timeout}
        extensions = {"timeout": limits, "trace": progress.trace}
        return httpx.Request(method, target, headers=merged, content=content, extensions=extensions)

    async def spend(self, request: httpx.Request) -> None:
        """Ask the budget for *request*, which is then on record; raises what the budget does."""
        if self._budget is not None:
            waiting = self._budget()
            if waiting is not None:
                await waiting
        if self._on_send is not None:
            self._on_send(request.method, str(request.url))

    @asynccontextmanager
    async def opened(self, request: httpx.Request) -> AsyncIterator[httpx.Response]:
        """Send; the response from its head on, closed at the end. Raises ``TROUBLE``."""
        response = await self._transport.handle_async_request(request)
        try:
            yield response
        finally:
            await response.aclose()

    async def _once(
        self,
        method: str,
        url: str,
        *,
        json: object,
        headers: Mapping[str, str] | None,
        left: float,
        timeout: float,  # noqa: ASYNC109
        read_timeout: float | None,
    ) -> Exchange:
        progress = Progress()
        status: int | None = None
        received: Headers = ()
        body = bytearray()
        truncated = False
        failure: Failure | None = None
        started = self.clock()
        scope = asyncio.timeout(left)
        try:
            request = self.request(
                method,
                url,
                json=json,
                headers=headers,
                read_timeout=read_timeout,
                progress=progress,
            )
        except TROUBLE as error:
            request, failure = None, Failure(FailureKind.LOCAL, clean(str(error)))
        if request is not None:
            await self.spend(request)
            started = self.clock()
            try:
                async with scope, self.opened(request) as response:
                    status, received = response.status_code, capped_headers(response)
                    async for part in raw_parts(response):
                        room = self._max_body - len(body)
                        body += part[:room]
                        if len(part) > room:
                            truncated = True
                            break
            except TROUBLE as error:
                late = scope.expired()
                failure = overdue(progress, timeout) if late else classify(error, progress)
        if truncated:
            failure = Failure(FailureKind.TOO_LARGE, f"body larger than {self._max_body} bytes")
        return Exchange(
            method=method,
            url=public_url(url),
            status=status,
            headers=received,
            body=bytes(body),
            truncated=truncated,
            started=started,
            elapsed=(self.clock() - started) / 1e9,
            failure=failure,
            connection_reused=status is not None and not progress.connected,
        )


def capped_headers(response: httpx.Response) -> Headers:
    """The first hundred headers in order, each value cut at 4 KiB."""
    return tuple(
        (name.decode("latin-1"), value[:_MAX_HEADER_VALUE].decode("latin-1"))
        for name, value in response.headers.raw[:_MAX_HEADERS]
    )


def public_url(url: str) -> str:
    """*url* without credentials, for a record."""
    try:
        parsed = httpx.URL(url)
        return str(parsed.copy_with(userinfo=b"")) if parsed.userinfo else url
    except TROUBLE:
        return clean(url.rpartition("@")[2], 80)


def _next_hop(here: str, location: str) -> tuple[str, Failure | None]:
    try:
        origin = httpx.URL(here)
        target = origin.join(location)
    except TROUBLE as error:
        return here, Failure(FailureKind.REDIRECT, f"unusable Location: {clean(str(error))}")
    same = (target.scheme, target.host, _port(target)) == (
        origin.scheme,
        origin.host,
        _port(origin),
    )
    if not same or target.userinfo:
        named = clean(f"{target.scheme}://{target.netloc.decode('latin-1').rpartition('@')[2]}")
        return here, Failure(FailureKind.REDIRECT, f"redirected to another origin: {named}")
    return str(target), None


def _port(url: httpx.URL) -> int | None:
    return url.port or {"http": 80, "https": 443}.get(url.scheme)
