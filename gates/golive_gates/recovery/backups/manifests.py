"""Reading a manifest: JSON of a stranger, of which only what has the right form is taken."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from golive.sanitize import clean
from golive_gates.recovery.backups.records import Manifest, TableFigures
from golive_gates.recovery.backups.times import time_of

MAX_BYTES = 8 << 20
MAX_TABLES = 5_000
MAX_ROWS = 1 << 62
_HEX = frozenset("0123456789abcdef")


class BadManifest(ValueError):
    """The manifest cannot be read; the message says why."""


def read_manifest(path: Path, shown: str) -> Manifest:
    """The manifest at *path*. Raises ``BadManifest`` and ``OSError``."""
    with path.open("rb") as stream:
        raw = stream.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        msg = f"larger than {MAX_BYTES} bytes"
        raise BadManifest(msg)
    try:
        document = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise BadManifest(clean(f"no JSON: {error}", 120)) from None
    if not isinstance(document, dict):
        raise BadManifest("no JSON object")
    created = document.get("created_at")
    at = time_of(created)
    if created is not None and at is None:
        raise BadManifest(clean(f"created_at is no time: {created!r}", 120))
    canary = document.get("canary")
    return Manifest(
        shown,
        at,
        _count(document.get("size_bytes")),
        _digest(document.get("sha256")),
        clean(str(document.get("digest") or ""), 60),
        _digest(document.get("schema_sha256")),
        _tables(document.get("tables")),
        _count(document.get("canary_id")),
        time_of(canary.get("newest")) if isinstance(canary, dict) else None,
        _files(document.get("files")),
    )


def names_file(path: Path) -> str:
    """Name of the file or folder that the manifest at *path* is about; "" where it names none."""
    document = _glanced(path)
    name = document.get("file") or document.get("snapshot")
    # A name and no path: it may not lead elsewhere.
    return name if isinstance(name, str) and name == Path(name).name else ""


def names_kind(path: Path) -> str:
    """What kind of store the manifest at *path* says that it is of; "" where it does not."""
    kind = _glanced(path).get("kind")
    return kind if isinstance(kind, str) else ""


def _glanced(path: Path) -> Mapping[str, object]:
    try:
        with path.open("rb") as stream:
            document = json.loads(stream.read(MAX_BYTES))
    except (OSError, ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def _count(value: object) -> int | None:
    whole = isinstance(value, int) and not isinstance(value, bool)
    return value if whole and isinstance(value, int) and 0 <= value <= MAX_ROWS else None


def _digest(value: object) -> str:
    text = value.lower() if isinstance(value, str) else ""
    return text if len(text) == 64 and set(text) <= _HEX else ""


def _tables(value: object) -> dict[str, TableFigures]:
    found: dict[str, TableFigures] = {}
    if not isinstance(value, Mapping):
        return found
    if len(value) > MAX_TABLES:
        msg = f"more than {MAX_TABLES} tables"
        raise BadManifest(msg)
    for name, figures in value.items():
        # Some write the number of rows alone.
        rows = _count(figures.get("rows") if isinstance(figures, Mapping) else figures)
        if rows is None:
            raise BadManifest(clean(f"table {name!r} has no number of rows", 120))
        digest = _digest(figures.get("sha256")) if isinstance(figures, Mapping) else ""
        found[str(name)] = TableFigures(rows, digest)
    return found


def _files(value: object) -> dict[str, str]:
    if not isinstance(value, Mapping) or len(value) > MAX_TABLES:
        return {}
    found = {
        str(name): _digest(facts.get("sha256") if isinstance(facts, Mapping) else facts)
        for name, facts in value.items()
    }
    return {name: digest for name, digest in found.items() if digest}
