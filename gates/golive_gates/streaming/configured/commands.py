"""What a container starts: its words, through shells and wrappers, and how it is paused. Pure."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from golive.sources.kubernetes.objects import KeyPath
from golive.sources.kubernetes.pods import Container
from golive_gates.streaming.configured.environment import (
    Variable,
    expanded,
    substituted,
)

SHELLS = frozenset({"sh", "bash", "dash", "ash", "zsh"})
_CHAIN = re.compile(r"&&|\|\||[;|\n]")
_SLEEP = re.compile(r"\bsleep[ \t(]+(\d+(?:\.\d+)?)([smhd]?)(?![\w.$])")
_ANY_SLEEP = re.compile(r"\bsleep\b")
_LOOP = re.compile(r"(?<![\w-])(?:while|until|for)(?![\w-])")
_QUITS = re.compile(r"-s\s+quit\b|\bkill\s+(?:-s\s+|-)(?:SIG)?QUIT\b|\bkill\s+-3\b")
_UNIT = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a container's start. ``path``: where they are written.

    ``chained``: they stand in a shell script of several commands.
    """

    words: tuple[str, ...]
    path: KeyPath
    chained: bool = False


def words_of(container: Container, variables: Mapping[str, Variable]) -> Words:
    """Command and arguments, a script given to a shell taken apart; empty: the image decides."""
    command, args = (_strings(container.data.get(key)) for key in ("command", "args"))
    words = tuple(expanded(word, variables) for word in (*command, *args))
    path = (*container.path, "args" if args or not command else "command")
    script = _script(words)
    if script is None:
        return Words(words, path)
    script = substituted(script, variables)
    return Words(_split(script), path, chained=len(_CHAIN.findall(script.strip())) > 0)


def program(word: str) -> str:
    """Name of the program without its folder."""
    return word.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Pause:
    """What a ``preStop`` hook does. ``seconds``: how long it takes; ``None``: nobody can tell.

    ``quits``: it tells nginx to end gracefully itself.
    """

    there: bool
    seconds: float | None = 0.0
    quits: bool = False


def pause_of(container: Container) -> Pause:
    """The container's ``preStop`` hook: ``sleep``, and ``exec`` in its usual forms."""
    hook = container.get("lifecycle", "preStop")
    if not isinstance(hook, Mapping) or not hook:
        return Pause(there=False)
    seconds = container.get("lifecycle", "preStop", "sleep", "seconds")
    if _is_number(seconds):
        return Pause(there=True, seconds=float(seconds))
    words = _strings(container.get("lifecycle", "preStop", "exec", "command"))
    if not words:
        return Pause(there=True, seconds=None)
    script = _script(words)
    text = " ".join(words) if script is None else script
    return Pause(True, _slept(text), bool(_QUITS.search(text)))


def _slept(text: str) -> float | None:
    """Seconds that *text* sleeps one after the other; ``None`` for what is no plain sleep."""
    found = [float(n) * _UNIT[unit] for n, unit in _SLEEP.findall(text)]
    plain = len(found) == len(_ANY_SLEEP.findall(text)) and not _LOOP.search(text)
    if plain and found:
        return sum(found)
    return 0.0 if plain and _QUITS.search(text) else None


def _script(words: Sequence[str]) -> str | None:
    """The script of ``sh -c SCRIPT``, also behind a wrapper such as ``tini --``."""
    for place, word in enumerate(words[:-1]):
        if program(word) in SHELLS:
            for flag, script in zip(words[place + 1 :], words[place + 2 :], strict=False):
                if re.fullmatch(r"-[a-z]*c[a-z]*", flag):
                    return script
            return None
    return None


def _split(script: str) -> tuple[str, ...]:
    lexer = shlex.shlex(script, posix=True, punctuation_chars=";&|")
    lexer.whitespace_split = True
    lexer.commenters = ""
    try:
        return tuple(lexer)
    except ValueError:  # An open quote: the shell would refuse it too.
        return ()


def _strings(value: object) -> tuple[str, ...]:
    return tuple(w for w in value if isinstance(w, str)) if isinstance(value, list) else ()


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
