"""What is wrong with a restored Chroma store, given what was seen of it. Pure.

The judges and the controls of the drill ask the same function. Causes come first: a folder whose
files are not all there is not blamed for what chromadb answers from the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from golive.model import Scalar
from golive_gates.recovery.backups.times import written
from golive_gates.recovery.chroma import versions
from golive_gates.recovery.chroma.records import (
    Answers,
    Asked,
    Catalogue,
    ChromaLive,
    ChromaProof,
    Collection,
    Stated,
)

Concern = Literal["restores", "vectors", "queries", "content", "rpo"]
UNDECIDED = frozenset((
    *("chroma-missing", "chroma-timeout", "chroma-garbled", "chroma-unusable", "chroma-memory"),
    "unreadable",
))  # fmt: skip
"""Problems that may be golive's or this machine's."""

OF_VERSIONS = frozenset({"chroma-refused", "chroma-crashed"})
"""Problems that a version may have with the store of an older one."""

TOLERATED = 0.05
"""Share of sampled records that an approximate index may miss; more is damage."""


@dataclass(frozen=True, slots=True)
class Against:
    """What a store is held against. ``differing``: files that are not the manifest's.

    ``made``: when the snapshot was, where its manifest says so: none of its records is newer,
    whatever they say themselves.
    """

    now: float
    rpo: float
    stated: Stated = field(default_factory=Stated)
    live: ChromaLive | None = None
    differing: tuple[str, ...] = ()
    made: float | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong. ``concern``: the check that it belongs to.

    ``undecided``: it may be wrong or not. ``slight``: it is only worth a warning.
    """

    concern: Concern
    code: str
    subject: str
    params: Mapping[str, Scalar] = field(default_factory=dict)
    undecided: bool = False
    slight: bool = False


def faults(proof: ChromaProof, against: Against) -> tuple[Fault, ...]:
    """All faults of the first concern that has any that is more than slight, and slight ones."""
    found: list[Fault] = []
    for part in (
        _broken(proof, against.stated),
        _vectors(proof),
        _opened(proof, against.stated),
        _queries(proof),
        _content(proof.catalogue, against),
        _age(proof.catalogue, against),
    ):
        found += part
        if any(not f.slight for f in found):
            break
    return tuple(found)


def _broken(proof: ChromaProof, stated: Stated) -> Iterator[Fault]:
    seen, answers = proof.catalogue, proof.answers
    if seen.problem and answers is not None:
        mismatch = _mismatch(seen, answers, stated)
        if mismatch is not None:
            yield mismatch
            return
    if seen.problem:
        undecided = seen.problem in UNDECIDED
        yield Fault("restores", seen.problem, "file", {"detail": seen.detail or "-"}, undecided)
    for line in seen.integrity:
        yield Fault("restores", "integrity", "integrity_check", {"detail": line})


def _vectors(proof: ChromaProof) -> Iterator[Fault]:
    labels = {a.collection: a for a in proof.answers.asked} if proof.answers is not None else {}
    for one in proof.catalogue.collections:
        yield from _files(one, labels.get(one.shown))
        params: dict[str, Scalar] = {"saved": -1 if one.saved is None else one.saved}
        if one.records and one.seen is None:
            yield Fault("vectors", "sequence-missing", one.shown, {"records": one.records})
        elif one.newest_seq is not None and one.seen is not None and one.newest_seq > one.seen:
            params |= {"newest": one.newest_seq, "seen": one.seen}
            yield Fault("vectors", "sequence-behind", one.shown, params)
        if one.lost:
            params |= {"lost": one.lost, "records": one.records}
            yield Fault("vectors", "queue-lost", one.shown, params)


def _files(one: Collection, asked: Asked | None) -> Iterator[Fault]:
    if one.records and not one.vector:
        yield Fault("vectors", "segment-missing", one.shown, {"records": one.records})
    files = one.files
    if files is None:
        return
    for name in files.missing:
        yield Fault("vectors", "vectors-missing", one.shown, {"file": f"{one.vector}/{name}"})
    if files.missing:
        return
    if files.short:
        params: dict[str, Scalar] = {"bytes": files.short, "segment": one.vector}
        yield Fault("vectors", "vectors-short", one.shown, params)
    elif asked is not None and asked.pickle:
        yield Fault("vectors", "pickle-unreadable", one.shown, {"detail": asked.pickle})
    else:
        held = [
            n for n in (files.elements, None if asked is None else asked.labels) if n is not None
        ]
        if held and min(held) < one.indexed:
            params = {"held": min(held), "records": one.indexed}
            yield Fault("vectors", "vectors-fewer", one.shown, params)


def _opened(proof: ChromaProof, stated: Stated) -> Iterator[Fault]:
    answers = proof.answers
    if answers is None:
        return
    mismatch = _mismatch(proof.catalogue, answers, stated)
    if mismatch is not None:
        # It may open, but with a version that does not know what it reads.
        yield mismatch
    elif answers.problem:
        params = _versions(proof.catalogue, answers, stated)
        older = versions.is_older(proof.catalogue.migrations, answers.migrations)
        unread = older and answers.problem in OF_VERSIONS
        code = "version-older" if unread else answers.problem
        yield Fault("restores", code, "file", params, unread or answers.problem in UNDECIDED)


