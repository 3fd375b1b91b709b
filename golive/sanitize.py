"""Make text from outside safe to keep and to print.

Terminal control sequences, bidirectional overrides and other invisible characters can make a
line say what it does not say. They are removed here once, where outside text enters a record;
renderers escape what is special in their own format.
"""

from __future__ import annotations

import unicodedata

MAX_LENGTH = 400
"""Characters kept of one piece of outside text."""

_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def clean(text: str, limit: int = MAX_LENGTH) -> str:
    """One visible line: control, format, surrogate and private characters become spaces."""
    kept = text[: limit * 4]
    kept = "".join(" " if unicodedata.category(c) in _INVISIBLE else c for c in kept)
    kept = " ".join(kept.split())
    return kept if len(kept) <= limit else kept[: limit - 1] + "…"
