"""Options of a program's command line."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Flags:
    """Options by name with their values in order (empty for one that takes none), and the rest."""

    given: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rest: tuple[str, ...] = ()

    def last(self, *names: str) -> str | None:
        """The value that counts of options that mean the same; ``None`` where none is given."""
        return next((self.given[n][-1] for n in names if n in self.given), None)

    def has(self, *names: str) -> bool:
        """Whether one of them is given, and not as ``--name=false``."""
        value = self.last(*names)
        return value is not None and value.strip().lower() not in ("false", "0", "no")

    def all(self, *names: str) -> tuple[str, ...]:
        """Every value of options that mean the same, those between commas apart."""
        values = (v for n in names for v in self.given.get(n, ()))
        return tuple(part.strip() for v in values for part in v.split(",") if part.strip())


def flags_of(words: Sequence[str], with_value: Collection[str]) -> Flags:
    """``--name value``, ``--name=value``, ``-c value`` and ``-cvalue`` of *words*.

    *with_value*: names that take one. What is behind ``--`` is no option.
    """
    given: dict[str, list[str]] = {}
    rest: list[str] = []
    waiting = list(words)
    while waiting:
        word = waiting.pop(0)
        if word == "--":
            rest += waiting
            break
        if not word.startswith("-") or word == "-":
            rest.append(word)
            continue
        name, sign, value = word.partition("=")
        short = word[:2] if not word.startswith("--") else ""
        if sign:
            given.setdefault(name, []).append(value)
        elif word in with_value:
            given.setdefault(word, []).append(waiting.pop(0) if waiting else "")
        elif short in with_value and len(word) > 2:
            given.setdefault(short, []).append(word[2:])
        else:
            given.setdefault(word, []).append("")
    return Flags({name: tuple(values) for name, values in given.items()}, tuple(rest))


_TASKS = re.compile(r"(?:[\w.-]*[:_.-])?(?:tests?|check|verify|specs?)(?:[:_.-][\w.-]*)?")


def is_task(name: str) -> bool:
    """Whether a project's own task of that name runs tests."""
    return bool(_TASKS.fullmatch(name))


def unknown(text: str) -> bool:
    """Whether *text* is only known when it runs: a variable, a substitution, an expression."""
    return "$" in text or "`" in text