def _mismatch(seen: Catalogue, answers: Answers, stated: Stated) -> Fault | None:
    """The installed version is not one that knows what it would read."""
    params = _versions(seen, answers, stated)
    newer, other = versions.differing(seen.migrations, answers.migrations)
    if newer or other:
        said = {**params, "detail": ", ".join((newer or other)[:3])}
        return Fault("restores", "version-newer" if newer else "version-other", "file", said, True)
    if seen.problem and answers.problem in UNDECIDED:
        # Nobody can say whether its layout is that of a version.
        return Fault("restores", answers.problem, "file", params, True)
    return None


def _versions(seen: Catalogue, answers: Answers, stated: Stated) -> dict[str, Scalar]:
    """What sentences about versions say: who opened it, and who wrote it as far as is known."""
    schema = versions.schema_of(seen.migrations) or "-"
    return {
        "installed": answers.version or "-",
        "made": f"chromadb {stated.made_by}; {schema}" if stated.made_by else schema,
        "detail": answers.detail or "-",
    }


def _queries(proof: ChromaProof) -> Iterator[Fault]:
    if proof.answers is None or proof.answers.problem:
        return
    asked = {a.collection: a for a in proof.answers.asked}
    for one in proof.catalogue.collections:
        said = asked.get(one.shown)
        if said is None or said.count is None:
            detail = said.error if said is not None else ""
            yield Fault("queries", "collection-closed", one.shown, {"detail": detail or "-"})
            continue
        if said.count != one.records:
            params: dict[str, Scalar] = {"count": said.count, "records": one.records}
            yield Fault("queries", "count-answered", one.shown, params)
        yield from _searched(one, said)


def _searched(one: Collection, said: Asked) -> Iterator[Fault]:
    of: dict[str, Scalar] = {"sampled": said.sampled, "k": said.k}
    if one.records and not said.sampled:
        yield Fault("queries", "unsampled", one.shown, {"records": one.records})
    if said.ids != said.sampled and not said.error:
        yield Fault("queries", "records-unread", one.shown, {**of, "ids": said.ids})
    if said.blank:
        yield Fault("queries", "embeddings-blank", one.shown, {**of, "blank": said.blank})
    if said.failed:
        params: dict[str, Scalar] = {**of, "failed": said.failed, "detail": said.error or "-"}
        yield Fault("queries", "query-failed", one.shown, params)
    if said.short:
        yield Fault("queries", "query-short", one.shown, {**of, "short": said.short})
    missed = said.sampled - said.found - said.twins - said.blank - said.failed
    if missed > 0:
        slight = missed <= TOLERATED * said.sampled
        params = {**of, "missed": missed}
        yield Fault("queries", "not-found-itself", one.shown, params, slight=slight)


def _content(seen: Catalogue, against: Against) -> Iterator[Fault]:
    stated, live = against.stated, against.live
    held = {c.shown: c for c in seen.collections}
    for name, count in sorted(stated.collections.items()):
        one = held.get(name)
        if one is None:
            yield Fault("content", "collection-missing", name, {"stated": count})
        elif one.records != count:
            yield Fault("content", "count-differs", name, {"records": one.records, "stated": count})
        elif stated.ids.get(name, one.ids_sha256) != one.ids_sha256:
            yield Fault("content", "ids-differ", name, {"records": one.records})
    for path in against.differing[:5]:
        yield Fault("content", "file-differs", path)
    if live is None or live.problem:
        return
    if live.before is not None and seen.before_at is not None and live.before > seen.records:
        params: dict[str, Scalar] = {
            "live": live.before,
            "records": seen.records,
            "at": written(seen.before_at),
        }
        yield Fault("content", "records-missing", "records", params)
    total = sum(live.counts.values())
    if total and not seen.records:
        yield Fault("content", "live-only", "records", {"live": total})
    elif live.before is None and not stated.collections and dict(live.counts) != _counts(seen):
        params = {"live": total, "records": seen.records}
        yield Fault("content", "counts-apart", "records", params, undecided=True)


def _counts(seen: Catalogue) -> dict[str, int]:
    return {c.shown: c.records for c in seen.collections}


def newest_in(seen: Catalogue, made: float | None) -> float | None:
    """When the newest record was written; at most *made*, when the snapshot was."""
    return seen.newest if made is None or seen.newest is None else min(seen.newest, made)


def _age(seen: Catalogue, against: Against) -> Iterator[Fault]:
    newest = newest_in(seen, against.made)
    if newest is None or against.now - newest <= against.rpo:
        return
    live = against.live if against.live is not None and not against.live.problem else None
    params: dict[str, Scalar] = {
        "newest": written(newest),
        "age": against.now - newest,
        "limit": against.rpo,
    }
    if live is None:
        yield Fault("rpo", "age-unknown", "records", params, undecided=True)
    elif live.newest is not None and live.newest > newest:
        yield Fault("rpo", "too-old", "records", {**params, "live": written(live.newest)})
    elif dict(live.counts) != _counts(seen):
        yield Fault("rpo", "age-unknown", "records", params, undecided=True)
