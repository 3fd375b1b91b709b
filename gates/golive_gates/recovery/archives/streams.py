"""Packed streams, a piece at a time: never more of them in memory than a piece."""

from __future__ import annotations

import bz2
import gzip
import lzma
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Protocol

from golive_gates.recovery.archives.writing import PIECE
from golive_gates.recovery.backups.records import Shape

MEMORY = 256 << 20
"""Bytes that an xz stream may ask for; its strongest preset takes a quarter."""


class Reader(Protocol):
    """Anything that bytes are read from."""

    def read(self, size: int = -1, /) -> bytes:
        """At most *size* bytes; none at the end."""
        ...


class _Decompressor(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


@contextmanager
def unpacked(path: Path, shape: Shape) -> Iterator[Reader]:
    """What is packed in *path*: ``gzip``, ``xz`` (also the older .lzma) or ``bzip2``."""
    if shape == "gzip":
        with gzip.open(path, "rb") as stream:
            yield stream
        return
    with path.open("rb") as raw:
        yield Unpacking(raw, bz2.BZ2Decompressor if shape == "bzip2" else _xz)


def _xz() -> _Decompressor:
    return lzma.LZMADecompressor(memlimit=MEMORY)


class Unpacking:
    """Streams of *raw*, one after the other, as their own programs read them."""

    def __init__(self, raw: IO[bytes], new: Callable[[], _Decompressor]) -> None:
        self._raw, self._new = raw, new
        self._unpacker: _Decompressor | None = None
        self._held = b""

    def read(self, size: int = -1, /) -> bytes:
        """At most *size* bytes. Raises ``EOFError`` where a stream is cut off."""
        while True:
            if self._unpacker is None and not self._begun():
                return b""
            unpacker = self._unpacker
            if unpacker is None:
                return b""
            if unpacker.needs_input and not self._held:
                self._held = self._raw.read(PIECE)
                if not self._held:
                    raise EOFError("it ends before its end mark")
            given, self._held = self._held if unpacker.needs_input else b"", b""
            piece = unpacker.decompress(given, PIECE if size < 0 else size)
            if unpacker.eof:
                self._held, self._unpacker = unpacker.unused_data, None
            if piece:
                return piece

    def _begun(self) -> bool:
        """Whether another stream follows; zeros between them are padding."""
        self._held = self._held.lstrip(b"\0")
        while not self._held:
            piece = self._raw.read(PIECE)
            if not piece:
                return False
            self._held = piece.lstrip(b"\0")
        self._unpacker = self._new()
        return True


class Again:
    """A stream whose *head* was read already."""

    def __init__(self, head: bytes, rest: Reader) -> None:
        self._head, self._rest = head, rest

    def read(self, size: int = -1, /) -> bytes:
        """At most *size* bytes."""
        if self._head:
            take = len(self._head) if size < 0 else size
            piece, self._head = self._head[:take], self._head[take:]
            return piece
        return self._rest.read(size)


def head_of(stream: Reader, size: int) -> bytes:
    """The first *size* bytes, fewer only where there are no more."""
    held = b""
    while len(held) < size and (piece := stream.read(size - len(held))):
        held += piece
    return held
