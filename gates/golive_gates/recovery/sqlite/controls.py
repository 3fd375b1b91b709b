"""The drill proves itself: each damage is put to the same verification as the backup was."""

from __future__ import annotations

import hashlib
import sqlite3
from dataclasses import dataclass, replace
from pathlib import Path

from golive.sanitize import clean
from golive_gates.recovery.backups.records import TableFigures
from golive_gates.recovery.drills.records import Control
from golive_gates.recovery.scratch import NoSpace, demand_room
from golive_gates.recovery.settings import Canary
from golive_gates.recovery.sqlite.damages import MADE, Damage, NotMade, aged, damaged
from golive_gates.recovery.sqlite.faults import faults
from golive_gates.recovery.sqlite.proving import prove
from golive_gates.recovery.sqlite.records import Expected, Live, Proof
from golive_gates.recovery.sqlite.reducing import reduced
from golive_gates.recovery.sqlite.restoring import Place
from golive_gates.recovery.stopping import Stop

WHOLE = 128 << 20
"""Up to this size the whole database is damaged; of a larger one, a part with all its tables."""

MARGIN = 3600.0
"""Seconds by which the stale copy is at least older than it may be."""


@dataclass(frozen=True, slots=True)
class Verification:
    """What the backup was held against; the damaged copies are held against the same."""

    expected: Expected
    live: Live | None
    canary: Canary | None
    before: float | None
    named: int | None
    now: float
    rpo: float

    def of(self, path: Path, stop: Stop, sha256: str = "") -> Proof:
        """What is seen of the database at *path*."""
        return prove(
            path, stop, canary=self.canary, before=self.before, named=self.named, sha256=sha256
        )

    def codes(self, proof: Proof) -> tuple[str, ...]:
        """Codes of the faults of *proof*, each once."""
        found = faults(proof, self.expected, self.live, self.now, self.rpo)
        return tuple(dict.fromkeys(f.code for f in found))


def tried(
    sound: Path, proof: Proof, verification: Verification, place: Place
) -> tuple[Control, ...]:
    """Damage the restored database *sound*, of which *proof* was seen, in every way.

    Of one that is large, a part is damaged. Raises ``OSError`` and ``Stopped``.
    """
    folder, stop = place.folder, place.stop
    try:
        if proof.size <= WHOLE:
            demand_room(folder, 3 * proof.size)
            held = _of_restored(verification, sound)
            return _controls(sound, proof, held, folder, stop)
        part = folder / "part.db"
        reduced(sound, part, stop)
        seen = verification.of(part, stop)
        if seen.problem or seen.integrity or seen.foreign_keys:
            return (Control("-", problem="control-not-made"),)
        return _controls(part, seen, _of_part(verification, seen, part), folder, stop)
    except (NoSpace, sqlite3.Error):
        return (Control("-", problem="control-not-made"),)


def _of_restored(verification: Verification, sound: Path) -> Verification:
    """The same, without the digest of a file that is not the restored one: of an archive, say."""
    stated = verification.expected
    if not stated.sha256 or _sha256(sound) == stated.sha256:
        return verification
    return replace(verification, expected=replace(stated, sha256=""))


def _of_part(verification: Verification, seen: Proof, part: Path) -> Verification:
    """The same, with figures of the part: those of which there are some of the whole."""
    stated = verification.expected
    digests = any(t.sha256 for t in stated.tables.values())
    tables = {n: t if digests else TableFigures(t.rows) for n, t in seen.tables.items()}
    own = replace(
        stated,
        size=seen.size,
        sha256=_sha256(part) if stated.sha256 else "",
        tables=tables if stated.tables else {},
        schema_sha256="",
    )
    named = seen.canary.named if seen.canary is not None else None
    return replace(
        verification, expected=own, live=None, named=verification.named if named else None
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _controls(
    sound: Path, proof: Proof, verification: Verification, folder: Path, stop: Stop
) -> tuple[Control, ...]:
    # What is wrong with the backup itself is no sign that a damage was seen.
    before = frozenset(verification.codes(replace(proof, sha256=verification.expected.sha256)))
    made = [_control(damage, sound, verification, before, folder, stop) for damage in MADE]
    if verification.canary is not None and proof.canary is not None and proof.canary.timed:
        made.append(_stale(sound, proof, verification, folder, stop))
    return tuple(made)


def _control(
    damage: Damage,
    sound: Path,
    verification: Verification,
    before: frozenset[str],
    folder: Path,
    stop: Stop,
) -> Control:
    copy = folder / f"damaged-{damage}.db"
    try:
        damaged(damage, sound, copy, stop)
        found = verification.codes(verification.of(copy, stop, _sha256(copy)))
    except NotMade as error:
        return Control(damage, problem=str(error))
    except sqlite3.Error as error:
        return Control(damage, problem="control-not-made", caught=(clean(str(error), 80),))
    finally:
        copy.unlink(missing_ok=True)
    caught = tuple(code for code in found if code not in before)
    return Control(damage, caught, detectable=bool(caught or verification.expected.source))


def _stale(
    sound: Path, proof: Proof, verification: Verification, folder: Path, stop: Stop
) -> Control:
    """A copy that is whole and was always so, and whose newest record is too old."""
    copy = folder / "damaged-stale.db"
    canary, figures = verification.canary, proof.canary
    if canary is None or figures is None or figures.newest is None:
        return Control("stale", problem="control-not-made")
    try:
        aged(sound, copy, canary, verification.now - verification.rpo - MARGIN, stop)
        seen = prove(copy, stop, canary=canary)
    except sqlite3.Error as error:
        return Control("stale", problem="control-not-made", caught=(clean(str(error), 80),))
    finally:
        copy.unlink(missing_ok=True)
    # Records that were taken out leave references behind, which an old backup would not have.
    own = Expected("manifest", tables=seen.tables)
    found = faults(replace(seen, foreign_keys=()), own, None, verification.now, verification.rpo)
    return Control("stale", tuple(dict.fromkeys(f.code for f in found if f.concern == "rpo")))
