"""Makes the stores of other versions of chromadb that lie beside this file.

    python make_chroma_stores.py [FOLDER]

Run it once with the interpreter of each environment that has one of the versions (``chromadb==X``
and ``numpy<2``); it writes ``chroma-X.tar.xz``. The committed ones are of 0.4.10, 0.4.24, 0.5.23,
0.6.3 and 1.0.15, as those versions left them on the disk. Between them lie all changes of the
schema and of the index files up to the version that golive's own tests make stores with.

Of 60 records, some deleted and some changed, the vectors of the first 40 are in index files and
those of the rest in the queue only; a second collection is in the queue as a whole, a third empty.

One thing is not as it was left: index files have room for a thousand vectors and more, which holds
whatever was in memory; it is overwritten with zeros here.
"""

from __future__ import annotations

import random
import struct
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

SAVED, RECORDS, NOTES, WIDE = 40, 60, 9, 8
GONE, MOVED, RENAMED = range(0, 20, 5), range(21, 40, 6), range(2, 40, 9)


def main() -> int:
    """Fill a store in a process that ends as services do, and pack what it left."""
    if sys.argv[1:2] == ["--fill"]:
        return fill(sys.argv[2])
    import chromadb

    into = Path(sys.argv[1]) if sys.argv[1:] else Path(__file__).parent
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "store"
        command = [sys.executable, __file__, "--fill", str(store)]
        subprocess.run(command, check=True)
        for header in store.glob("*/header.bin"):
            clear_room(header.parent)
        with tarfile.open(into / f"chroma-{chromadb.__version__}.tar.xz", "w:xz") as archive:
            archive.add(store, ".", filter=_anonymous)
    return 0


def fill(folder: str) -> int:
    """Write the records through chromadb."""
    import chromadb
    from chromadb.config import Settings

    client = chromadb.PersistentClient(folder, settings=Settings(anonymized_telemetry=False))
    # As metadata: that is how every one of these versions takes them.
    often: dict[str, Any] = {"hnsw:sync_threshold": SAVED, "hnsw:batch_size": 10}
    scripts = client.create_collection("scripts", embedding_function=None, metadata=often)
    for first in range(0, RECORDS, 10):
        numbers = range(first, first + 10)
        scripts.add(
            ids=[f"s{n:04d}" for n in numbers],
            embeddings=[vector(n) for n in numbers],
            documents=[f"document {n}" for n in numbers],
            metadatas=[{"projectId": f"p{n // 3}"} for n in numbers],
        )
    scripts.delete(ids=[f"s{n:04d}" for n in GONE])
    scripts.update(ids=[f"s{n:04d}" for n in MOVED], embeddings=[vector(1_000 + n) for n in MOVED])
    renamed = [f"s{n:04d}" for n in RENAMED]
    scripts.update(ids=renamed, metadatas=[{"projectId": "moved"} for _ in renamed])
    notes = client.create_collection("notes", embedding_function=None)
    notes.add(
        ids=[f"n{n}" for n in range(NOTES)],
        embeddings=[vector(2_000 + n) for n in range(NOTES)],
        metadatas=[{"projectId": f"p{n}"} for n in range(NOTES)],
    )
    notes.delete(ids=["n3"])
    client.create_collection("none", embedding_function=None)
    return 0


def vector(number: int) -> list[float]:
    """The embedding of a record."""
    draw = random.Random(number)  # noqa: S311 - the same one each time
    return [draw.gauss(0, 1) for _ in range(WIDE)]


def clear_room(segment: Path) -> None:
    """Zeros for all that is behind the vectors which the header counts."""
    elements, each = struct.unpack_from("<QQ", (segment / "header.bin").read_bytes(), 20)
    for name, size in (("data_level0.bin", each), ("length.bin", 4)):
        path = segment / name
        room = path.stat().st_size
        with path.open("r+b") as stream:
            stream.truncate(elements * size)
            stream.truncate(room)


def _anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = member.mtime = 0
    member.uname = member.gname = ""
    return member


if __name__ == "__main__":
    sys.exit(main())
