"""Unpack tar, zip and what gzip, xz or bzip2 packed, member by member: no links, no devices.

What is odd is refused by name rather than left out: an archive of a backup has no use for it.
"""

from __future__ import annotations

import gzip
import lzma
import struct
import tarfile
import zipfile
import zlib
from pathlib import Path
from typing import IO, cast

from golive.sanitize import clean
from golive_gates.recovery.archives.limits import Limits, Refused, Unpacked
from golive_gates.recovery.archives.shapes import HEAD, is_tar
from golive_gates.recovery.archives.streams import Again, Reader, head_of, unpacked
from golive_gates.recovery.archives.writing import PIECE, Writer
from golive_gates.recovery.backups.records import Shape
from golive_gates.recovery.stopping import Stop

BROKEN = (
    EOFError,
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    gzip.BadGzipFile,
    struct.error,
    ValueError,
    IndexError,
    UnicodeError,
    OverflowError,
)
"""What the standard library raises over archives that are torn, cut off or nonsense."""

_PACKED = {".gz", ".tgz", ".xz", ".lzma", ".txz", ".bz2", ".tbz", ".tbz2"}
_ENCRYPTED = 0x1
_OVERHEAD, _OVERHEAD_A_MEMBER = 8 << 20, 8 << 10
"""Bytes of headers and padding in all; `tarfile` reads an extended header whole."""


def unpack(path: Path, shape: Shape, into: Path, limits: Limits, stop: Stop) -> Unpacked:
    """The files of the archive *path* below *into*.

    What is packed and no tar becomes one file, named after the archive. Raises ``Refused`` (also
    for an archive that is broken), ``Stopped`` and ``OSError``.
    """
    writer = Writer(into, limits, path.stat().st_size, stop)
    try:
        if shape == "zip":
            _zip(path, writer)
        elif shape == "tar":
            with path.open("rb") as stream:
                _tar(stream, writer)
        else:
            with unpacked(path, shape) as packed:
                _packed(packed, path, writer)
    except (RuntimeError, NotImplementedError) as error:
        # A compression that this Python does not know.
        raise Refused("archive-packing", clean(str(error), 120)) from None
    except BROKEN as error:
        if "Memory usage limit" in str(error):
            raise Refused("archive-packing", clean(f"{shape}: {error}", 120)) from None
        raise Refused("archive-broken", clean(f"{type(error).__name__}: {error}", 120)) from None
    except OSError as error:
        if error.errno is not None:
            raise
        # That of bzip2 over nonsense: nothing of the system failed.
        raise Refused("archive-broken", clean(str(error), 120)) from None
    if not writer.unpacked.members:
        raise Refused("archive-empty", clean(path.name, 120))
    return writer.unpacked


def _packed(packed: Reader, path: Path, writer: Writer) -> None:
    head = head_of(packed, HEAD)
    stream = Again(head, packed)
    if is_tar(head):
        _tar(stream, writer)
        return
    writer.entry()
    name = path.stem if path.suffix.lower() in _PACKED else path.name
    # Its own name is the reader's and need not be one that a member may have.
    odd = not name.isprintable() or "\\" in name or name.endswith(":")
    writer.file("data" if odd else name, stream.read)


def _tar(stream: Reader, writer: Writer) -> None:
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
            if not member.isreg():
                raise Refused("archive-device", clean(member.name, 120))
            writer.expect(member.size)
            content = archive.extractfile(member)
            if content is None:
                raise Refused("archive-device", clean(member.name, 120))
            writer.file(member.name, content.read)


class _Guarded:
    """A stream that ends for a reader which swallows bytes without writing any."""

    def __init__(self, stream: Reader, writer: Writer) -> None:
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
            if member.flag_bits & _ENCRYPTED:
                raise Refused("archive-locked", clean(member.filename, 120))
            writer.expect(member.file_size)
            with archive.open(member) as content:
                writer.file(member.filename, content.read)
