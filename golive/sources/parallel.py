"""Many files, or many documents of one, on all cores."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from golive.sources.documents import Found, Part, parts_of, read_parts, together
from golive.sources.files import LIMITS, ReadFile, Source, Stream, open_file, read_file
from golive.sources.forking import processes, run, without_collection

ENOUGH_BYTES = 512 * 1024
ENOUGH_FILES = 300
"""From here on a second process saves more time than it costs."""
# Every value takes two bytes at least: parts of what is smaller cannot exceed what one process
# would let pass.
_MOST = 2 * LIMITS.nodes


def read_all(sources: Sequence[Source], jobs: int | None = None) -> list[ReadFile]:
    """What each of *sources* holds, in their order; the same for any number of *jobs*."""
    sizes = [_size(source) for source in sources]
    count = processes(jobs)
    if count < 2 or (sum(sizes) < ENOUGH_BYTES and len(sources) < ENOUGH_FILES):
        with without_collection():
            return [read_file(source) for source in sources]
    tasks: list[Callable[[], Any]] = []
    weights: list[int] = []
    closing: list[Callable[[Iterator[Any]], ReadFile]] = []
    for source, size in zip(sources, sizes, strict=True):
        opened = open_file(source) if size >= ENOUGH_BYTES else None
        if isinstance(opened, Stream) and _divisible(opened.text):
            shares = _shares(parts_of(opened.text), count)
            tasks += [partial(_read_share, opened, share) for share in shares]
            weights += [sum(len(text) for _, _, text in share) for share in shares]
            closing.append(partial(_close, opened, len(shares)))
        else:
            tasks.append(partial(read_file, source))
            weights.append(size)
            closing.append(next)
    results = iter(run(tasks, weights, count))
    return [close(results) for close in closing]


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
