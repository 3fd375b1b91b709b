"""What Dependabot and Renovate are told to keep up to date. Pure.

After GitHub's "Dependabot options reference" and Renovate's "Configuration options".
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from golive.sources.yaml import Dialect, YamlError, load
from golive_gates.pipeline.policy.ecosystems import Present
from golive_gates.pipeline.policy.patterns import Rule, matches

_COMMENTS = re.compile(r'("(?:\\.|[^"\\])*")|//[^\n]*|/\*.*?\*/', re.DOTALL)
INTERVALS = frozenset(("daily", "weekly", "monthly", "quarterly", "semiannually", "yearly", "cron"))


SCHEMA = "refused-file"
"""Trouble that the schema of the file reports."""


class NotReadable(ValueError):
    """The file says nothing that its bot could use.

    ``line``: where, if that is known. ``schema``: whether its schema says so, too.
    """

    def __init__(self, message: str, line: int | None = None, *, schema: bool = False) -> None:
        self.line = line
        self.schema = schema
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Entry:
    """One of Dependabot's ``updates``. ``trouble``: a code why it does nothing, or empty."""

    ecosystem: str
    folders: tuple[str, ...]
    line: int | None
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Updates:
    """One file. ``managers``: those that Renovate is limited to, ``None`` for all of them."""

    path: str
    bot: str
    entries: tuple[Entry, ...] = ()
    managers: frozenset[str] | None = None
    off: frozenset[str] = field(default_factory=frozenset)
    disabled: bool = False

    def covers(self, there: Present) -> bool:
        """Whether somebody is told of new versions of what is there."""
        if self.disabled:
            return False
        if self.bot == "renovate":
            mine = frozenset(there.ecosystem.renovate)
            return not mine <= self.off and (self.managers is None or bool(mine & self.managers))
        return any(
            e.ecosystem in there.ecosystem.names and not e.trouble and covers(e, there)
            for e in self.entries
        )


def covers(entry: Entry, there: Present) -> bool:
    """Whether *entry* looks into that folder. Requirement files are found one folder down, too."""
    folders = {there.folder.rstrip("/") or "/"}
    if entry.ecosystem == "pip" and not there.file.endswith("uv.lock"):
        folders.add(there.folder.rstrip("/").rpartition("/")[0] or "/")
    if there.ecosystem.id == "github-actions":
        folders |= {"/.github/workflows", "/.github"}
    return any(_same(given, folder) for given in entry.folders for folder in folders)


def _same(given: str, folder: str) -> bool:
    given, parts = given.strip("/"), tuple(p for p in folder.split("/") if p)
    if not any(c in given for c in "*?["):
        return given == "/".join(parts)
    if not parts:
        return given in ("*", "**", "**/*")
    return matches(Rule(given, anchored=True), parts)


def read_dependabot(text: str, path: str) -> Updates:
    """``.github/dependabot.yml``. Raises ``NotReadable``."""
    try:
        document = load(text, path, dialect=Dialect.CORE)
    except YamlError as error:
        problem = error.problems[0]
        raise NotReadable(problem.message, problem.location.line, schema=True) from None
    data = document.data
    if data is None:
        raise NotReadable("the file is empty", 1)
    if not isinstance(data, Mapping):
        raise NotReadable("the file is no mapping", 1, schema=True)
    if data.get("version") not in (2, "2"):
        raise NotReadable("`version` is not 2", document.positions.at(("version",)).line)
    updates = data.get("updates")
    if not isinstance(updates, list) or not all(isinstance(item, Mapping) for item in updates):
        line = document.positions.at(("updates",)).line
        raise NotReadable("`updates` is no list of entries", line, schema=True)
    if not updates:
        raise NotReadable("`updates` lists nothing", document.positions.at(("updates",)).line)
    entries = tuple(
        _entry(item, document.positions.at(("updates", index)).line)
        for index, item in enumerate(updates)
    )
    return Updates(path, "dependabot", entries)


def _entry(item: Mapping[Any, Any], line: int | None) -> Entry:
    folders = _texts(item.get("directories")) or _texts(item.get("directory"))
    schedule = item.get("schedule")
    interval = schedule.get("interval") if isinstance(schedule, Mapping) else None
    grouped = item.get("multi-ecosystem-group") is not None  # the group has the schedule
    trouble = ""
    if item.get("open-pull-requests-limit") == 0:
        trouble = "update-limit"
    elif not folders or not isinstance(schedule, Mapping):
        trouble = "" if grouped and folders else SCHEMA
    elif not grouped and not (isinstance(interval, str) and interval in INTERVALS):
        trouble = SCHEMA
    elif any(_ignores_all(rule) for rule in _items(item.get("ignore"))):
        trouble = "update-ignored"
    ecosystem = item.get("package-ecosystem")
    if not isinstance(ecosystem, str):
        return Entry("", folders, line, SCHEMA)
    return Entry(ecosystem, folders, line, trouble)


def _ignores_all(rule: object) -> bool:
    return (
        isinstance(rule, Mapping)
        and rule.get("dependency-name") == "*"
        and not rule.get("versions")
        and not rule.get("update-types")
    )


def read_renovate(text: str, path: str) -> Updates:
    """A configuration of Renovate, JSON or JSON5. Raises ``NotReadable``."""
    plain = _COMMENTS.sub(lambda m: m.group(1) or " ", text).replace("\t", " ")
    try:
        data = load(plain, path, dialect=Dialect.CORE).data
    except YamlError as error:
        problem = error.problems[0]
        raise NotReadable(problem.message, problem.location.line) from None
    if not isinstance(data, Mapping):
        raise NotReadable("the file is empty" if data is None else "the file is no mapping", 1)
    enabled = data.get("enabledManagers")
    off = {
        name
        for name, value in data.items()
        if isinstance(value, Mapping) and value.get("enabled") is False
    }
    return Updates(
        path,
        "renovate",
        managers=frozenset(_texts(enabled)) if isinstance(enabled, list) and enabled else None,
        off=frozenset(map(str, off)),
        disabled=data.get("enabled") is False,
    )


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    return tuple(v for v in _items(value) if isinstance(v, str))


def _items(value: object) -> Sequence[object]:
    return value if isinstance(value, list | tuple) else ()
