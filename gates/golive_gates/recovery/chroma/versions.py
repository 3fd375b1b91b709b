"""Which version of Chroma a store is of, by the migrations that its database went through. Pure."""

from __future__ import annotations

from collections.abc import Sequence

_KINDS = ("embeddings_queue", "metadb", "sysdb")
_MADE: dict[tuple[int, ...], str] = {
    (1, 3, 3): "0.4.10",
    (1, 3, 4): "0.4.15–0.4.24",
    (1, 3, 5): "0.5.0",
    (1, 3, 6): "0.5.3",
    (2, 4, 9): "0.5.11–0.6.3",
    (2, 5, 9): "1.0.0–1.4.0",
    (2, 6, 9): "1.5.0",
    (2, 6, 10): "1.5.9",
}
"""Newest migrations of each kind, and versions whose packages have these: those that were looked
at, the first and the last of them. Versions in between may belong to either neighbour."""


def schema_of(migrations: Sequence[str]) -> str:
    """Newest migration of each kind, and versions that are known to have just these."""
    newest = _newest(migrations)
    listed = ", ".join(f"{kind} {number}" for kind, number in sorted(newest.items()))
    made = writer_of(migrations)
    return f"{listed} (chromadb {made})" if made else listed


def writer_of(migrations: Sequence[str]) -> str:
    """Versions that are known to make stores with these *migrations*; "" for none."""
    newest = _newest(migrations)
    return _MADE.get(tuple(newest.get(kind, 0) for kind in _KINDS), "")


def differing(held: Sequence[str], known: Sequence[str]) -> tuple[list[str], list[str]]:
    """Migrations that the installed version does not have, and those that it has otherwise."""
    if not known:
        return [], []
    by_place = dict(m.rsplit(" ", 1) for m in known)
    mine = dict(m.rsplit(" ", 1) for m in held)
    newer = sorted(m for m in mine if m not in by_place)
    return newer, sorted(m for m, digest in mine.items() if by_place.get(m, digest) != digest)


def is_older(held: Sequence[str], known: Sequence[str]) -> bool:
    """Whether the installed version brings the schema of the store up to its own when it opens it.

    What a store did not go through, the version does to it: nothing is changed back.
    """
    mine = {m.rsplit(" ", 1)[0] for m in held}
    return bool(mine) and any(m.rsplit(" ", 1)[0] not in mine for m in known)


def _newest(migrations: Sequence[str]) -> dict[str, int]:
    newest: dict[str, int] = {}
    for one in migrations:
        kind, _, number = one.rsplit(" ", 1)[0].partition("/")
        if number.isdecimal():
            newest[kind] = max(int(number), newest.get(kind, 0))
    return newest
