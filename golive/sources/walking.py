"""The files below folders, each real one once, in an order that does not change."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from golive.errors import UsageError
from golive.model import Location
from golive.sources.excluding import Excludes
from golive.sources.files import Role, Source, real_path, shown_as
from golive.sources.recognising import CHART_NAME
from golive.sources.tree import FileKind, SourceProblem

SKIPPED = frozenset({"node_modules", "__pycache__", "site-packages"})
READ_THOUGH_HIDDEN = frozenset({".github"})
"""Hidden folders are left out, but for these."""


class NoSuchPath(UsageError):
    """A path that was asked for does not exist."""


@dataclass(slots=True)
class Walked:
    """What was found. ``charts``: folders of Helm charts, with the path that findings print.

    ``problems``: folders that cannot be listed.
    """

    sources: list[Source] = field(default_factory=list)
    charts: dict[Path, str] = field(default_factory=dict)
    problems: list[SourceProblem] = field(default_factory=list)


def walk(paths: Sequence[Path], exclude: Sequence[str] = ()) -> Walked:
    """Files and charts at and below *paths*. Raises :class:`NoSuchPath`.

    A path that is named is read whatever it is called; *exclude* applies to what is found in
    folders, as written from the folder's own point of view or from the working directory's.
    """
    walker = _Walker(Excludes(exclude))
    paths = [_from_here(path) for path in paths]
    for path in paths:
        if not path.exists() and not path.is_symlink():  # A broken link is there, and is told.
            hint = "check the spelling; patterns are expanded by the shell, not by golive"
            if str(path) == "-":
                hint = "standard input is not read: write it to a file first"
            msg = f"{path}: no such file or folder"
            raise NoSuchPath(msg, hint)
    # A link that leads to a folder above would read everything below that.
    walker.above = {
        (status.st_dev, status.st_ino)
        for path in paths
        for parent in real_path(path).parents
        if (status := _status(parent)) is not None
    }
    for path in paths:
        if path.is_dir():
            walker.folder(path, path)
        else:
            walker.named(path)
    return walker.found


class _Walker:
    def __init__(self, excludes: Excludes) -> None:
        self.found = Walked()
        self.above: set[tuple[int, int]] = set()
        self._excludes = excludes
        self._seen: set[tuple[int, int]] = set()

    def named(self, file: Path) -> None:
        """A file that was named itself; one of a chart stands for its chart."""
        chart = chart_of(file)
        whole = file.parent if file.name == CHART_NAME and chart is None else chart
        if whole is not None:
            self.found.charts.setdefault(real_path(whole), shown_as(whole))
        role = Role.RAW if chart is None else _role(file.relative_to(chart))
        if self._is_new(file):
            self.found.sources.append(Source(file, shown_as(file), named=True, role=role))

    def folder(self, start: Path, root: Path) -> None:
        """Everything below *start*."""
        outer = chart_of(start)
        if outer is not None:
            self.found.charts.setdefault(real_path(outer), shown_as(outer))
        stack: list[tuple[Path, Path | None]] = [(start, outer)]
        while stack:
            folder, chart = stack.pop()
            if not self._is_new(folder):
                continue
            entries = self._entries(folder)
            if chart is None and any(e.name == CHART_NAME for e in entries):
                chart = folder
                self.found.charts.setdefault(real_path(folder), shown_as(folder))
            folders: list[tuple[Path, Path | None]] = []
            for entry in entries:
                path = folder / entry.name
                is_folder = _is_folder(entry)
                if self._left_out(path, root, folder=is_folder):
                    continue
                if is_folder:
                    folders.append((path, chart))
                elif self._is_new(path):
                    role = Role.RAW if chart is None else _role(path.relative_to(chart))
                    self.found.sources.append(Source(path, shown_as(path), role=role))
            stack.extend(reversed(folders))

    def _left_out(self, path: Path, root: Path, *, folder: bool) -> bool:
        if folder and path.name in SKIPPED:
            return True
        if folder and path.name.startswith(".") and path.name not in READ_THOUGH_HIDDEN:
            return True
        below, shown = path.relative_to(root).as_posix(), path.as_posix()
        return self._excludes.leaves_out(below, folder=folder) or (
            shown != below and self._excludes.leaves_out(shown, folder=folder)
        )

    def _entries(self, folder: Path) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(folder) as found:
                return sorted(found, key=lambda e: e.name)
        except OSError as error:
            message = f"the folder cannot be listed: {error.strerror or error}"
            place = Location(shown_as(folder))
            self.found.problems.append(SourceProblem(place, FileKind.OTHER, "unreadable", message))
            return []

    def _is_new(self, path: Path) -> bool:
        """Whether the file or folder behind *path* is met for the first time."""
        status = _status(path)
        if status is None:
            return True  # A broken link, or one that loops: reading it says so, if it is ours.
        identity = (status.st_dev, status.st_ino)
        if identity in self._seen or (path.is_symlink() and identity in self.above):
            return False
        self._seen.add(identity)
        return True


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _status(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except OSError:
        return None


def chart_of(path: Path) -> Path | None:
    """Folder of the outermost Helm chart that *path* is inside of; ``None`` when of none.

    A file or folder is inside where it lies in the chart's templates, crds or charts.
    """
    found = None
    for parent in path.absolute().parents:
        if (parent / CHART_NAME).is_file():
            below = path.absolute().relative_to(parent)
            if below.parts[0] in ("templates", "crds", "charts"):
                found = parent
    if found is None or path.is_absolute():
        return found
    here = Path.cwd()
    return found.relative_to(here) if found.is_relative_to(here) else found


def _from_here(path: Path) -> Path:
    """*path* from the working directory where it lies below, as code-scanning services ask."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _role(below: Path) -> Role:
    """Role of the file *below* its chart's folder."""
    first = below.parts[0]
    if first in ("templates", "charts"):
        return Role.TEMPLATE
    return Role.MEMBER if first == "crds" else Role.RAW
