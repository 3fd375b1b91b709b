"""Take a snapshot of the vector store and prove that it can be searched.

    backup_chroma.py SOURCE DESTINATION_DIR [--keep N]

SOURCE is the URL of a Chroma server, or a folder that no process has open. Every collection is
read over the client and written to a fresh folder: copying the files of a running server tears
them apart, and a snapshot that lost its vectors still answers `count()` and `get()` in full. So
the snapshot is opened again and asked for sampled records by their own embeddings.

Each snapshot is a folder `chroma-STAMP` and `chroma-STAMP.manifest.json`. The manifest is written
last: a snapshot without one was interrupted and is ignored by restore.py.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection

STAMP = "%Y%m%dT%H%M%SZ"
_NAME = re.compile(r"chroma-\d{8}T\d{6}Z")
_BATCH = 500
_SAMPLES = 5
_FLUSH_AT = 1000
_MIN_FLUSH = 2  # the least that Chroma accepts


class SnapshotError(Exception):
    """The snapshot is not usable; nothing of it is left behind."""


def connect(source: str) -> ClientAPI:
    """A client of a server's URL or of a folder."""
    import chromadb  # takes a second, which `--help` should not
    from chromadb.config import Settings

    settings = Settings(anonymized_telemetry=False)
    url = urlsplit(source)
    if url.scheme in {"http", "https"} and url.hostname:
        secure = url.scheme == "https"
        port = url.port or (443 if secure else 80)
        return chromadb.HttpClient(url.hostname, port, ssl=secure, settings=settings)
    if not (Path(source) / "chroma.sqlite3").is_file():
        # The client would create an empty store there, and its snapshot would look fine.
        msg = f"{source}: no Chroma store"
        raise SnapshotError(msg)
    return chromadb.PersistentClient(source, settings=settings)


@contextmanager
def opened(source: str) -> Iterator[ClientAPI]:
    """A connected client that is closed at the end, so that its files are complete."""
    client = connect(source)
    try:
        yield client
    finally:
        close(client)


def close(client: ClientAPI) -> None:
    """Close a client; the method is missing from the interface that the package declares."""
    client.close()  # type: ignore[attr-defined]


def snapshot(source: ClientAPI, destination: Path, now: datetime) -> Path:
    """Copy, verify and describe every collection; return the manifest's path.

    Raises SnapshotError when the copy does not prove itself. `now` must be aware.
    """
    import chromadb
    from chromadb.config import Settings

    destination.mkdir(parents=True, exist_ok=True)
    name = f"chroma-{now.astimezone(UTC).strftime(STAMP)}"
    partial = destination / f".{name}.partial"
    shutil.rmtree(partial, ignore_errors=True)
    try:
        target = chromadb.PersistentClient(
            str(partial), settings=Settings(anonymized_telemetry=False)
        )
        try:
            collections = [_copy(found, target) for found in source.list_collections()]
        finally:
            close(target)
        if not collections:
            raise SnapshotError("the source has no collection")
        verify(partial, {str(c["name"]): c["count"] for c in collections})
        document = {
            "schema_version": 1,
            "kind": "chroma",
            "snapshot": name,
            "created_at": now.astimezone(UTC).isoformat(timespec="seconds"),
            "chroma_version": chromadb.__version__,
            "collections": collections,
            "files": files_of(partial),
        }
        partial.replace(destination / name)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    manifest = destination / f"{name}.manifest.json"
    waiting = manifest.with_name(f".{manifest.name}.partial")
    with waiting.open("w", encoding="utf-8") as stream:
        stream.write(json.dumps(document, indent=2, sort_keys=True) + "\n")
        stream.flush()
        os.fsync(stream.fileno())
    waiting.replace(manifest)
    return manifest


def verify(folder: Path, counts: dict[str, object]) -> None:
    """Open a snapshot and search it. Raises SnapshotError at the first doubt."""
    from chromadb.errors import ChromaError

    with opened(str(folder)) as client:
        for name, expected in counts.items():
            try:
                collection = client.get_collection(name, embedding_function=None)
                if collection.count() != expected:
                    msg = f"{name}: {collection.count()} records, not {expected}"
                    raise SnapshotError(msg)
                _search_itself(collection)
            except ChromaError as error:
                msg = f"{name}: {error}"
                raise SnapshotError(msg) from error


