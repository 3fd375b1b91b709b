"""Requirement files of pip: whether each line of them is held to a hash.

Source: pip, "Requirements File Format" and "Secure installs": a line with ``--hash`` turns
hash-checking on for the whole installation, which then refuses any line without.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass

from golive_gates.pipeline.parts import Repository

MOST_FILES = 20
_HASH = re.compile(r"\s--hash[=\s]\w+:[0-9A-Fa-f]+")
_COMMENT = re.compile(r"(?:^|\s)#.*$")
_INCLUDE = re.compile(r"(?:-r|--requirement)[=\s]*(\S+)")


@dataclass(frozen=True, slots=True)
class Locked:
    """What a file is. ``unread``: files that are there and whose text was not read.

    ``lines``: requirements; ``bare``: those among them without a hash. ``missing``: files that it
    includes and that are not there.
    """

    lines: int = 0
    bare: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()

    @property
    def hashed(self) -> bool:
        """Whether pip holds everything that it lists to a hash."""
        return bool(self.lines) and not (self.bare or self.missing or self.unread)


def locked(repository: Repository, path: str) -> Locked:
    """What the requirement file at *path* from the root holds, with all that it includes."""
    lines = 0
    bare: list[str] = []
    missing: list[str] = []
    unread: list[str] = []
    waiting, met = [path], {path}
    while waiting and len(met) <= MOST_FILES:
        here = waiting.pop(0)
        text = repository.text(here)
        if text is None:
            (unread if here in repository.names or repository.cut else missing).append(here)
            continue
        for line in _logical(text):
            include = _INCLUDE.match(line)
            if include is not None:
                further = posixpath.normpath(posixpath.join(posixpath.dirname(here), include[1]))
                if further not in met:
                    met.add(further)
                    waiting.append(further)
            elif not line.startswith("-") or line.startswith(("-e", "--editable")):
                lines += 1
                if not _HASH.search(line):
                    bare.append(line.split()[0][:80])
    return Locked(lines, tuple(bare), tuple(missing), tuple(unread))


def _logical(text: str) -> list[str]:
    joined = re.sub(r"\\[ \t]*\r?\n", " ", text)
    lines = (_COMMENT.sub("", line).strip() for line in joined.splitlines())
    return [line for line in lines if line]
