"""Errors that a user can act on: what happened, where, and what to do next."""

from __future__ import annotations


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
