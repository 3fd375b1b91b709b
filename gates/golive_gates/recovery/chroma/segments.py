"""A vector segment's folder, looked at without loading it.

The layout is hnswlib's as chromadb saves it (``header.bin``: version, then 64-bit sizes): read from
what chromadb 1.5 writes, and not relied on where the version in the header is another one.
"""

from __future__ import annotations

import re
import struct
from pathlib import Path

from golive_gates.recovery.chroma.records import Files
from golive_gates.recovery.stopping import Stop

PICKLE = "index_metadata.pickle"
VECTORS = "data_level0.bin"
NEEDED = (VECTORS, "header.bin", "length.bin", "link_lists.bin", PICKLE)
_HEADER = struct.Struct("<i4Q")
_VERSION = 1
_LENGTH = 4
_MARK = 2
"""Where in an element the lowest bit says that it is deleted: after the number of its links."""

_BATCH = 4 << 20
_NAME = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")


def is_name(segment: str) -> bool:
    """Whether a segment can have that name: a UUID. Another one may be a path out of the store."""
    return _NAME.fullmatch(segment) is not None


def look_at_files(folder: Path, *, saved: bool) -> Files | None:
    """What is in the folder of a segment; one never *saved* needs none. Raises ``OSError``."""
    if not saved:
        return None
    if not folder.is_dir():
        return Files(("folder",))
    missing = tuple(name for name in NEEDED if not (folder / name).is_file())
    if "header.bin" in missing:
        return Files(missing)
    with (folder / "header.bin").open("rb") as stream:
        head = stream.read(_HEADER.size)
    if len(head) < _HEADER.size:
        return Files((*missing, "header.bin"))
    version, _, _, elements, each = _HEADER.unpack(head)
    if version != _VERSION or elements > 1 << 48 or each > 1 << 32:
        return Files(missing)
    short = 0
    for name, size in ((VECTORS, each), ("length.bin", _LENGTH)):
        if name not in missing:
            short += max(0, elements * size - (folder / name).stat().st_size)
    return Files(missing, elements, short, each)


def middle(path: Path, files: Files, stop: Stop) -> int:
    """Offset in the vectors at *path* before which half of those lie that are not deleted.

    The file is longer than what is in use of it, so half of its bytes may hold every vector.
    Raises ``LookupError`` where the layout is not known, ``OSError`` and ``Stopped``.
    """
    if not files.elements or not files.each:
        raise LookupError("the layout of the vectors is not known")
    batch = max(1, _BATCH // files.each)
    # A byte for each vector: a list of their numbers would take as much as their database.
    alive = bytearray()
    with path.open("rb") as stream:
        for first in range(0, files.elements, batch):
            stop.check()
            piece = stream.read(min(batch, files.elements - first) * files.each)
            alive += bytes(not mark & 1 for mark in piece[_MARK :: files.each])
    if not any(alive):
        raise LookupError("all vectors are deleted ones")
    place = -1
    for _ in range(alive.count(1) // 2 + 1):
        place = alive.index(1, place + 1)
    return place * files.each
