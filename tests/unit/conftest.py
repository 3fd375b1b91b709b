"""Makes ``core_records`` and ``fake_gates`` importable, however pytest was started."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = str(Path(__file__).parent)
if HERE not in sys.path:
    sys.path.insert(0, HERE)

from fake_gates import Stage  # noqa: E402 - only importable from here on


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """A place to run fake gates; its journal is closed in the end."""
    made = Stage(tmp_path)
    yield made
    if made.journal is not None:
        made.journal.close()
