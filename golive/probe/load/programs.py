"""How the engine's own programs are started."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def command(module: str) -> list[str]:
    """The command that runs *module* of this package.

    ``-P``: a run may be started in any folder, and a ``json.py`` there is none of our business.
    """
    return [sys.executable, "-P", "-m", f"golive.probe.load.{module}"]


def environment() -> dict[str, str]:
    """This process's environment, in which this very golive is found first."""
    here = str(Path(__file__).resolve().parents[3])
    given = os.environ.get("PYTHONPATH")
    return {**os.environ, "PYTHONPATH": os.pathsep.join([here, given] if given else [here])}
