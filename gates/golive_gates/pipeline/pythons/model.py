"""A version of Python that a test runs on, as far as the files tell."""

from __future__ import annotations

import re
from dataclasses import dataclass

from golive_gates.pipeline.model.records import Place

_MINOR = re.compile(r"(?:python|cpython)?-?v?(\d+\.\d+)(?:\.(?:\d+(?:[abrc]+\d+)?|x|\*))?(?:-dev)?")


@dataclass(frozen=True, slots=True)
class Stated:
    """``version``: ``3.11``; empty where none is stated, or ``unknown``. ``text``: as written.

    ``unquoted``: the text that YAML read as another number. ``tolerated``: a failure on it does
    not count. ``skipped``: the tests do not run on it.
    """

    place: Place
    version: str = ""
    text: str = ""
    unknown: bool = False
    unquoted: str = ""
    tolerated: bool = False
    skipped: bool = False


def minor_of(text: str) -> str:
    """``3.11`` of ``3.11.4``, ``v3.11``, ``3.11-dev`` and the like; empty for anything else."""
    found = _MINOR.fullmatch(text.strip().lower())
    return found[1] if found else ""
