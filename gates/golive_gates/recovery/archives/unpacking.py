"""Unpack tar, tar.gz, gz and zip, member by member: no ``extractall``, no links, no devices.

What is odd is refused by name rather than left out: an archive of a backup has no use for it.
"""

from __future__ import annotations

import gzip
import struct
import tarfile
import zipfile
import zlib
from pathlib import Path
from typing import IO, cast

from golive.sanitize import clean
from golive_gates.recovery.archives.limits import Limits, Refused, Unpacked
from golive_gates.recovery.archives.writing import PIECE, Writer
from golive_gates.recovery.backups.records import Shape
from golive_gates.recovery.stopping import Stop

BROKEN = (
    EOFError,
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
    gzip.BadGzipFile,
    struct.error,
    ValueError,
    IndexError,
    UnicodeError,
    OverflowError,
)
"""What the standard library raises over archives that are torn, cut off or nonsense."""

_TAR_BLOCK = 512
_OVERHEAD, _OVERHEAD_A_MEMBER = 8 << 20, 8 << 10
"""Bytes of headers and padding in all; `tarfile` reads an extended header whole."""


def unpack(path: Path, shape: Shape, into: Path, limits: Limits, stop: Stop) -> Unpacked:
    """The files of the archive *path* below *into*.

    A gzip that is no tar becomes one file, named after it without ``.gz``. Raises ``Refused``
    (also for an archive that is broken), ``Stopped`` and ``OSError``.
    """
    writer = Writer(into, limits, path.stat().st_size, stop)
    try:
        if shape == "zip":
            _zip(path, writer)
        elif shape == "tar":
            with path.open("rb") as stream:
                _tar(stream, writer)
        else:
            _gzip(path, writer)
    except (RuntimeError, NotImplementedError) as error:
        # An encrypted member, or a compression that this Python does not know.
        raise Refused("archive-locked", clean(str(error), 120)) from None
    except BROKEN as error:
        raise Refused("archive-broken", clean(f"{type(error).__name__}: {error}", 120)) from None
    if not writer.unpacked.members:
        raise Refused("archive-empty", path.name)
    return writer.unpacked


def _gzip(path: Path, writer: Writer) -> None:
    with gzip.open(path, "rb") as stream:
        head = stream.read(_TAR_BLOCK)
        if head[257:262] == b"ustar":
            stream.seek(0)
            _tar(cast("IO[bytes]", stream), writer)
            return
        writer.entry()
        first = [head]
        name = path.name.removesuffix(".gz") or "data"
        writer.file(name, lambda size: first.pop() if first else stream.read(size))


def _tar(stream: IO[bytes], writer: Writer) -> None:
    guarded = _Guarded(stream, writer)
    with tarfile.open(fileobj=cast("IO[bytes]", guarded), mode="r|", bufsize=PIECE) as archive:
        for member in archive:
            writer.entry()
            if member.isdir():
                if member.name.strip("./"):
                    writer.folder(member.name)
                continue
            if member.issym() or member.islnk():
                raise Refused("archive-link", clean(member.name, 120))
            if not member.isreg() or member.issparse():
                raise Refused("archive-device", clean(member.name, 120))
            writer.expect(member.size)
            content = archive.extractfile(member)
            if content is None:
                raise Refused("archive-device", clean(member.name, 120))
            writer.file(member.name, content.read)


class _Guarded:
    """A stream that ends for a reader which swallows bytes without writing any."""

    def __init__(self, stream: IO[bytes], writer: Writer) -> None:
        self._stream, self._writer = stream, writer
        self._pulled = 0

    def read(self, size: int = -1) -> bytes:
        """At most *size* bytes. Raises ``Refused`` and ``Stopped``."""
        self._writer.stop.check()
        piece = self._stream.read(size)
        self._pulled += len(piece)
        allowed = _OVERHEAD + _OVERHEAD_A_MEMBER * self._writer.entries
        if self._pulled - self._writer.unpacked.written > allowed:
            raise Refused("archive-headers", str(allowed))
        return piece


def _zip(path: Path, writer: Writer) -> None:
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            writer.entry()
            kind = member.external_attr >> 28
            if kind == 0o12:
                raise Refused("archive-link", clean(member.filename, 120))
            if member.is_dir():
                writer.folder(member.filename)
                continue
            if kind not in (0, 0o10):
                raise Refused("archive-device", clean(member.filename, 120))
            writer.expect(member.file_size)
            with archive.open(member) as content:
                writer.file(member.filename, content.read)
