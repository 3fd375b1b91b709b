"""Generations apart from their readers: left, resumed, bounded."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any, cast

import pytest

from golive_demo.recent import Generation, RecentGenerations

KEY = ("main", "p", "d")


class Source:
    """Frames 1 to n; after `hold` of them it waits until it is let go on."""

    def __init__(self, count: int = 5, hold: int = 3) -> None:
        self.count = count
        self.hold = hold
        self.go_on = asyncio.Event()
        self.closed = False

    async def frames(self) -> AsyncIterator[bytes]:
        try:
            for number in range(1, self.count + 1):
                if number > self.hold:
                    await self.go_on.wait()
                yield str(number).encode()
        finally:
            self.closed = True


async def take(generation: Generation, after: int, count: int) -> list[bytes]:
    """The next frames, then away."""
    found = []
    async with aclosing(cast("Any", generation.read(after))) as frames:
        async for frame in frames:
            found.append(frame)
            if len(found) == count:
                break
    return found


async def rest(generation: Generation, after: int = 0) -> list[bytes]:
    return [frame async for frame in generation.read(after)]


def test_a_reader_that_comes_back_goes_on() -> None:
    async def scene() -> None:
        source, recent = Source(), RecentGenerations()
        generation = recent.start(KEY, source.frames())
        assert await take(generation, 0, 2) == [b"1", b"2"]
        resumed = recent.resumed(KEY, "2")
        assert resumed == (generation, 2)
        source.go_on.set()
        assert await rest(*resumed) == [b"3", b"4", b"5"]
        assert source.closed
        assert await rest(generation) == [b"1", b"2", b"3", b"4", b"5"]

    asyncio.run(scene())


def test_two_readers_see_the_same() -> None:
    async def scene() -> None:
        source = Source()
        generation = Generation(source.frames())
        both = asyncio.gather(rest(generation), rest(generation))
        await asyncio.sleep(0)
        source.go_on.set()
        first, second = await both
        assert first == second == [b"1", b"2", b"3", b"4", b"5"]

    asyncio.run(scene())


def test_nobody_comes_back_and_the_source_is_closed() -> None:
    async def scene() -> None:
        source = Source()
        generation = Generation(source.frames(), linger_s=0.0)
        await take(generation, 0, 1)
        await asyncio.wait([generation.task])
        assert source.closed
        assert generation.finished
        assert await rest(generation) == [b"1", b"2", b"3"]

    asyncio.run(scene())


@pytest.mark.parametrize("last", [None, "", "0", "4", "999999999999", "-1", "1.0", "٣", "x"])
def test_an_id_that_was_not_given_out_starts_anew(last: str | None) -> None:
    async def scene() -> None:
        recent = RecentGenerations()
        generation = recent.start(KEY, Source(3).frames())
        await rest(generation)
        assert recent.resumed(KEY, last) is None
        assert recent.resumed(KEY, "3") == (generation, 3)

    asyncio.run(scene())


def test_only_the_same_client_project_and_description_resume() -> None:
    async def scene() -> None:
        recent = RecentGenerations()
        await rest(recent.start(KEY, Source(3).frames()))
        for place in range(3):
            stranger = tuple("x" if n == place else part for n, part in enumerate(KEY))
            assert recent.resumed(cast("Any", stranger), "1") is None

    asyncio.run(scene())


def test_the_oldest_are_forgotten() -> None:
    async def scene() -> None:
        recent = RecentGenerations(most=2)
        for name in "abc":
            await rest(recent.start(("main", name, "d"), Source(1).frames()))
        assert recent.resumed(("main", "a", "d"), "1") is None
        assert recent.resumed(("main", "b", "d"), "1") is not None

    asyncio.run(scene())


def test_closing_ends_what_runs() -> None:
    async def scene() -> None:
        source, recent = Source(), RecentGenerations()
        generation = recent.start(KEY, source.frames())
        await take(generation, 0, 1)
        await recent.close()
        assert source.closed
        assert generation.finished

    asyncio.run(scene())
