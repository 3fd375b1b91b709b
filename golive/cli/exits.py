"""Exit codes. The table in ``docs/exit-codes.md`` says the same in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from golive.record import Decision

OK = 0
NO_GO = 1
USAGE = 2
INCONCLUSIVE = 3
INTERNAL = 4
INTERRUPTED = 130


def exit_code(decision: Decision, *, strict: bool, interrupted: bool = False) -> int:
    """The code for a decision; NO_GO beats INCONCLUSIVE by the decision's own rules."""
    if interrupted:
        return INTERRUPTED
    if decision == "NO_GO":
        return NO_GO
    if decision == "INCONCLUSIVE":
        return INCONCLUSIVE
    return NO_GO if strict and decision == "CONDITIONAL" else OK
