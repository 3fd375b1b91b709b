"""What is wrong with a restored database, given what was seen of it. Pure.

The judges and the controls of the drill ask the same function, so that a damage which no control
shows cannot be missed by one and caught by the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from golive.model import Scalar
from golive_gates.recovery.backups.times import written
from golive_gates.recovery.sqlite.records import Definition, Expected, Live, Proof
from golive_gates.recovery.sqlite.schemas import schema_digest

Concern = Literal["restores", "schema", "content", "rpo"]
UNDECIDED = frozenset({"needs-extension", "unreadable"})
"""Problems of a proof that may be golive's or this machine's."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong. ``concern``: the check that it belongs to."""

    concern: Concern
    code: str
    subject: str
    params: tuple[tuple[str, Scalar], ...] = ()


def faults(
    proof: Proof, expected: Expected, live: Live | None, now: float, rpo: float
) -> tuple[Fault, ...]:
    """All faults, the causes first: a file that is broken has no content to speak of."""
    broken = tuple(_broken(proof))
    if broken or proof.problem:
        return (*broken, *_file(proof, expected))
    return (
        *_file(proof, expected),
        *_schema(proof, expected, live),
        *_content(proof, expected, live),
        *_age(proof, now, rpo),
    )


def _broken(proof: Proof) -> Iterator[Fault]:
    if proof.problem and proof.problem not in UNDECIDED:
        yield Fault("restores", proof.problem, "file", (("detail", proof.detail or "-"),))
    for line in proof.integrity:
        yield Fault("restores", "integrity", "integrity_check", (("detail", line),))
    for line in proof.foreign_keys:
        yield Fault("restores", "foreign-key", "foreign_key_check", (("detail", line),))


def _file(proof: Proof, expected: Expected) -> Iterator[Fault]:
    if expected.sha256 and proof.sha256 and proof.sha256 != expected.sha256:
        yield Fault(
            "content",
            "file-differs",
            "file",
            (("size", proof.size), ("stated", -1 if expected.size is None else expected.size)),
        )


def _schema(proof: Proof, expected: Expected, live: Live | None) -> Iterator[Fault]:
    if expected.schema_sha256 and schema_digest(proof.definitions) != expected.schema_sha256:
        yield Fault("schema", "schema-manifest", "schema")
    if live is None or live.problem:
        return
    restored, lives = _named(proof.definitions), _named(live.definitions)
    for key in sorted({*restored, *lives}):
        subject = f"{key[0]} {key[1]}"
        if key not in restored:
            yield Fault("schema", "schema-missing", subject)
        elif key not in lives:
            yield Fault("schema", "schema-extra", subject)
        elif restored[key].sha256 != lives[key].sha256:
            yield Fault("schema", "schema-differs", subject)
    if proof.version != live.version:
        yield Fault(
            "schema",
            "schema-version",
            "user_version",
            (("restored", proof.version), ("live", live.version)),
        )


def _named(schema: Sequence[Definition]) -> dict[tuple[str, str], Definition]:
    return {(d.kind, d.name): d for d in schema}


def _content(proof: Proof, expected: Expected, live: Live | None) -> Iterator[Fault]:
    for name, stated in sorted(expected.tables.items()):
        found = proof.tables.get(name)
        if found is None:
            yield Fault("content", "table-missing", name, (("stated", stated.rows),))
        elif found.rows != stated.rows:
            yield Fault("content", "rows", name, (("rows", found.rows), ("stated", stated.rows)))
        elif stated.sha256 and found.sha256 != stated.sha256:
            yield Fault("content", "digest", name, (("rows", found.rows),))
    canary = proof.canary
    if canary is None or canary.problem:
        return
    if canary.named is False:
        yield Fault("content", "canary-gone", "canary")
    lives = live.canary if live is not None and not live.problem else None
    if lives is None or lives.problem or canary.before_at is None:
        return
    if lives.before_at == canary.before_at and lives.before > canary.before:
        yield Fault(
            "content",
            "records-missing",
            "canary",
            (
                ("live", lives.before),
                ("rows", canary.before),
                ("at", written(canary.before_at)),
            ),
        )


def _age(proof: Proof, now: float, rpo: float) -> Iterator[Fault]:
    canary = proof.canary
    if canary is None or canary.problem:
        return
    if canary.newest is None:
        # What is there and is not read as a time may well be one.
        code = "canary-form" if canary.stated else "canary-none"
        yield Fault("rpo", code, "canary", (("rows", canary.rows),))
    elif now - canary.newest > rpo:
        yield Fault(
            "rpo",
            "too-old",
            "canary",
            (("newest", written(canary.newest)), ("age", now - canary.newest), ("limit", rpo)),
        )
