"""Near misses: what was probably meant by a word that is not known."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable


def closest(word: str, options: Iterable[str]) -> str | None:
    """The option nearest to *word*, ignoring case and separators; ``None`` if none is near."""
    names = {_bare(option): option for option in options}
    bare = _bare(word)
    if bare in names:
        return names[bare]
    near = difflib.get_close_matches(bare, names, n=1, cutoff=0.6)
    return names[near[0]] if near else None


def hint_for(word: str, options: Iterable[str]) -> str:
    """``did you mean X?``, or the options when none is near."""
    known = list(options)
    near = closest(word, known)
    if near is not None:
        return f"did you mean {near!r}?"
    shown = ", ".join(known[:20]) + (", ..." if len(known) > 20 else "")
    return f"known: {shown}" if known else "nothing is known here"


def _bare(word: str) -> str:
    return re.sub(r"[-_. ]", "", word).lower()
