"""The program as a user starts it: a process, its two streams and its exit code."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Golive = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def golive(tmp_path: Path) -> Golive:
    def run(
        *arguments: str, timeout: float = 60, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        env = {k: v for k, v in os.environ.items() if not k.startswith("GOLIVE_")}
        return subprocess.run(
            [sys.executable, "-m", "golive.cli", *arguments],
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
            cwd=tmp_path,
            env={**env, "COLUMNS": "200", **environment},
            stdin=subprocess.DEVNULL,
        )

    return run
