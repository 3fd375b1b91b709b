"""Errors that a user can act on: what happened, where, and what to do next."""

from __future__ import annotations

from golive.sanitize import clean


class GoliveError(Exception):
    """Ends a command without a trace. ``hint`` says what to do next."""

    exit_code = 2

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class UsageError(GoliveError):
    """The command or its arguments cannot be carried out as asked."""


class NothingToCheck(GoliveError):
    """There is nothing to evaluate; not a pass."""

    exit_code = 3


def describe(error: BaseException) -> str:
    """Kind and message of *error* on one clean line. Never raises, whatever a plugin raised."""
    kind = type(error).__name__
    try:
        message = str(error)
    except Exception:  # noqa: BLE001 - a plugin's exception may not even have a message
        return clean(kind)
    return clean(f"{kind}: {message}" if message else kind)
