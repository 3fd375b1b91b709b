"""What a user is told when a command ends with an error."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable

from golive.cli import exits
from golive.config.errors import ConfigError
from golive.errors import GoliveError

# Secrets are known only once a configuration was read; until then there is nothing to hide.
_redact: Callable[[str], str] = str


def redact_traces(redact: Callable[[str], str]) -> None:
    """Have every later trace go through *redact*."""
    global _redact  # noqa: PLW0603 - the last line of defence has no caller to hand it in
    _redact = redact


def explain_failure(error: Exception, *, debug: bool) -> int:
    """Write the error to stderr and return its exit code."""
    show = getattr(error, "show", None)
    if show is not None and hasattr(error, "exit_code"):  # click's own usage errors and exits
        show(file=sys.stderr)
        return int(error.exit_code)
    if type(error).__name__ == "Abort":
        sys.stderr.write("interrupted\n")
        return exits.INTERRUPTED
    if isinstance(error, ConfigError):
        for problem in error.problems:
            sys.stderr.write(f"{problem}\n")
        return exits.USAGE
    if isinstance(error, GoliveError):
        sys.stderr.write(f"golive: {error}\n")
        if error.hint:
            sys.stderr.write(f"  next: {error.hint}\n")
        return error.exit_code
    if debug:
        sys.stderr.write(_redact("".join(traceback.format_exception(error))))
    else:
        sys.stderr.write(_redact(f"golive: internal error: {type(error).__name__}: {error}\n"))
        sys.stderr.write("  next: run again with --debug and report the trace\n")
    return exits.INTERNAL
