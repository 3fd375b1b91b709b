"""The process that opens snapshots with the real chromadb: JSON lines in, JSON lines out.

    python -P -m golive_gates.recovery.chroma.probe_process --memory BYTES

A damaged snapshot can end a process, so it is never opened in golive's own. A request is
``{"folder", "collections", "k"}`` with ``{"name", "shown", "tenant", "database", "vector", "ids"}``
for each collection, of which ``ids`` are those to ask for; the answer is ``{"version", "asked"}``
or ``{"problem", "detail"}``. A request for ``{"fresh": folder}`` makes an empty store there and
tells which migrations it has; one for ``{"folder", "pickles"}`` tells the sequence numbers that
old segments keep in their own files.

Versions before 1.0 load the pickles of a store as they are, code and all: a store that has one with
more than plain values is not given to chromadb. Nothing is sent anywhere: telemetry is off, and no
embedding function is used.
"""

from __future__ import annotations

import argparse
import json
import os
import pickle
import sqlite3
import sys
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection

PICKLE = "index_metadata.pickle"
SAVED_CLASS = ("chromadb.segment.impl.vector.local_persistent_hnsw", "PersistentData")
"""The one class of which versions before 1.0 saved an object."""

TOO_NEAR = 1e-6
"""Two embeddings whose distance is below this are one."""


