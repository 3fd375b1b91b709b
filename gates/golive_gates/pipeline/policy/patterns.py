"""Path patterns of ``.gitignore``, ``.dockerignore`` and ``CODEOWNERS``. Pure.

After gitignore(5), Docker's "Build context" page and GitHub's "About code owners". A pattern is
matched segment by segment, so that no pattern takes more than patterns times path.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

LONGEST = 1_000
"""Characters of one pattern; a longer one is left out."""

_Segment = re.Pattern[str] | None
"""``None`` stands for ``**``: any number of folders."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One line. ``base``: the folder of its file, ``()`` for the root. ``line``: 1-based."""

    pattern: str
    line: int = 0
    negated: bool = False
    folder_only: bool = False
    anchored: bool = False
    base: tuple[str, ...] = ()


def gitignore(text: str, base: str = "") -> tuple[Rule, ...]:
    """Rules of a ``.gitignore`` in folder *base*, which is relative to the root."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        written = line if line.endswith("\\ ") else line.rstrip()
        if not written or written.startswith("#"):
            continue
        negated = written.startswith("!")
        pattern = written[1:] if negated else written
        body = pattern.rstrip("/")
        if body and len(body) <= LONGEST:
            found.append(
                Rule(
                    body.lstrip("/"),
                    number,
                    negated,
                    pattern.endswith("/"),
                    "/" in body,
                    tuple(p for p in base.split("/") if p),
                )
            )
    return tuple(found)


def dockerignore(text: str) -> tuple[Rule, ...]:
    """Rules of a ``.dockerignore``: each counts from the root of the build context."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        written = line.strip()
        if not written or written.startswith("#"):
            continue
        negated = written.startswith("!")
        pattern = written.removeprefix("!").strip().removeprefix("./").strip("/")
        if pattern and len(pattern) <= LONGEST:
            found.append(Rule(pattern, number, negated, anchored=True))
    return tuple(found)


def ignored(rules: Sequence[Rule], path: str) -> bool:
    """Whether git leaves *path* out: the last match counts, and what a folder hides stays so."""
    parts = tuple(path.split("/"))
    for depth in range(1, len(parts) + 1):
        last = _last(rules, parts[:depth], folder=depth < len(parts))
        if last is not None and not last.negated:
            return True
    return False


def left_out(rules: Sequence[Rule], path: str) -> bool:
    """Whether Docker leaves *path* out of the context; ``!`` may bring it back from a folder."""
    parts = tuple(path.split("/"))
    out = False
    for rule in rules:
        if any(matches(rule, parts[:depth]) for depth in range(1, len(parts) + 1)):
            out = not rule.negated
    return out


def owns(rule: Rule, path: str) -> bool:
    """Whether a line of CODEOWNERS is about the file *path*: itself, or a folder it lies in.

    ``docs/*`` is about the files directly in ``docs``, unlike in a ``.gitignore``.
    """
    parts = tuple(path.split("/"))
    if not rule.folder_only and matches(rule, parts):
        return True
    if rule.anchored and rule.pattern.endswith("/*"):
        return False
    return any(matches(rule, parts[:depth]) for depth in range(1, len(parts)))


def _last(rules: Sequence[Rule], parts: tuple[str, ...], *, folder: bool) -> Rule | None:
    return next(
        (r for r in reversed(rules) if (folder or not r.folder_only) and matches(r, parts)), None
    )


def matches(rule: Rule, parts: tuple[str, ...]) -> bool:
    """Whether *rule* is about exactly the path of *parts*, from the root."""
    if parts[: len(rule.base)] != rule.base or len(parts) == len(rule.base):
        return False
    segments = _segments(rule.pattern, rule.anchored)
    states = _after_folders({0}, segments)
    for part in parts[len(rule.base) :]:
        reached = set()
        for state in states:
            if state < len(segments):
                segment = segments[state]
                if segment is None:
                    reached.add(state)
                elif segment.fullmatch(part):
                    reached.add(state + 1)
        states = _after_folders(reached, segments)
        if not states:
            return False
    return len(segments) in states


def _after_folders(states: Iterable[int], segments: Sequence[_Segment]) -> set[int]:
    """*states*, and those that a ``**`` which stands for no folder leads to."""
    found = set(states)
    for state in range(len(segments)):
        if state in found and segments[state] is None:
            found.add(state + 1)
    return found


@lru_cache(maxsize=4096)
def _segments(pattern: str, anchored: bool) -> tuple[_Segment, ...]:
    written = [p for p in pattern.split("/") if p]
    if not anchored:
        written = ["**", *written]
    if written and written[-1] == "**":
        written.append("*")  # everything inside, not the folder itself
    return tuple(None if part == "**" else _compiled(part) for part in written)


def _compiled(segment: str) -> re.Pattern[str]:
    """One segment. The shortest way past each star is kept, so that no way is tried twice."""
    pieces: list[str] = [""]
    at = 0
    while at < len(segment):
        char = segment[at]
        at += 1
        if char == "*":
            if pieces[-1] or len(pieces) == 1:
                pieces.append("")
            continue
        if char == "?":
            pieces[-1] += "."
        elif char == "\\" and at < len(segment):
            pieces[-1] += re.escape(segment[at])
            at += 1
        elif char == "[" and (end := segment.find("]", at + 1)) > 0:
            inside = segment[at:end].replace("\\", "\\\\").replace("[", "\\[")
            inside = f"^{inside[1:]}" if inside[0] in "!^" else inside
            pieces[-1] += f"[{inside}]"
            at = end + 1
        else:
            pieces[-1] += re.escape(char)
    first, *rest = pieces
    if not rest:
        text = first
    else:
        *middle, last = rest
        text = first + "".join(f"(?>.*?{piece})" for piece in middle) + f".*{last}"
    try:
        return re.compile(text, re.DOTALL)
    except re.error:
        return re.compile(re.escape(segment))
