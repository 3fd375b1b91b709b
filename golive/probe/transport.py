"""An HTTP/1.1 transport that records when bytes left the kernel, and in how many reads.

httpx hands out the pieces of a body as its HTTP parser cuts them, so several chunks of one
read look like several reads. Here each connection counts its own reads and stamps them
before parsing. It is the ``network_stream`` extension of a response.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Mapping
from contextlib import aclosing
from pathlib import Path
from typing import cast

import httpcore
import httpx

from golive.probe.clock import Clock

# Shorter than the keep-alive of common servers (uvicorn: 5 s), or the race between their
# close and our next request would show as failures of the service.
KEEPALIVE_EXPIRY_S = 2.0


def tls_context(*, verify: bool = True, ca_file: Path | None = None) -> ssl.SSLContext:
    """Trust *ca_file* alone, else the system's and certifi's authorities.

    ``OSError`` (``ssl.SSLError`` included) if *ca_file* cannot be read.
    """
    context = ssl.create_default_context(cafile=ca_file)
    if ca_file is None:
        # Only https needs it, and httpx brings it: some systems have no store of their own.
        import certifi

        context.load_verify_locations(certifi.where())
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


class RecordingStream(httpcore.AsyncNetworkStream):
    """A connection that counts its reads; *last_read* is the clock after the latest one."""

    def __init__(self, inner: httpcore.AsyncNetworkStream, clock: Clock, *, tls: bool) -> None:
        self._inner = inner
        self._clock = clock
        self._tls = tls
        self._resumed = False
        self.reads = 0
        self.last_read = 0

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        """Read once and stamp it. Raises httpcore's exceptions."""
        if not self._tls:
            data = await self._inner.read(max_bytes, timeout)
            self.last_read = self._clock()
            self.reads += 1
            return data
        # TLS yields one record at a time. A record that was there already came with the
        # read before; then the event loop does not get to turn.
        self._resumed = False
        turn = asyncio.get_running_loop().call_soon(self._resume)
        data = await self._inner.read(max_bytes, timeout)
        turn.cancel()
        if self._resumed or not self.reads:
            self.last_read = self._clock()
            self.reads += 1
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        """Write everything."""
        await self._inner.write(buffer, timeout)

    async def aclose(self) -> None:
        """Close the connection."""
        await self._inner.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> httpcore.AsyncNetworkStream:
        """The same connection under TLS, counted anew."""
        inner = await self._inner.start_tls(ssl_context, server_hostname, timeout)
        return RecordingStream(inner, self._clock, tls=True)

    def get_extra_info(self, info: str) -> object:
        """Whatever the inner stream knows."""
        return self._inner.get_extra_info(info)

    def _resume(self) -> None:
        self._resumed = True


class _RecordingBackend(httpcore.AsyncNetworkBackend):
    def __init__(self, clock: Clock, addresses: Mapping[str, str]) -> None:
        self._inner = httpcore.AnyIOBackend()
        self._clock = clock
        self._addresses = addresses

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        # TLS and the Host header keep the name; only the connection takes the address.
        place = self._addresses.get(host.lower().rstrip("."), host)
        stream = await self._inner.connect_tcp(place, port, timeout, local_address, socket_options)
        return RecordingStream(stream, self._clock, tls=False)

    async def sleep(self, seconds: float) -> None:
        await self._inner.sleep(seconds)


class _Body(httpx.AsyncByteStream):
    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    async def __aiter__(self) -> AsyncIterator[bytes]:
        parts = cast("AsyncGenerator[bytes, None]", self._response.aiter_stream())
        async with aclosing(parts):
            async for part in parts:
                yield part

    async def aclose(self) -> None:
        await self._response.aclose()


def raw_parts(response: httpx.Response) -> AsyncIterator[bytes]:
    """The body as it comes: neither decoded nor gathered into blocks."""
    stream = response.stream
    if not isinstance(stream, httpx.AsyncByteStream):
        message = f"an asynchronous transport gave a {type(stream).__name__}"
        raise TypeError(message)
    return aiter(stream)


class RecordingTransport(httpx.AsyncBaseTransport):
    """Raises httpcore's exceptions as they are. No proxy, no retry, no hidden queue.

    *addresses*: where to connect for a host (lower case, no dot at its end), instead of
    resolving its name again.
    """

    def __init__(
        self, *, clock: Clock, context: ssl.SSLContext, addresses: Mapping[str, str] | None = None
    ) -> None:
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=context,
            max_connections=None,
            max_keepalive_connections=20,
            keepalive_expiry=KEEPALIVE_EXPIRY_S,
            network_backend=_RecordingBackend(clock, addresses or {}),
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send; returns at the response head."""
        answer = await self._pool.handle_async_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=request.url.raw_scheme,
                    host=request.url.raw_host,
                    port=request.url.port,
                    target=request.url.raw_path,
                ),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx.Response(
            status_code=answer.status,
            headers=answer.headers,
            stream=_Body(answer),
            extensions=answer.extensions,
        )

    async def aclose(self) -> None:
        """Close every connection."""
        await self._pool.aclose()
