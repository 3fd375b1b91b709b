"""From one stream and the providers' journal to a trial. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from golive.api import FailureKind
from golive.probe.trace import StreamTrace
from golive_gates.recovery.providers.drill.stub_client import Asked
from golive_gates.recovery.providers.parts import (
    BROKEN,
    CUT,
    EMPTY,
    ERROR,
    OTHER,
    PRIMARY,
    SECONDARY,
    SILENT,
    SPLICE,
    UNREACHABLE,
    Trial,
)
from golive_gates.recovery.providers.stub.script import pieces

_NEVER_THERE = (
    FailureKind.DNS,
    FailureKind.REFUSED,
    FailureKind.UNREACHABLE,
    FailureKind.CONNECT_TIMEOUT,
    FailureKind.TLS,
)
SHARE = 2
"""Pieces in a row of an answer that have to stand in a text for it to hold a part of it."""


@dataclass(frozen=True, slots=True)
class Known:
    """The whole answers by which one tells whose an answer is."""

    primary: str
    secondary: str

    def of(self, text: str) -> str:
        """Whose answer the whole *text* is: an outcome."""
        if text == self.primary:
            return PRIMARY
        if text == self.secondary:
            return SECONDARY
        if not text.strip():
            return EMPTY
        held = [_holds(text, whole) for whole in (self.primary, self.secondary)]
        if all(held):
            return SPLICE
        if any(whole.startswith(text) for whole in (self.primary, self.secondary)):
            return CUT
        return OTHER


def outcome_of(trace: StreamTrace, known: Known) -> str:
    """What the generator made of it, in a word."""
    failure = trace.failure
    if failure is None:
        return known.of(trace.content) if trace.terminal_seen else _unended(trace)
    if failure.kind in _NEVER_THERE:
        return UNREACHABLE
    if failure.kind is FailureKind.STREAM_ERROR:
        return ERROR
    if failure.kind is FailureKind.STATUS:
        return ERROR if (trace.status or 0) >= 400 else BROKEN
    return SILENT if failure.kind.is_timeout else BROKEN


def trial_of(
    trace: StreamTrace, asked: Iterable[Asked], known: Known, names: tuple[str, str], fault: str,
    demand: str,
) -> Trial:  # fmt: skip
    """The trial; *names*: of the primary and the secondary."""
    entries = tuple(asked)
    first, second = ([e for e in entries if e.provider == name] for name in names)
    whole = {names[0]: len(pieces(known.primary)), names[1]: len(pieces(known.secondary))}
    outcome = outcome_of(trace, known)
    detail = trace.failure.detail if trace.failure is not None else ""
    if outcome in (SPLICE, CUT, OTHER):
        detail = trace.content[:200]
    return Trial(
        fault=fault,
        demand=demand,
        outcome=outcome,
        status=trace.status,
        first_content=trace.first_content_at,
        took=trace.ended_at,
        asked_primary=len(first),
        asked_secondary=len(second),
        struck=fault in ("", "refuse") or any(e.fault == fault for e in first),
        retries=max(len(first), len(second), 1) - 1,
        told_primary=sum(_told(e, whole) for e in first),
        told_secondary=sum(_told(e, whole) for e in second),
        answer=len(pieces(trace.content)),
        left_open=sum(e.open for e in entries),
        detail=detail,
    )


def _unended(trace: StreamTrace) -> str:
    """The stream closed without its last event: nothing at all, or a part that says nothing."""
    return BROKEN if trace.content.strip() or trace.events else EMPTY


def _told(entry: Asked, whole: dict[str, int]) -> int:
    """Pieces told; a slow answer that nobody closed will be told whole, to nobody."""
    if entry.open and entry.fault in ("", "slow-first-token"):
        return whole[entry.provider]
    return entry.told


def _holds(text: str, whole: str) -> bool:
    words = pieces(whole)
    runs = ("".join(words[i : i + SHARE]).strip() for i in range(max(1, len(words) - SHARE + 1)))
    return any(run in text for run in runs)
