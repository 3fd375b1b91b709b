"""The process that owns the Chroma client: JSON lines in, JSON lines out, until stdin closes.

`{"add": [owner, project, text]}` is answered with `{"done": n, "failure": null}` for n scripts
together; `{"search": number, ...}` with `{"found": number, "hits": [...]}`.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from golive_demo.embedding import COLLECTION, embed, script_id

if TYPE_CHECKING:
    from chromadb.api.models.Collection import Collection

_READ = 1 << 16
_MAX_BATCH = 64
# By default Chroma goes through up to 1000 unsorted entries at every write.
HNSW = {"hnsw": {"sync_threshold": 64, "batch_size": 32}}
_NICE = 10

Add = tuple[str, str, str]


def open_collection(folder: Path) -> Collection:
    """The collection in a folder, which is created when missing."""
    # Local: Chroma takes over a second to import, and only this process needs it.
    import chromadb
    from chromadb.config import Settings

    settings = Settings(anonymized_telemetry=False)
    client = chromadb.PersistentClient(path=str(folder), settings=settings)
    return client.get_or_create_collection(
        COLLECTION,
        configuration=HNSW,  # type: ignore[arg-type]
        embedding_function=None,
    )


def write(collection: Collection, batch: list[Add]) -> dict[str, object]:
    """Store scripts; a repeated one once."""
    scripts = {script_id(*add): add for add in batch}
    try:
        collection.upsert(
            ids=list(scripts),
            embeddings=_vectors([text for _, _, text in scripts.values()]),
            documents=[text for _, _, text in scripts.values()],
            metadatas=[{"projectId": p, "owner": o} for o, p, _ in scripts.values()],
        )
    except Exception as error:  # noqa: BLE001 - told to whoever waits
        return {"done": len(batch), "failure": f"{type(error).__name__}: {error}"}
    return {"done": len(batch), "failure": None}


def search(collection: Collection, asked: dict[str, Any]) -> dict[str, object]:
    """The nearest scripts of an owner."""
    try:
        found = collection.query(
            query_embeddings=_vectors([asked["text"]]),
            n_results=asked["limit"],
            where={"owner": asked["owner"]},
            include=["documents", "metadatas", "distances"],
        )
    except Exception as error:  # noqa: BLE001 - told to whoever waits
        failure = f"{type(error).__name__}: {error}"
        return {"found": asked["search"], "hits": None, "failure": failure}
    documents, metadatas = found["documents"] or [[]], found["metadatas"] or [[]]
    distances = found["distances"] or [[]]
    rows = zip(found["ids"][0], metadatas[0], documents[0], distances[0], strict=True)
    hits = [[i, str(m["projectId"]), document, d] for i, m, document, d in rows]
    return {"found": asked["search"], "hits": hits}


def _vectors(texts: list[str]) -> list[Sequence[float] | Sequence[int]]:
    return [embed(text) for text in texts]


def _messages() -> Iterator[list[dict[str, Any]]]:
    """What has come in since the last look, at least one message each time."""
    rest = b""
    while data := os.read(0, _READ):
        *lines, rest = (rest + data).split(b"\n")
        if lines:
            yield [json.loads(line) for line in lines]


def _say(message: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Serve until stdin is closed."""
    os.nice(_NICE)  # streams go first
    collection = open_collection(Path(sys.argv[1]))
    _say({"done": 0, "failure": None})
    batch: list[Add] = []
    for messages in _messages():
        for message in messages:
            if "add" in message:
                batch.append(tuple(message["add"]))
            if batch and ("search" in message or len(batch) == _MAX_BATCH):
                _say(write(collection, batch))
                batch = []
            if "search" in message:
                _say(search(collection, message))
        if batch:
            _say(write(collection, batch))
            batch = []


if __name__ == "__main__":
    # The service may be gone before the last answer.
    with contextlib.suppress(BrokenPipeError):
        main()
