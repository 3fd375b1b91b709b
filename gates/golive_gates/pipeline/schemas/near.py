"""The name that was meant by one that is not known, or none: a new name is no slip of the hand."""

from __future__ import annotations

from collections.abc import Iterable

_LONGEST = 60


def near(name: str, known: Iterable[str]) -> str:
    """The one of *known* that *name* misspells; empty when that may as well be a new name.

    One letter too many, missing, wrong or moved in a name of four letters, two in one of eight;
    separators and capitals do not count. Other digits make a new name: ``node26``.
    """
    bare = _bare(name)
    if not bare or len(bare) > _LONGEST:
        return ""
    allowed = 2 if len(bare) >= 8 else int(len(bare) >= 4)
    others = (k for k in known if _letters(k) != _letters(name))
    best = min(((_distance(bare, _bare(k)), k) for k in others), default=(allowed + 1, ""))
    return best[1] if best[0] <= allowed else ""


def _bare(name: str) -> str:
    return name.replace("-", "").replace("_", "").lower()


def _letters(name: str) -> str:
    return "".join(c for c in name if not c.isdigit())


def _distance(one: str, other: str) -> int:
    """Edits between the two (Damerau and Levenshtein); more than two are not told apart."""
    if abs(len(one) - len(other)) > 2:
        return 3
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(other, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, last = last, row
    return last[-1]
