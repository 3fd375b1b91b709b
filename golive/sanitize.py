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
    if len(text) <= limit and _is_plain(text):
        return " ".join(text.split())
    # Cut before the costly part: a server may send megabytes.
    window = text[: limit * 4]
    visible = "".join(
        " " if c in _BLANK or unicodedata.category(c) in _INVISIBLE else c for c in window
    )
    kept = " ".join(visible.split())
    whole = len(kept) <= limit and len(window) == len(text)
    return kept if whole else kept[: limit - 1] + "…"


def masked(text: str) -> str:
    """*text* whole, with a space for every character that is not seen."""
    if _is_plain(text):
        return text
    return "".join(c if c == " " else clean(c) or " " for c in text)


def _is_plain(text: str) -> bool:
    """Whether all of it is seen: by far the most common case, told at a fraction of the cost."""
    return text.isprintable() and _BLANK.isdisjoint(text)
