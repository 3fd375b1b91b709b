"""aiohttp, its reads taken as they come."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp

from bench.load.clients.async_client import run
from bench.load.clients.measure import main


class Aiohttp:
    """No limit on connections and no total time-out, as a load run must set them."""

    version = aiohttp.__version__
    _session: aiohttp.ClientSession

    @asynccontextmanager
    async def session(self) -> AsyncIterator[None]:
        """The session that all requests share."""
        connector = aiohttp.TCPConnector(limit=0)
        timeout = aiohttp.ClientTimeout(total=None)
        async with aiohttp.ClientSession(connector=connector, timeout=timeout) as self._session:
            yield

    @asynccontextmanager
    async def stream(self, url: str) -> AsyncIterator[AsyncIterator[bytes]]:
        """An answer of 200 and its body, read by read."""
        try:
            async with self._session.get(url) as response:
                response.raise_for_status()
                yield response.content.iter_any()
        except aiohttp.ClientError as error:
            raise OSError(str(error)) from error

    async def get(self, url: str) -> None:
        """A plain request."""
        async with self._session.get(url) as response:
            await response.read()


if __name__ == "__main__":
    main(lambda task: run(Aiohttp(), task))
