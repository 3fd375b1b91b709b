"""The environment of the Python clients: pinned, hashed, and never golive's own."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

from bench.load.processes import ROOT, Unavailable

REQUIREMENTS = ROOT / "requirements" / "bench.txt"
BOUND = 600.0


def interpreter(folder: Path, *, install: bool, requirements: Path = REQUIREMENTS) -> Path | None:
    """The interpreter in *folder*; with *install* the environment is made or renewed first.

    ``None`` when it is not there and nothing may be installed. Raises ``Unavailable`` when it
    cannot be made.
    """
    python = folder / "bin" / "python"
    wanted = hashlib.sha256(requirements.read_bytes()).hexdigest()
    stamp = folder / ".requirements"
    current = stamp.is_file() and stamp.read_text(encoding="ascii") == wanted
    if install and not (python.is_file() and current):
        _run([sys.executable, "-m", "venv", str(folder)])
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        _run([*pip, "--require-hashes", "-r", str(requirements)])
        stamp.write_text(wanted, encoding="ascii")
    return python if python.is_file() else None


def _run(command: list[str]) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=BOUND)
    except subprocess.TimeoutExpired:
        message = f"no environment within {BOUND:.0f} s"
        raise Unavailable(message) from None
    if done.returncode:
        message = f"the environment of the other clients cannot be made:\n{done.stderr}"
        raise Unavailable(message)
