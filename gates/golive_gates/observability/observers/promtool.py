"""promtool as a process: :mod:`golive.programs` with the name of the program."""

from __future__ import annotations

import shutil

from golive.programs import LARGEST, Ran, run

__all__ = ["LARGEST", "Ran", "found", "run"]


def found() -> str | None:
    """Where promtool is."""
    return shutil.which("promtool")
