"""Schemas as data. Pure."""

from __future__ import annotations

import hashlib

from golive_gates.recovery.sqlite.records import Definition


def schema_digest(schema: tuple[Definition, ...]) -> str:
    """One digest of a whole schema, as manifests hold it."""
    lines = (f"{d.kind}\0{d.name}\0{d.table}\0{d.sha256}\n" for d in schema)
    return hashlib.sha256("".join(lines).encode("utf-8", "replace")).hexdigest()
