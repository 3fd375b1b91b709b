"""What the manifest of a snapshot states, and which files differ from it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from golive.sanitize import clean
from golive_gates.recovery.backups.manifests import MAX_BYTES
from golive_gates.recovery.backups.records import Backup
from golive_gates.recovery.chroma.records import Stated

MOST = 10_000


def stated_of(backup: Backup, base: Path) -> Stated:
    """What is stated of *backup*: nothing where its manifest was not read. Raises ``OSError``."""
    if backup.manifest is None:
        return Stated()
    with (base / backup.manifest.path).open("rb") as stream:
        raw = stream.read(MAX_BYTES)
    try:
        document = json.loads(raw)
    except (ValueError, RecursionError):
        return Stated()
    if not isinstance(document, dict):
        return Stated()
    counts: dict[str, int] = {}
    ids: dict[str, str] = {}
    listed = document.get("collections")
    for one in listed[:MOST] if isinstance(listed, list) else ():
        if not isinstance(one, dict) or not isinstance(one.get("name"), str):
            continue
        count = one.get("count")
        if isinstance(count, int) and not isinstance(count, bool):
            counts[one["name"]] = count
        digest = one.get("ids_sha256")
        if isinstance(digest, str) and len(digest) == 64:
            ids[one["name"]] = digest.lower()
    made = document.get("chroma_version")
    return Stated(
        bool(counts or backup.manifest.files),
        clean(made, 40) if isinstance(made, str) else "",
        counts,
        ids,
        backup.manifest.files,
    )


def differing(stated: Mapping[str, str], digests: Mapping[str, str]) -> tuple[str, ...]:
    """Stated files that are missing or others; files that nobody stated are let be."""
    return tuple(sorted(p for p, digest in stated.items() if digests.get(p) != digest))