def files_of(folder: Path) -> dict[str, dict[str, object]]:
    """Size and SHA-256 of every file, by its path inside the folder."""
    described: dict[str, dict[str, object]] = {}
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        described[path.relative_to(folder).as_posix()] = {
            "size_bytes": path.stat().st_size,
            "sha256": digest,
        }
    return described


def prune(destination: Path, keep: int) -> list[Path]:
    """Remove all but the newest `keep` snapshots and return what was removed."""
    snapshots = sorted(p for p in destination.iterdir() if _NAME.fullmatch(p.name))
    removed = snapshots[: max(0, len(snapshots) - keep)]
    for path in removed:
        path.with_name(f"{path.name}.manifest.json").unlink(missing_ok=True)
        shutil.rmtree(path)
    return removed


def _copy(source: Collection, target: ClientAPI) -> dict[str, object]:
    total = source.count()
    space = (source.configuration.get("hnsw") or {}).get("space", "l2")
    # Vectors stay in the log until so many have come; a snapshot wants them in its index files.
    flush = max(_MIN_FLUSH, min(total, _FLUSH_AT))
    copy = target.create_collection(
        source.name,
        metadata=source.metadata,
        embedding_function=None,
        configuration={"hnsw": {"space": space, "sync_threshold": flush, "batch_size": flush}},
    )
    ids = sorted(source.get(include=[])["ids"])
    dimension = 0
    for start in range(0, len(ids), _BATCH):
        batch = source.get(
            ids=ids[start : start + _BATCH], include=["embeddings", "documents", "metadatas"]
        )
        embeddings = batch["embeddings"]
        if embeddings is None or len(embeddings) != len(batch["ids"]):
            msg = f"{source.name}: the source returned no embeddings"
            raise SnapshotError(msg)
        dimension = len(embeddings[0])
        copy.add(
            ids=batch["ids"],
            embeddings=embeddings,
            documents=batch["documents"],
            metadatas=batch["metadatas"],
        )
    return {
        "name": source.name,
        "count": len(ids),
        "dimension": dimension,
        "space": space,
        "ids_sha256": hashlib.sha256("\n".join(ids).encode()).hexdigest(),
    }


def _search_itself(collection: Collection) -> None:
    ids = sorted(collection.get(include=[])["ids"])
    wanted = min(_SAMPLES, len(ids))
    for key in _spread(ids, wanted):
        embeddings = collection.get(ids=[key], include=["embeddings"])["embeddings"]
        if embeddings is None:
            msg = f"{collection.name}: {key} has no embedding"
            raise SnapshotError(msg)
        found = collection.query(query_embeddings=embeddings, n_results=wanted, include=[])
        answered = found["ids"][0]
        if key not in answered or len(answered) != wanted:
            msg = f"{collection.name}: {key} is not found by its own embedding"
            raise SnapshotError(msg)


def _spread(items: Sequence[str], count: int) -> list[str]:
    """`count` items, evenly spaced over the sequence."""
    return [items[index * len(items) // count] for index in range(count)]


def main() -> int:
    """Take one snapshot; exit status 1 when it failed."""
    parser = argparse.ArgumentParser(description="Take a snapshot of the vector store.")
    parser.add_argument("source", help="URL of a Chroma server, or a folder")
    parser.add_argument("destination", type=Path)
    parser.add_argument("--keep", type=int, default=14, help="snapshots to keep (default: 14)")
    options = parser.parse_args()
    if options.keep < 1:
        parser.error("--keep must be at least 1")
    try:
        with opened(options.source) as client:
            manifest = snapshot(client, options.destination, datetime.now(UTC))
        removed = prune(options.destination, options.keep)
    except Exception as error:  # noqa: BLE001 - the client raises its transport's own kinds
        print(f"snapshot failed: {type(error).__name__}: {error}", file=sys.stderr)
        return 1
    print(f"{manifest} ({len(removed)} old removed)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
