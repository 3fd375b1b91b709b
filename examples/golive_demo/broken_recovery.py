"""Defects of what is there for the worst day: the fallback between providers, and the backups."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Defect:
    """What one variant sets; the defaults are sound. Times are in seconds."""

    falls_back: bool = True
    splices: bool = False
    """After a break in the middle the next provider goes on, in the same stream."""
    sdk_retries: int = 0
    patience_s: float = 1.2
    """How long a provider's first piece is waited for."""
    accepts_truncation: bool = False
    """The end of a provider's stream counts as the end of its answer."""
    passes_user_errors_on: bool = False
    """What a provider rejected as the caller's mistake is tried at the next one."""
    sticks: bool = False
    """Whoever answered last is asked first from then on."""
    hides_outages: bool = False
    """With no provider left the stream ends as if it had been answered."""
    asks_both: bool = False
    """While the first provider answers the other one is asked too, and its answer thrown away."""
    wrong_order: bool = False
    decodes_packets: bool = False
    """What OpenAI sends is decoded packet by packet, so that a character in two is lost."""
    backup_damage: str = ""
    """What is done to the history of backups; see `golive_demo.broken_backups`."""
    backup_days: int = 0
    """How far the history reaches back; 0 for as far as it should."""
    backup_age_minutes: float = 40.0
    """Age of the newest backup."""


SOUND = Defect()

DEFECTS = (
    ("no-fallback", "a script is asked of the first provider alone", Defect(falls_back=False)),
    (
        "fallback-splices",
        "when a provider breaks off in the middle, the other one's answer is sent on after it",
        Defect(splices=True),
    ),
    (
        "sdk-retries-eat-budget",
        "the SDKs retry twice, as by default, and a first piece is waited for up to 12 s",
        Defect(sdk_retries=2, patience_s=12.0),
    ),
    (
        "truncation-is-an-end",
        "a provider's stream that ends without its closing event counts as finished",
        Defect(accepts_truncation=True),
    ),
    (
        "user-errors-fall-back",
        "a request that a provider rejected as wrong is tried at the other one as well",
        Defect(passes_user_errors_on=True),
    ),
    (
        "sticks-to-secondary",
        "after a fallback the other provider stays the first one for good",
        Defect(sticks=True),
    ),
    (
        "silent-outage",
        "with both providers down the stream ends as usual, with an empty script",
        Defect(hides_outages=True),
    ),
    (
        "asks-both-providers",
        "while a provider answers the other one is asked as well, and its answer thrown away",
        Defect(asks_both=True),
    ),
    (
        "wrong-provider-first",
        "the providers are asked in the other order",
        Defect(wrong_order=True),
    ),
    (
        "decodes-packet-by-packet",
        "characters that arrive from OpenAI in two packets are replaced",
        Defect(decodes_packets=True),
    ),
    ("backup-gap", "two backups of the database in a row are missing", Defect(backup_damage="gap")),
    (
        "backup-without-wal",
        "the newest backup of the database is a copy of its main file, made while it was in use",
        Defect(backup_damage="without-wal"),
    ),
    (
        "backup-truncated",
        "the newest backup of the database is half a file",
        Defect(backup_damage="truncated"),
    ),
    (
        "backup-flipped-byte",
        "one byte of a row changed in the newest backup of the database",
        Defect(backup_damage="flipped"),
    ),
    (
        "backup-interrupted",
        "the last backup of the database was never finished: half a file, and no manifest",
        Defect(backup_damage="interrupted"),
    ),
    (
        "backup-from-the-future",
        "the clock that named the newest backup of the database is hours ahead",
        Defect(backup_damage="future"),
    ),
    (
        "backup-before-migration",
        "the live database got a column after its newest backup",
        Defect(backup_damage="schema"),
    ),
    (
        "backup-stale",
        "no backup was made for nine hours",
        Defect(backup_age_minutes=540.0),
    ),
    ("backup-short-history", "the backups reach back three days", Defect(backup_days=3)),
    (
        "backup-without-vectors",
        "the newest snapshot of the script index has lost its vectors",
        Defect(backup_damage="vectors"),
    ),
    (
        "backup-halved-vectors",
        "half of the vectors are cut off the newest snapshot of the script index",
        Defect(backup_damage="halved"),
    ),
    (
        "backup-hollow-vectors",
        "half of the vectors in the newest snapshot of the script index are zeros",
        Defect(backup_damage="hollow"),
    ),
    (
        "backup-stale-snapshot",
        "the newest snapshot of the script index holds what was in it two days ago",
        Defect(backup_damage="stale"),
    ),
)
"""Name, description and defect of each variant."""
