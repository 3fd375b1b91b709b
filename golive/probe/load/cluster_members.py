"""The Dask cluster behind a narrow, typed door: who is in it, and whether they fit together."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from types import TracebackType
from typing import Protocol, Self, cast
from urllib.parse import urlsplit

from golive.probe.load.cluster_fit import (
    HINT_INSTALL,
    check_versions,
    facts,
    member_of,
    scheduler_address,
)
from golive.probe.load.cluster_host import ClusterError, Member


class Pending(Protocol):
    """A task that was handed to the cluster."""

    status: str

    def result(self) -> Awaitable[object]:
        """What it returned."""


class _Client(Protocol):
    """The part of ``distributed.Client`` that is used, all of it asynchronous."""

    def run(self, function: object, *args: object, workers: list[str]) -> Awaitable[object]: ...
    def nthreads(self) -> Awaitable[Mapping[str, int]]: ...
    def get_versions(self) -> Awaitable[Mapping[str, object]]: ...
    def submit(self, function: object, *args: object, **options: object) -> Pending: ...
    def cancel(self, futures: Sequence[Pending], *, force: bool) -> Awaitable[None]: ...
    def close(self, timeout: float) -> Awaitable[None]: ...


class Cluster:
    """A connection to a scheduler; an async context manager.

    ``ClusterError`` on entering if the scheduler cannot be reached within *timeout* s, or if
    ``distributed`` is missing.
    """

    def __init__(self, scheduler: str, *, timeout: float = 8.0) -> None:
        self.address = scheduler_address(scheduler)
        self._timeout = timeout
        self._client: _Client | None = None

    async def __aenter__(self) -> Self:
        try:
            distributed = importlib.import_module("distributed")  # extra `cluster`, 1 s to import
        except ImportError as error:
            message = f"a run over a cluster needs the package distributed: {error}"
            raise ClusterError(message, HINT_INSTALL) from None
        hint = "check the address, and start one with: dask scheduler --host ADDRESS --port PORT"
        try:
            async with asyncio.timeout(self._timeout):
                # Dask itself repeats a refused connection until its time is up.
                await _listens(self.address)
                made = distributed.Client(
                    self.address,
                    asynchronous=True,
                    timeout=self._timeout,
                    set_as_default=False,
                    name="golive",
                )
                self._client = cast("_Client", made)
                await made
        except asyncio.CancelledError:
            await self._close()
            raise
        except TimeoutError:
            await self._close()
            message = f"no Dask scheduler answered at {self.address} in {self._timeout:g} s"
            raise ClusterError(message, hint) from None
        except (OSError, ValueError, TypeError, RuntimeError) as error:
            await self._close()
            message = f"no Dask scheduler at {self.address}: {error}"
            raise ClusterError(message, hint) from None
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._close()

    async def _close(self) -> None:
        if self._client is not None:
            with contextlib.suppress(Exception):  # what is left of it is of no use
                await self._client.close(timeout=2.0)
            self._client = None

    @property
    def _door(self) -> _Client:
        if self._client is None:
            raise RuntimeError("the cluster is used outside its context")
        return self._client

    async def addresses(self) -> frozenset[str]:
        """The workers that the scheduler knows now."""
        return frozenset(await asyncio.wait_for(self._door.nthreads(), self._timeout))

    async def ask(
        self, address: str, function: Callable[..., object], *args: object, patience: float = 5.0
    ) -> object:
        """Call *function* on the event loop of one worker, past its tasks.

        ``TimeoutError`` if it does not answer in *patience* s: Dask waits for ever on one that
        is gone.
        """
        async with asyncio.timeout(patience):
            answer = await self._door.run(function, *args, workers=[address])
        return answer[address] if isinstance(answer, dict) and address in answer else None

    def pin(self, member: Member, function: Callable[[bytes], bytes], order: bytes) -> Pending:
        """Hand *function* to this worker and to no other, once.

        A member that is lost loses its task for good: the load of a lost shard may have been
        sent already, so running it elsewhere would send it twice.
        """
        return self._door.submit(
            function,
            order,
            key=f"golive-load-{member.identity}-{id(order)}",
            workers=[member.address],
            allow_other_workers=False,
            retries=0,
            pure=False,
        )

    async def drop(self, tasks: Sequence[Pending]) -> None:
        """Forget *tasks*; what runs is not interrupted by this."""
        await asyncio.wait_for(self._door.cancel(tasks, force=True), self._timeout)

    async def members(self, wanted: int | None = None) -> tuple[Member, ...]:
        """*wanted* workers (``None``: all) that run the same program as we do.

        ``ClusterError`` if there are none or too few, or if any differs in its version of
        Python, ``distributed`` or golive.
        """
        present = sorted(await self.addresses())
        hint = f"start some with: dask worker {self.address} --nthreads 1"
        if not present:
            message = f"the scheduler at {self.address} has no workers"
            raise ClusterError(message, hint)
        if wanted is not None and not 1 <= wanted <= len(present):
            message = f"{wanted} workers were asked for, and {self.address} has {len(present)}"
            raise ClusterError(message, hint)
        versions = await asyncio.wait_for(self._door.get_versions(), self._timeout)
        # First what Dask itself tells: bytecode must not travel between versions of Python.
        check_versions(versions)
        try:
            found = [await self._member(address) for address in present]
        except TimeoutError:
            raise ClusterError("a worker did not say who it is in time", hint) from None
        return spread(found)[:wanted]

    async def _member(self, address: str) -> Member:
        return member_of(address, await self.ask(address, facts()))


async def _listens(address: str) -> None:
    parts = urlsplit(address)
    _, writer = await asyncio.open_connection(parts.hostname, parts.port)
    writer.close()


def spread(members: Sequence[Member]) -> tuple[Member, ...]:
    """One of each host in turn, so that few workers still means many hosts."""
    turn: dict[str, int] = {}
    keyed = []
    for member in sorted(members, key=lambda m: m.address):
        place = turn.get(member.host.name, 0)
        turn[member.host.name] = place + 1
        keyed.append((place, member.host.name, member.address, member))
    return tuple(member for *_, member in sorted(keyed, key=lambda k: k[:3]))