def main() -> int:
    """Answer until stdin ends."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--memory", type=int, required=True)
    options = parser.parse_args()
    # What chromadb prints goes to stderr; stdout is for answers alone.
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    _limit(options.memory)
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = _answer(request)
        except ImportError as error:
            answer = {"problem": "chroma-missing", "detail": str(error)[:200]}
        except MemoryError:
            answer = {"problem": "chroma-memory", "detail": f"{options.memory >> 20} MiB"}
            answer |= _version()
        except BaseException as error:  # noqa: BLE001 - a panic of Rust is no Exception
            answer = {"problem": "chroma-refused", "detail": _said(error)} | _version()
        out.write(json.dumps(answer) + "\n")
        out.flush()
    return 0


def _limit(memory: int) -> None:
    # Not there on Windows, where the time limit alone holds.
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _said(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"[:300]


def _version() -> dict[str, str]:
    chromadb = sys.modules.get("chromadb")
    return {"version": str(getattr(chromadb, "__version__", ""))}


def _client(folder: str, tenant: str, database: str) -> ClientAPI:
    # Local: the package takes a second to import, and may not be installed.
    import chromadb
    from chromadb.config import Settings

    settings = Settings(anonymized_telemetry=False)
    return chromadb.PersistentClient(folder, settings=settings, tenant=tenant, database=database)


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    if "pickles" in request:
        folder = Path(request["folder"])
        found = {name: _saved(folder / name / PICKLE) for name in request["pickles"]}
        return {"saved": {name: number for name, number in found.items() if number is not None}}
    import chromadb

    if "fresh" in request:
        return {"version": chromadb.__version__, "migrations": _fresh(request["fresh"])}
    labels = [_labels(request["folder"], one.get("vector", "")) for one in request["collections"]]
    if any("pickle" in label for label in labels):
        told = zip(request["collections"], labels, strict=True)
        return {"asked": [{"collection": one["shown"], **label} for one, label in told]}
    if odd := _odd(Path(request["folder"])):
        return {"problem": "chroma-unsafe", "detail": odd}
    asked = []
    clients: dict[tuple[str, str], ClientAPI] = {}
    try:
        for one, label in zip(request["collections"], labels, strict=True):
            key = one["tenant"], one["database"]
            if key not in clients:
                clients[key] = _client(request["folder"], *key)
            asked.append(label | _asked(clients[key], one, request["k"]))
    finally:
        for client in clients.values():
            with suppress(Exception):
                client.close()  # type: ignore[attr-defined]
    return {"version": chromadb.__version__, "asked": asked}


def _fresh(folder: str) -> list[str]:
    client = _client(folder, "default_tenant", "default_database")
    # Not every version has it.
    with suppress(AttributeError):
        client.close()  # type: ignore[attr-defined]
    with closing(sqlite3.connect(Path(folder) / "chroma.sqlite3")) as connection:
        rows = connection.execute("SELECT dir, version, hash FROM migrations ORDER BY 1, 2")
        return [f"{place}/{version} {digest}" for place, version, digest in rows]


def _asked(client: ClientAPI, one: dict[str, Any], k: int) -> dict[str, Any]:
    said: dict[str, Any] = {"collection": one["shown"], "sampled": len(one["ids"])}
    try:
        collection = client.get_collection(one["name"], embedding_function=None)
        said["count"] = count = collection.count()
        said["k"] = min(k, count)
        if one["ids"]:
            said["ids"] = len(collection.get(ids=one["ids"], include=[])["ids"])
    except MemoryError:
        raise
    except BaseException as error:  # noqa: BLE001 - a panic of Rust is no Exception
        return {**said, "error": _said(error), "failed": max(1, len(one["ids"]))}
    tally = dict.fromkeys(("found", "twins", "short", "blank", "failed"), 0)
    for key in one["ids"]:
        try:
            ends = _search_itself(collection, key, said["k"])
        except MemoryError:
            raise
        except BaseException as error:  # noqa: BLE001 - as above
            said.setdefault("error", _said(error))
            ends = ["failed"]
        for end in ends:
            tally[end] += 1
    return {**said, **tally}


def _search_itself(collection: Collection, key: str, k: int) -> list[str]:
    """How a query for the embedding of the record *key* ends."""
    embeddings = collection.get(ids=[key], include=["embeddings"])["embeddings"]
    if embeddings is None or len(embeddings) != 1:
        return ["blank"]
    own: Sequence[float] = [float(x) for x in embeddings[0]]
    if not any(own) or any(x != x or abs(x) == float("inf") for x in own):  # noqa: PLR0124 - NaN
        return ["blank"]
    found = collection.query(query_embeddings=own, n_results=k, include=["distances"])
    ids, distances = found["ids"][0], (found["distances"] or [[]])[0]
    ends = ["short"] if len(ids) < k else []
    if key in ids:
        return [*ends, "found"]
    nearest = len(distances) == k and all(abs(d) < TOO_NEAR for d in distances)
    return [*ends, "twins"] if nearest else ends


class _Plain(pickle.Unpickler):
    """Lists, dictionaries, numbers and text; no code of a stranger is run."""

    def find_class(self, module: str, name: str) -> type:
        """The one class that older versions saved, as a bag of its fields."""
        if (module, name) == SAVED_CLASS:
            # A fresh one: a pickle can write to the class that it names.
            return type(name, (), {})
        msg = f"{module}.{name}"
        raise pickle.UnpicklingError(msg)


def _odd(folder: Path) -> str:
    """Which segment, also one that no collection names, has a pickle that is not plain."""
    for path in sorted(folder.glob(f"*/{PICKLE}")):
        try:
            _fields(path)
        except BaseException as error:  # noqa: BLE001 - bytes of a stranger raise anything
            return f"{path.parent.name}/{PICKLE}: {_said(error)}"[:300]
    return ""


def _labels(folder: str, vector: str) -> dict[str, Any]:
    path = Path(folder) / vector / PICKLE
    if not vector or not path.is_file():
        return {}
    try:
        labels = _fields(path).get("id_to_label")
    except BaseException as error:  # noqa: BLE001 - as above
        return {"pickle": _said(error)}
    return {"labels": len(labels)} if isinstance(labels, dict) else {"pickle": "no id_to_label"}


def _saved(path: Path) -> int | None:
    """Up to which sequence number an old segment goes; what else is wrong is told with labels."""
    try:
        number = _fields(path).get("max_seq_id")
    except BaseException:  # noqa: BLE001 - as above
        return None
    return number if isinstance(number, int) and 0 <= number < 1 << 63 else None


def _fields(path: Path) -> dict[str, Any]:
    with path.open("rb") as stream:
        held: object = _Plain(stream).load()
    return held if isinstance(held, dict) else vars(held)


if __name__ == "__main__":
    sys.exit(main())
