"""httpx, its reads taken as they come."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from bench.load.clients.async_client import run
from bench.load.clients.measure import main


class Httpx:
    """No limit on connections and no time-outs, as a load run must set them."""

    version = httpx.__version__
    _client: httpx.AsyncClient

    @asynccontextmanager
    async def session(self) -> AsyncIterator[None]:
        """The session that all requests share."""
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
        async with httpx.AsyncClient(limits=limits, timeout=None, trust_env=False) as self._client:  # noqa: S113 - the process has a bound
            yield

    @asynccontextmanager
    async def stream(self, url: str) -> AsyncIterator[AsyncIterator[bytes]]:
        """An answer of 200 and its body, read by read."""
        try:
            async with self._client.stream("GET", url) as response:
                response.raise_for_status()
                yield response.aiter_raw()
        except httpx.HTTPError as error:
            raise OSError(str(error)) from error

    async def get(self, url: str) -> None:
        """A plain request."""
        await self._client.get(url)


if __name__ == "__main__":
    main(lambda task: run(Httpx(), task))
