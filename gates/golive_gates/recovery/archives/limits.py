"""How much of an archive is unpacked, and the refusal of what should not be."""

from __future__ import annotations

from dataclasses import dataclass


class Refused(Exception):
    """The archive is not unpacked. ``code``: of a sentence; ``detail``: the member or figure."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code, self.detail = code, detail


@dataclass(frozen=True, slots=True)
class Limits:
    """What may be unpacked.

    ``total``: bytes of all members together. ``members``: how many. ``ratio``: how many bytes one
    byte of the archive may become, beyond the first ``free`` bytes. ``depth``, ``name``: folders
    and characters that a member's path may have.
    """

    total: int = 64 << 30
    members: int = 20_000
    ratio: float = 500.0
    free: int = 64 << 20
    depth: int = 16
    name: int = 400


@dataclass(frozen=True, slots=True)
class Unpacked:
    """``members``: paths below the folder, with forward slashes. ``written``: bytes."""

    members: tuple[str, ...]
    written: int
