"""The release's folder: which it is, the names in it, and single texts, all bounded."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from golive.sources.files import shown_as
from golive_gates.recovery.procedures.parts import Text

MOST_NAMES = 20_000
LARGEST = 1 << 20
DEEPEST = 4
"""Folders above a manifest that may be the release's."""
_MARKS = (".git", ".github", ".gitlab-ci.yml", "README.md", "docs", "golive.yaml")
_SKIPPED = frozenset(
    (".git", "node_modules", ".venv", "venv", ".tox", ".nox", "__pycache__", ".mypy_cache")
)


def root_of(paths: tuple[str, ...], base: Path) -> str | None:
    """The nearest folder above most of *paths* that looks like a repository's, as shown.

    Empty for *base* or the working folder; ``None`` where no folder above looks like one.
    """
    counted: dict[str, int] = {}
    for path in paths[:MOST_NAMES]:
        counted[str(PurePosixPath(path).parent)] = (
            counted.get(str(PurePosixPath(path).parent), 0) + 1
        )
    for parent in sorted(counted, key=lambda p: (-counted[p], p)):
        here = PurePosixPath(parent)
        for folder in (here, *here.parents)[:DEEPEST]:
            found = _real(base, str(folder))
            if found is not None and any((found / mark).exists() for mark in _MARKS):
                return "" if str(folder) == "." else str(folder)
    return None


def _real(base: Path, shown: str) -> Path | None:
    for start in (base, Path.cwd()):
        try:
            if (start / shown).is_dir():
                return start / shown
        except OSError:
            continue
    return None


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder and the names below it. ``shown``: as findings print it, empty for the base."""

    base: Path
    shown: str
    names: frozenset[str] = frozenset()
    cut: bool = False

    @classmethod
    def listed(cls, base: Path, shown: str | None) -> Folder:
        """The folder with the names of its files; without any for ``None``."""
        at = None if shown is None else _real(base, shown)
        if shown is None or at is None:
            return cls(base, "")
        names: set[str] = set()
        for path in _walk(at):
            if len(names) >= MOST_NAMES:
                return cls(at, shown, frozenset(names), cut=True)
            names.add(shown_as(path.relative_to(at)))
        return cls(at, shown, frozenset(names))

    def within(self, path: str) -> str:
        """The path from this folder of a file that findings print as *path*."""
        return path.removeprefix(f"{self.shown}/") if self.shown else path

    def is_file(self, name: str) -> bool:
        """Whether there is a file *name* here."""
        try:
            return (self.base / name).is_file()
        except (OSError, ValueError):
            return False

    def text(self, name: str, unread: dict[str, str]) -> Text | None:
        """The text of *name*; why there is none goes to *unread*."""
        shown = f"{self.shown}/{name}" if self.shown else name
        try:
            if not self.is_file(name):
                unread[shown] = "not a file"
                return None
            with (self.base / name).open("rb") as file:
                content = file.read(LARGEST + 1)
        except (OSError, ValueError) as error:
            unread[shown] = getattr(error, "strerror", None) or str(error)
            return None
        if len(content) > LARGEST:
            unread[shown] = f"larger than {LARGEST:,} bytes"
            return None
        return Text(shown, content.decode("utf-8", "replace"))


def _walk(folder: Path) -> Iterator[Path]:
    """Every file below *folder*, near ones first; no link is followed."""
    waiting = [folder]
    while waiting:
        here = waiting.pop(0)
        try:
            entries = sorted(os.scandir(here), key=lambda e: e.name)
        except OSError:
            continue
        for entry in entries:
            if not entry.is_dir(follow_symlinks=False):
                yield here / entry.name
            elif entry.name not in _SKIPPED:
                waiting.append(here / entry.name)
