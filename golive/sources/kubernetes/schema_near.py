"""The name that was probably meant by one that does not exist."""

from __future__ import annotations

from collections.abc import Iterable


def near(name: object, known: Iterable[str]) -> str:
    """The one of *known* that *name* misspells, empty when none is near."""
    # Only a mistake gets here, and difflib takes its time to load.
    from difflib import get_close_matches

    known = tuple(known)
    wanted = _plain(str(name))
    same = next((k for k in known if _plain(k) == wanted), "")
    if same:
        return same
    found = get_close_matches(str(name), known, 1, 0.75)
    return found[0] if found else ""


def _plain(name: str) -> str:
    """Without case and separators: ``read-only`` and ``ReadOnly`` are one; so are plurals."""
    return name.replace("-", "").replace("_", "").lower().rstrip("s")
