"""Values of a report in the type that a reader needs; JSON may hold any other in their place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from golive_gates.pipeline.images.parts import SEVERITIES

MOST = 50_000
"""Findings of a report that are looked at."""
LONGEST = 300
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}")
_FRACTION = re.compile(r"(\.\d{6})\d+")
_ALIASES = {"MODERATE": "MEDIUM", "IMPORTANT": "HIGH"}


def mapping(value: object) -> Mapping[str, Any]:
    """*value*, or an empty mapping for anything else."""
    return value if isinstance(value, Mapping) else {}


def mappings(value: object) -> list[Mapping[str, Any]]:
    """The mappings of a list."""
    listed = value if isinstance(value, list) else []
    return [entry for entry in listed if isinstance(entry, Mapping)][:MOST]


def texts(value: object) -> list[str]:
    """The texts of a list."""
    listed = value if isinstance(value, list) else []
    return [entry for entry in listed if isinstance(entry, str)][:MOST]


def text(value: object) -> str:
    """A text, cut; empty for anything else."""
    return value[:LONGEST] if isinstance(value, str) else ""


def severity(value: object) -> str:
    """One of ``SEVERITIES``."""
    said = text(value).upper()
    said = _ALIASES.get(said, said)
    return said if said in SEVERITIES else "UNKNOWN"


def moment(value: object) -> datetime | None:
    """A time of RFC 3339, UTC; ``None`` for none and for one without its zone."""
    said = text(value)
    try:
        # Go writes nanoseconds.
        found = datetime.fromisoformat(_FRACTION.sub(r"\1", said))
    except ValueError:
        return None
    if found.tzinfo is None or found.year <= 1:  # Go's zero time is the year 1.
        return None
    return found.astimezone(UTC)


def digests(*values: object) -> tuple[str, ...]:
    """Digests among *values*: bare, or behind the ``@`` of a reference; each once."""
    found: list[str] = []
    for value in values:
        for said in value if isinstance(value, list) else (value,):
            if isinstance(said, str):
                digest = said.rpartition("@")[2]
                if _DIGEST.fullmatch(digest):
                    found.append(digest)
    return tuple(dict.fromkeys(found))


def counted(values: Iterable[str]) -> str:
    """Up to five of *values*, as a sentence names them."""
    listed = list(dict.fromkeys(values))
    shown = ", ".join(v[:80] for v in listed[:5])
    return f"{shown}, ..." if len(listed) > 5 else shown
