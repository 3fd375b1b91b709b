"""Finished scripts in ChromaDB, written and searched on one background thread.

The embedding is fixed and local: hashed character trigrams, so nothing is downloaded and the
same text always gives the same vector.
"""

from __future__ import annotations

import asyncio
import hashlib
import math
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chromadb.api.models.Collection import Collection

DIMENSIONS = 64
COLLECTION = "scripts"
_MAX_PENDING = 1000


def embed(text: str) -> list[float]:
    """The unit vector of a text, 64 dimensions, from its hashed character trigrams."""
    vector = [0.0] * DIMENSIONS
    padded = f"  {' '.join(text.split())} "
    for start in range(len(padded) - 2):
        gram = padded[start : start + 3].encode("utf-8", "surrogatepass")
        bucket = int.from_bytes(hashlib.blake2b(gram, digest_size=4).digest(), "big")
        vector[bucket % DIMENSIONS] += 1.0 if bucket & 0x8000_0000 else -1.0
    length = math.sqrt(sum(x * x for x in vector)) or 1.0
    return [x / length for x in vector]


def _batch(text: str) -> list[Sequence[float] | Sequence[int]]:
    return [embed(text)]


def script_id(project_id: str, text: str) -> str:
    """One id for one text of a project, so that a repeated script is not stored twice."""
    return f"{project_id}:{hashlib.sha256(text.encode()).hexdigest()[:16]}"


@dataclass(frozen=True, slots=True)
class Hit:
    """A found script; `distance` is the squared Euclidean distance of unit vectors, 0 to 4."""

    script_id: str
    project_id: str
    text: str
    distance: float


class ScriptIndex:
    """Owns the Chroma client; every use of it happens on the one thread."""

    def __init__(self, folder: Path, on_indexed: Callable[[], None] = lambda: None) -> None:
        self._folder = folder
        self._on_indexed = on_indexed
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="script-index")
        self._pending = threading.BoundedSemaphore(_MAX_PENDING)
        self._collection: Future[Collection] | None = None
        self.failure: str | None = "not opened"

    async def open(self) -> None:
        """Import Chroma and open the collection: before readiness, not beside a live stream."""
        self._collection = self._thread.submit(self._open)
        await asyncio.wrap_future(self._collection)
        self.failure = None

    def add(self, project_id: str, text: str) -> bool:
        """Queue a script; False when the queue is full. A failed write shows in `failure`."""
        if not self._pending.acquire(blocking=False):
            return False
        self._thread.submit(self._add, project_id, text)
        return True

    async def search(self, text: str, limit: int) -> list[Hit]:
        """The scripts nearest to a text, nearest first."""
        return await asyncio.wrap_future(self._thread.submit(self._search, text, limit))

    def close(self) -> None:
        """Finish what is queued and end the thread."""
        self._thread.shutdown(wait=True)

    def _open(self) -> Collection:
        # Local: Chroma takes over a second to import, and only this thread needs it.
        import chromadb
        from chromadb.config import Settings

        settings = Settings(anonymized_telemetry=False)
        client = chromadb.PersistentClient(path=str(self._folder), settings=settings)
        return client.get_or_create_collection(COLLECTION, embedding_function=None)

    def _opened(self) -> Collection:
        if self._collection is None:
            raise RuntimeError("the index is not open")
        return self._collection.result()

    def _add(self, project_id: str, text: str) -> None:
        try:
            self._opened().upsert(
                ids=[script_id(project_id, text)],
                embeddings=_batch(text),
                documents=[text],
                metadatas=[{"projectId": project_id}],
            )
        except Exception as error:  # noqa: BLE001 - nobody to raise to
            self.failure = f"{type(error).__name__}: {error}"
        else:
            self._on_indexed()
        finally:
            self._pending.release()

    def _search(self, text: str, limit: int) -> list[Hit]:
        found = self._opened().query(
            query_embeddings=_batch(text),
            n_results=limit,
            include=["documents", "metadatas", "distances"],
        )
        documents, metadatas = found["documents"] or [[]], found["metadatas"] or [[]]
        distances = found["distances"] or [[]]
        rows = zip(found["ids"][0], metadatas[0], documents[0], distances[0], strict=True)
        return [Hit(i, str(m["projectId"]), document, d) for i, m, document, d in rows]
