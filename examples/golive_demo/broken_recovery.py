"""Defects of what is there for the worst day: the fallback between providers, and the backups."""

from __future__ import annotations

from dataclasses import dataclass

SILENCE = "silence"
"""The sign of a provider from which nothing came in time, whatever it would have said later."""


def midway(sign: str) -> str:
    """The sign of a failure that came after text had been sent."""
    return f"{sign}@"


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
    mishandles: str = ""
    """The one sign of a failure that is taken wrongly; see `golive_demo.providers.ProviderError`.

    Before any text the caller is told, and nobody else asked; `midway` the stream ends as though
    it were finished, or, in silence, does not end.
    """
    backup_damage: str = ""
    """What is done to the history of backups; see `golive_demo.broken_backups`."""
    backup_days: int = 0
    """How far the history reaches back; 0 for as far as it should."""
    backup_age_minutes: float = 40.0
    """Age of the newest backup."""
    needs_key: bool = False
    """project-service does not start without a key that lies beside its database alone."""


SOUND = Defect()

_NOT_ASKED_ELSEWHERE = (
    ("401", "status-401", "refuses its key (401)"),
    ("429", "status-429", "is asked too often (429)"),
    ("500", "status-500", "errs (500)"),
    ("503", "status-503", "is not available (503)"),
    ("529", "status-529", "is overloaded (529)"),
    ("stream-error", "stream-error", "sends an error event instead of text"),
    ("silence", SILENCE, "does not begin in time"),
    ("truncate", "truncate", "ends its stream without a word"),
    ("cut", "cut", "closes the connection before any text"),
    ("malformed", "malformed", "sends an event that is not JSON instead of text"),
    ("refuse", "refuse", "refuses the connection"),
    ("reset", "reset", "resets the connection before any text"),
)
_ENDS_AS_FINISHED = (
    ("stream-error", "sends an error event"),
    ("cut", "closes the connection"),
    ("malformed", "sends an event that is not JSON"),
    ("reset", "resets the connection"),
)
"""Signs; an end without the closing event is the variant `truncation-is-an-end`."""

_OF_ONE_FAILURE = (
    *(
        (
            f"no-fallback-on-{end}",
            f"when a provider {does}, the caller is told and the other provider not asked",
            Defect(mishandles=sign),
        )
        for end, sign, does in _NOT_ASKED_ELSEWHERE
    ),
    *(
        (
            f"swallows-{sign}",
            f"when a provider {does} in the middle, the stream ends as though it were finished",
            Defect(mishandles=midway(sign)),
        )
        for sign, does in _ENDS_AS_FINISHED
    ),
    (
        "waits-out-silence",
        "when a provider falls silent in the middle, its next piece is waited for without an end",
        Defect(mishandles=midway(SILENCE)),
    ),
)

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
    *_OF_ONE_FAILURE,
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
        "backup-torn",
        "the newest backup of the database mixes pages of two moments",
        Defect(backup_damage="torn"),
    ),
    (
        "backup-empty",
        "the newest backup of the database is an empty file",
        Defect(backup_damage="empty"),
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
        "backup-without-index-metadata",
        "the newest snapshot of the script index has lost what numbers its vectors",
        Defect(backup_damage="metadata"),
    ),
    (
        "backup-truncated-snapshot",
        "the database in the newest snapshot of the script index is half a file",
        Defect(backup_damage="half-snapshot"),
    ),
    (
        "backup-empty-snapshot",
        "the database in the newest snapshot of the script index is an empty file",
        Defect(backup_damage="empty-snapshot"),
    ),
    (
        "backup-stale-snapshot",
        "the newest snapshot of the script index holds what was in it two days ago",
        Defect(backup_damage="stale"),
    ),
    (
        "restored-service-without-key",
        "project-service needs a key that lies beside its database, and in no backup",
        Defect(needs_key=True),
    ),
)
"""Name, description and defect of each variant."""
