"""``CODEOWNERS`` of GitHub and GitLab: who has to agree to a change. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from golive_gates.pipeline.policy.patterns import LONGEST, Rule, owns

_OWNER = re.compile(r"@@?[\w.-]+(?:/[\w./-]+)?|[\w.+'-]+@[\w-]+(?:\.[\w-]+)+")
_SECTION = re.compile(r"\^?\[[^\]]+\](?:\[\d+\])?")


@dataclass(frozen=True, slots=True)
class OwnerLine:
    """One line: a pattern and its owners, none for "nobody"."""

    rule: Rule
    owners: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that the forge passes over in silence. ``text``: what it does not understand."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Owners:
    """A whole file."""

    lines: tuple[OwnerLine, ...] = ()
    bad: tuple[BadLine, ...] = ()

    def of(self, path: str) -> tuple[str, ...]:
        """Owners of the file at *path* from the root: the last line about it counts."""
        return next((x.owners for x in reversed(self.lines) if owns(x.rule, path)), ())


def read_owners(text: str, *, gitlab: bool = False) -> Owners:
    """*text* as GitHub reads it, or as GitLab does, which knows sections with owners of theirs."""
    lines: list[OwnerLine] = []
    bad: list[BadLine] = []
    default: tuple[str, ...] = ()
    for number, written in enumerate(text.splitlines(), 1):
        words = list(_words(written))
        if not words:
            continue
        section = _SECTION.match(written.strip()) if gitlab else None
        if section:
            default = tuple(written.strip()[section.end() :].split("#", 1)[0].split())
            continue
        pattern, owners = words[0], tuple(words[1:])
        strange = [o for o in owners if not _OWNER.fullmatch(o)]
        if strange or len(pattern) > LONGEST or (not gitlab and _unknown(pattern)):
            bad.append(BadLine(number, (strange or [pattern])[0][:80]))
            continue
        lines.append(OwnerLine(_rule(pattern, number), owners or default))
    return Owners(tuple(lines), tuple(bad))


def _unknown(pattern: str) -> bool:
    """Whether GitHub does not know this form: negation and character ranges."""
    return pattern.startswith("!") or ("[" in pattern and "]" in pattern)


def _rule(pattern: str, line: int) -> Rule:
    body = pattern.rstrip("/")
    return Rule(
        body.lstrip("/") or "**",
        line,
        folder_only=pattern.endswith("/") and bool(body),
        anchored="/" in body or not body,
    )


def _words(line: str) -> Iterator[str]:
    """Words of a line up to its comment; a backslash keeps the space behind it."""
    for match in re.finditer(r"(?:\\.|[^\s\\])+", line):
        word = match.group()
        if word.startswith("#"):
            return
        yield word
