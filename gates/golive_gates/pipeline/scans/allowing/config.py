"""A configuration of gitleaks as data.

Rules as of "Configuration" in gitleaks' README of 8.30 and tried with that version: a file without
rules finds nothing; ``extend.useDefault`` adds the default ones and ``extend.path`` a file's;
``disabledRules`` takes rules out; a rule of the same id replaces; an allow-list counts when any of
its criteria holds, or all with ``condition = "AND"``; stop words count in any case and an empty one
never does.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


class ConfigError(ValueError):
    """gitleaks would refuse this file."""


@dataclass(frozen=True, slots=True)
class AllowList:
    """``target``: what ``regexes`` are held against: ``secret``, ``match`` or ``line``.

    ``rules``: ids of the rules that it counts for, empty for all.
    """

    paths: tuple[str, ...] = ()
    regexes: tuple[str, ...] = ()
    stopwords: tuple[str, ...] = ()
    commits: tuple[str, ...] = ()
    target: str = "secret"
    every: bool = False
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """``regex``: empty for one that only looks at paths or changes a default one's allow-list."""

    id: str
    regex: str = ""
    path: str = ""
    allowed: tuple[AllowList, ...] = ()


@dataclass(frozen=True, slots=True)
class Config:
    """``base``: the file that it extends; ``default``: it adds the default rules."""

    path: str
    default: bool = False
    base: str = ""
    disabled: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()
    allowed: tuple[AllowList, ...] = ()


def read_config(path: str, text: str) -> Config:
    """The configuration at *path*. Raises ``ConfigError``; values of other types are left out."""
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigError(str(error)) from None
    extend = _table(data.get("extend"))
    both = "allowlist" in data and "allowlists" in data
    if both:
        raise ConfigError("[allowlist] and [[allowlists]] cannot be used together")
    rules = tuple(_rule(table) for table in _tables(data.get("rules")))
    return Config(
        path,
        extend.get("useDefault") is True,
        _text(extend.get("path")),
        _texts(extend.get("disabledRules")),
        rules,
        tuple(_allowed(data)),
    )


def _rule(data: Mapping[str, Any]) -> Rule:
    return Rule(
        _text(data.get("id")),
        _text(data.get("regex")),
        _text(data.get("path")),
        tuple(_allowed(data)),
    )


def _allowed(data: Mapping[str, Any]) -> Iterator[AllowList]:
    tables = [*_tables(data.get("allowlist")), *_tables(data.get("allowlists"))]
    for table in tables:
        found = AllowList(
            _texts(table.get("paths")),
            _texts(table.get("regexes")),
            _texts(table.get("stopwords")),
            _texts(table.get("commits")),
            _text(table.get("regexTarget")) or "secret",
            _text(table.get("condition")).upper() in ("AND", "&&"),
            _texts(table.get("targetRules")),
        )
        if not (found.paths or found.regexes or found.stopwords or found.commits):
            raise ConfigError("an allow-list without paths, regexes, stopwords and commits")
        yield found


def _table(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _tables(value: object) -> Sequence[Mapping[str, Any]]:
    listed = value if isinstance(value, list) else [value]
    return [one for one in listed if isinstance(one, Mapping)]


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _texts(value: object) -> tuple[str, ...]:
    return tuple(v for v in value if isinstance(v, str)) if isinstance(value, list) else ()


def line_with(text: str, entry: str) -> int | None:
    """The line of *text*, from 1, that holds *entry*; ``None`` where none does."""
    wanted = (entry, entry.replace("\\", "\\\\"))
    lines = text.splitlines()
    return next((n for n, line in enumerate(lines, 1) if any(w in line for w in wanted)), None)
