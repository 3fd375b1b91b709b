"""Find a byte of a record's content in a database file ("Database File Format" of SQLite)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import IO

_LEAF, _INTERIOR = 0x0D, 0x05
_INTEGERS = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}
_DEEPEST = 32


def payload_byte(path: Path, root: int) -> int | None:
    """Offset of the last byte of a value in the table whose first page is *root*.

    ``None`` where that is no table with row ids, or holds no value of a byte or more. Raises
    ``OSError``.
    """
    with path.open("rb") as stream:
        head = stream.read(100)
        size = int.from_bytes(head[16:18], "big")
        size = 65_536 if size == 1 else size
        number, page = root, b""
        for _ in range(_DEEPEST):
            page = _page(stream, number, size)
            if len(page) < size:
                return None
            if page[0] != _INTERIOR:
                break
            number = int.from_bytes(page[8:12], "big")
    if page[0] != _LEAF or number == 1:
        return None
    usable = size - head[20]
    for cell in range(int.from_bytes(page[3:5], "big")):
        at = int.from_bytes(page[8 + 2 * cell : 10 + 2 * cell], "big")
        found = _in_cell(page, at, usable)
        if found is not None:
            return (number - 1) * size + found
    return None


def _page(stream: IO[bytes], number: int, size: int) -> bytes:
    stream.seek((number - 1) * size)
    return stream.read(size)


def _in_cell(page: bytes, at: int, usable: int) -> int | None:
    """The last byte of the longest value of a cell that lies in its page whole."""
    read = _reader(page)
    payload, at = read(at)
    if payload > usable - 35:
        return None  # it goes on in other pages
    _, at = read(at)
    begin = at
    length, at = read(at)
    body = begin + length
    longest: tuple[int, int] | None = None
    while at < begin + length:
        kind, at = read(at)
        width = _INTEGERS.get(kind, 8 if kind == 7 else max(0, (kind - 12) // 2))
        if kind != 7 and width > 0 and (longest is None or width > longest[0]):
            longest = (width, body + width - 1)
        body += width
    return longest[1] if longest is not None and longest[1] < usable else None


def _reader(page: bytes) -> Callable[[int], tuple[int, int]]:
    def varint(at: int) -> tuple[int, int]:
        value = 0
        for step in range(8):
            byte = page[at + step]
            value = value << 7 | byte & 0x7F
            if byte < 0x80:
                return value, at + step + 1
        return value << 8 | page[at + 8], at + 9

    return varint
