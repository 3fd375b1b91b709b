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
# Letters and marks by category that nothing is drawn for: the Hangul and Khmer fillers, the
# grapheme joiner, the blank Braille pattern.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")


def clean(text: str, limit: int = MAX_LENGTH) -> str:
    """One visible line: control, format, surrogate and private characters become spaces."""
    # Cut before the costly part: a server may send megabytes.
    window = text[: limit * 4]
    visible = "".join(
        " " if c in _BLANK or unicodedata.category(c) in _INVISIBLE else c for c in window
    )
    kept = " ".join(visible.split())
    whole = len(kept) <= limit and len(window) == len(text)
    return kept if whole else kept[: limit - 1] + "…"
