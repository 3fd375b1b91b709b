"""Writing data to stdout: a reader that went away is no error, a full disk is."""

from __future__ import annotations

import os
import sys

from golive.errors import UsageError


def put(text: str) -> None:
    """Write *text* and flush. Raises ``UsageError`` when stdout cannot take it.

    A closed pipe is silently accepted: the decision stands whether or not anybody read it, and
    so must the exit code.
    """
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        _mute()
    except OSError as error:
        _mute()
        msg = f"cannot write to stdout: {error.strerror or error}"
        raise UsageError(msg, "write to a file instead: -o FORMAT=PATH") from error


def _mute() -> None:
    """Send what Python would still flush at exit to nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
