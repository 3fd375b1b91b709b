"""Many files, or many documents of one, on all cores."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from types import TracebackType
from typing import Any, Self

from golive.sources.documents import Found, Part, parts_of, read_parts, together
from golive.sources.files import LIMITS, ReadFile, Source, Stream, open_file, read_file
from golive.sources.forking import Crew, processes

ENOUGH_BYTES = 48 * 1024
ENOUGH_FILES = 30
"""From here on a second process saves more time than it costs."""
LARGE = 512 * 1024
"""Bytes from which on a file is divided among the processes."""
# Every value takes two bytes at least: parts of what is smaller cannot exceed what one process
# would let pass.
_MOST = 2 * LIMITS.nodes


class Begun:
    """Files that are being read. As a context it ends that, where nobody asked for them."""

    def __init__(self, crew: Crew, closing: Sequence[Callable[[Iterator[Any]], ReadFile]]) -> None:
        self._crew = crew
        self._closing = closing

    def files(self) -> list[ReadFile]:
        """What each file holds, in their order; may be asked for once."""
        results = iter(self._crew.results())
        return [close(results) for close in self._closing]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._crew.__exit__(kind, error, trace)


def read_all(sources: Sequence[Source], jobs: int | None = None) -> list[ReadFile]:
    """What each of *sources* holds, in their order; the same for any number of *jobs*."""
    with begin(sources, jobs) as begun:
        return begun.files()


def begin(sources: Sequence[Source], jobs: int | None = None) -> Begun:
    """Have *sources* read, by other processes at once and by this one when it asks for them."""
    sizes = [_size(source) for source in sources]
    count = processes(jobs)
    if sum(sizes) < ENOUGH_BYTES and len(sources) < ENOUGH_FILES:
        count = 1
    tasks: list[Callable[[], Any]] = []
    weights: list[int] = []
    closing: list[Callable[[Iterator[Any]], ReadFile]] = []
    for source, size in zip(sources, sizes, strict=True):
        opened = open_file(source) if count > 1 and size >= LARGE else None
        if isinstance(opened, Stream) and _divisible(opened.text):
            shares = _shares(parts_of(opened.text), count)
            tasks += [partial(_read_share, opened, share) for share in shares]
            weights += [sum(len(text) for _, _, text in share) for share in shares]
            closing.append(partial(_close, opened, len(shares)))
        else:
            tasks.append(partial(read_file, source))
            weights.append(size)
            closing.append(next)
    return Begun(Crew(tasks, weights, count), closing)


def _size(source: Source) -> int:
    try:
        return source.file.stat().st_size
    except OSError:
        return 0


def _divisible(text: str) -> bool:
    """Whether the documents of *text* share no allowance: it repeats nothing by aliases."""
    return "&" not in text and len(text) <= _MOST


def _shares(parts: list[Part], count: int) -> list[list[Part]]:
    """*parts* in *count* runs of about the same length."""
    most = sum(len(text) for _, _, text in parts) / count
    shares: list[list[Part]] = [[]]
    length = 0
    for part in parts:
        if length >= most * len(shares):
            shares.append([])
        shares[-1].append(part)
        length += len(part[2])
    return shares


def _read_share(stream: Stream, share: list[Part]) -> Found:
    return read_parts(share, stream.reading, stream.dialect, LIMITS)


def _close(stream: Stream, count: int, results: Iterator[Any]) -> ReadFile:
    return stream.closed(together([next(results) for _ in range(count)], stream.reading))
