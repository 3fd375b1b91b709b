"""The drill proves itself: each damage is put to the same verification as the snapshot was."""

from __future__ import annotations

import shutil
import sqlite3
from dataclasses import dataclass, replace
from pathlib import Path

from golive.sanitize import clean
from golive_gates.recovery.chroma import versions
from golive_gates.recovery.chroma.asking import Prober
from golive_gates.recovery.chroma.catalogue import look_at_folder
from golive_gates.recovery.chroma.damages import Damage, damaged, wanted
from golive_gates.recovery.chroma.faults import Against, faults
from golive_gates.recovery.chroma.records import Catalogue, ChromaProof
from golive_gates.recovery.drills.records import Control
from golive_gates.recovery.scratch import NoSpace, demand_room
from golive_gates.recovery.stopping import Stop

MARGIN = 3600.0
"""Seconds by which the stale copy is older than it may be."""

ANY_AGE = Against(0.0, float("inf"))


def prove(folder: Path, asked: Prober, stop: Stop, before: float | None = None) -> ChromaProof:
    """What is seen of *folder*. ``before``: records up to then are counted.

    chromadb writes to what it opens, and brings the schema of an older version up to its own.
    Raises ``OSError`` and ``Stopped``.
    """
    seen = look_at_folder(folder, stop, before)
    if seen.pickled:
        seen = look_at_folder(folder, stop, before, asked.saved(folder, seen.pickled))
    if seen.problem == "chroma-foreign" and seen.migrations:
        # Which version is installed tells whether it is one that is not known yet.
        return ChromaProof(seen, asked.installed())
    if any(not f.slight for f in faults(ChromaProof(seen), ANY_AGE)):
        return ChromaProof(seen)
    installed = asked.installed()
    if installed.problem:
        # What cannot even make a store says nothing of this one.
        own = installed.problem in {"chroma-missing", "chroma-timeout"}
        code = installed.problem if own else "chroma-unusable"
        return ChromaProof(seen, replace(installed, problem=code))
    answers = asked.ask(folder, seen)
    version = answers.version or installed.version
    return ChromaProof(seen, replace(answers, version=version, migrations=installed.migrations))


def taken_over(folder: Path, proof: ChromaProof, asked: Prober, stop: Stop) -> ChromaProof:
    """What is seen of *folder* once it was proven: *proof*, or what an older store became by that.

    Raises ``OSError`` and ``Stopped``.
    """
    seen, answers = proof.catalogue, proof.answers
    if answers is None or not versions.is_older(seen.migrations, answers.migrations):
        return proof
    return prove(folder, asked, stop, seen.before_at)


def tried(
    sound: Path, proof: ChromaProof, against: Against, asked: Prober, stop: Stop
) -> tuple[Control, ...]:
    """Damage the restored folder *sound*, of which *proof* is, in every way.

    Raises ``OSError`` and ``Stopped``.

    The copies are judged without the digests of their files: those tell that something changed,
    and what is to be shown is that the store is seen not to work.
    """
    own = replace(against, differing=(), stated=replace(against.stated, files={}))
    before = frozenset(f.code for f in faults(proof, own))
    seen = proof.catalogue
    age = 0.0 if seen.newest is None else against.now - seen.newest
    bed = _Bed(sound, seen, max(MARGIN, against.rpo - age + MARGIN), asked, stop)
    made = []
    for damage in wanted(seen):
        # What the live store holds says nothing of how old the stale copy may be.
        held = replace(own, live=None) if damage == "stale" else own
        try:
            caught = bed.caught(damage, held)
            made.append(Control(damage, tuple(c for c in caught if c not in before)))
        except NoSpace:
            made.append(Control(damage, problem="control-not-made"))
        except LookupError:
            made.append(Control(damage, problem="control-layout"))
        except sqlite3.Error as error:
            said = clean(str(error), 80)
            made.append(Control(damage, problem="control-not-made", caught=(said,)))
    return tuple(made)


@dataclass(frozen=True, slots=True)
class _Bed:
    """What damaged copies are made of, and what looks at them. ``older``: of the stale one."""

    sound: Path
    seen: Catalogue
    older: float
    asked: Prober
    stop: Stop

    def caught(self, damage: Damage, against: Against) -> tuple[str, ...]:
        """Codes of what is wrong with a copy that has *damage*; it is gone afterwards."""
        out = self.sound.parent / f"damaged-{damage}"
        demand_room(out.parent, self.seen.bytes)
        try:
            damaged(damage, self.sound, self.seen, out, self.older, self.stop)
            proof = prove(out, self.asked, self.stop, self.seen.before_at)
        finally:
            shutil.rmtree(out, ignore_errors=True)
        return tuple(dict.fromkeys(f.code for f in faults(proof, against) if not f.slight))
