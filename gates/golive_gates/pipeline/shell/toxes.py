"""Whether tox counts a failure: ``-`` before a command, and ``ignore_outcome``.

After tox's "Configuration": ``commands``, ``ignore_outcome``. What is not understood counts.
"""

from __future__ import annotations

import configparser
import re
from collections.abc import Sequence

_NAMED = frozenset(("-e", "--env"))
_TESTING = re.compile(r"\b(?:py\.?test|unittest|nose2?|stestr|trial|test)\b")


def ignored_by_tox(text: str, words: Sequence[str]) -> bool:
    """Whether the failure of every environment that *words* ask for is passed over."""
    read = configparser.RawConfigParser(strict=False)
    try:
        read.read_string(text)
    except configparser.Error:
        return False
    named = _environments(words)
    if not named and read.has_section("tox"):
        listed = read.get("tox", "envlist", fallback="") or read.get("tox", "env_list", fallback="")
        named = [] if "{" in listed else re.split(r"[\s,]+", listed.strip())
    sections = dict.fromkeys(
        f"testenv:{n}" if read.has_section(f"testenv:{n}") else "testenv" for n in named or ["py"]
    )
    asked = [s for s in sections if _TESTING.search(_value(read, s, "commands"))] or list(sections)
    return bool(asked) and all(_passed_over(read, section) for section in asked)


def _environments(words: Sequence[str]) -> list[str]:
    named: list[str] = []
    for at, word in enumerate(words):
        if word == "--":
            break
        if word in _NAMED:
            named += words[at + 1 : at + 2]
        elif word.startswith("-e") and word != "-e":
            named.append(word[2:].lstrip("="))
    return [n for name in named for n in name.split(",") if n]


def _value(read: configparser.RawConfigParser, section: str, key: str) -> str:
    return read.get(section, key, fallback=None) or read.get("testenv", key, fallback=None) or ""


def _passed_over(read: configparser.RawConfigParser, section: str) -> bool:
    if _value(read, section, "ignore_outcome").strip().lower() in ("true", "1", "yes", "on"):
        return True
    text = _value(read, section, "commands").replace("\\\n", " ")
    lines = [re.sub(r"^[!\w{},.-]+:\s+", "", line.strip()) for line in text.splitlines()]
    commands = [line for line in lines if line and not line.startswith("#")]
    testing = [c for c in commands if _TESTING.search(c)] or commands
    return bool(testing) and all(c.startswith("-") for c in testing)
