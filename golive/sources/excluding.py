"""Patterns of paths to leave out, in the manner of a .gitignore file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class _Rule:
    pattern: re.Pattern[str]
    folders_only: bool
    negated: bool


class Excludes:
    """The *patterns*, of which the last that matches a path decides.

    ``*`` and ``?`` stop at a slash, ``**`` does not. A pattern with a slash in it is relative to
    the folder that is read, any other matches a name at every depth. A slash at its end: folders
    only. ``!`` in front takes a path back in, though not from a folder that is left out.
    """

    def __init__(self, patterns: Iterable[str]) -> None:
        self._rules = tuple(_rule(p) for p in patterns if p.strip())

    def __contains__(self, path: str) -> bool:
        """Whether the file *path* is left out."""
        return self.leaves_out(path, folder=False)

    def leaves_out(self, path: str, *, folder: bool) -> bool:
        """Whether *path*, with forward slashes, is left out."""
        verdict = False
        for rule in self._rules:
            if rule.negated is verdict and (folder or not rule.folders_only):
                verdict ^= rule.pattern.fullmatch(path) is not None
        return verdict


def _rule(pattern: str) -> _Rule:
    text = pattern.strip().replace("\\", "/")
    negated = text.startswith("!")
    text = text.removeprefix("!").removeprefix("./")
    folders_only = text.endswith("/")
    text = text.rstrip("/")
    anchored = "/" in text
    body = _translated(text.removeprefix("/"))
    try:
        compiled = re.compile(body if anchored else f"(?:.*/)?{body}")
    except re.error:  # A set that is none, such as [z-a]: taken as it is written.
        compiled = re.compile(re.escape(text))
    return _Rule(compiled, folders_only, negated)


_PIECE = re.compile(r"(?:^|(?<=/))\*\*/|/\*\*$|\*+|\?|\[!?\]?[^\]/]*\]|.", re.DOTALL)


def _translated(glob: str) -> str:
    """The regular expression of *glob*."""
    found = []
    for piece in _PIECE.findall(glob):
        if piece == "**/":
            found.append("(?:.*/)?")
        elif piece == "/**":
            found.append("/.*")
        elif piece.startswith("*"):
            found.append("[^/]*")
        elif piece == "?":
            found.append("[^/]")
        elif piece.startswith("[") and len(piece) > 2:
            inner = piece[1:-1].replace("\\", "\\\\")
            inner = f"^{inner[1:]}" if inner.startswith("!") else inner.replace("^", "\\^")
            found.append(f"[{inner}]")
        else:
            found.append(re.escape(piece))
    return "".join(found)
