"""A client that decodes each packet by itself: whoever reads bytes before whole characters."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx


class _Packets(httpx.AsyncByteStream):
    def __init__(self, stream: httpx.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for packet in self._stream:
            yield packet.decode("utf-8", errors="replace").encode()

    async def aclose(self) -> None:
        await self._stream.aclose()


class _Transport(httpx.AsyncHTTPTransport):
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await super().handle_async_request(request)
        if isinstance(response.stream, httpx.AsyncByteStream):
            response.stream = _Packets(response.stream)
        return response


def client_of(*, decodes_packets: bool) -> httpx.AsyncClient | None:
    """The broken client, or ``None`` for the SDK's own."""
    return httpx.AsyncClient(transport=_Transport()) if decodes_packets else None
