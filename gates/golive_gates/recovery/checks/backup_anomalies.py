"""``recovery.backup-anomalies``: no backup is suddenly much smaller than the one before.

What: each finished backup is compared with the one before it: its size, the rows that its
manifest counts, and whether it is a database or archive at all. Why: an export that lost a table
or half its rows is whole and restores well; that it shrank is the only sign. The newest one's
content is proven by the drill, so its shrinking only warns. Remedy: look at what changed in the
data or in the backup job between the two.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    Finding,
    Observation,
    Severity,
    Status,
)
from golive_gates.recovery.backups.records import Backup, Backups, Found
from golive_gates.recovery.looking import FOUND_CHECK, Blocked, finding, judged
from golive_gates.recovery.settings import Settings

SPEC = CheckSpec("recovery.backup-anomalies", Severity.MEDIUM)
SHRUNK, GROWN = 0.5, 10.0
"""A neighbour of less than this share, or more than this many times, of what was before."""
SMALL_BYTES, SMALL_ROWS = 64 << 10, 20
"""Below these nothing is made of a share: an empty database grows tenfold in an hour."""
MOST = 20


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Neighbours that differ too much."""
    seen = observation.require(Backups)
    found: list[Finding] = []
    held: list[Blocked] = []
    pairs = 0
    for store in settings.stores:
        of = seen.of(store.name)
        if of is None or not of.complete:
            held.append(Blocked(store.name, FOUND_CHECK))
            continue
        oldest = seen.now - store.retention - store.every
        row = [b for b in of.complete if b.at >= oldest] or [of.complete[-1]]
        pairs += len(row)
        found += list(_anomalies(of, row))[-MOST:]
    return judged(SPEC, pairs, found, seen.evidence, held=held)


def _anomalies(store: Found, row: list[Backup]) -> Iterator[Finding]:
    # Where the newest is packed or encrypted in a way of its own, the others may be too.
    odd = {"empty", "unknown"} - {row[-1].shape}
    for backup in row[:-1]:
        if backup.shape in odd or backup.shape == "empty":
            yield finding(store.store, f"backup-{backup.shape}", path=backup.path)
    for before, after in pairwise(row):
        usable = "empty" not in {before.shape, after.shape}
        newest = after is row[-1]
        lost = _lost(before, after)
        if lost is not None:
            yield finding(
                store.store,
                "rows-dropped",
                path=after.path,
                status=Status.WARN if newest or lost[2] else None,
                table=lost[0],
                before=lost[1],
                rows=lost[2],
            )
        elif usable and before.shape == after.shape and before.size >= SMALL_BYTES:
            share = after.size / before.size
            if share < SHRUNK or share > GROWN:
                yield finding(
                    store.store,
                    "size-dropped" if share < SHRUNK else "size-jumped",
                    path=after.path,
                    status=Status.WARN,
                    before=before.size,
                    size=after.size,
                )


def _lost(before: Backup, after: Backup) -> tuple[str, int, int] | None:
    """The table that lost most of its rows, with the rows of both."""
    if before.manifest is None or after.manifest is None or not after.manifest.tables:
        return None
    found = []
    for name, figures in before.manifest.tables.items():
        now = after.manifest.tables.get(name)
        rows = now.rows if now is not None else 0
        if figures.rows >= SMALL_ROWS and rows < figures.rows * SHRUNK:
            found.append((name, figures.rows, rows))
    return max(found, key=lambda f: f[1] - f[2], default=None)


CHECK = Check(SPEC, (Backups,), judge)
