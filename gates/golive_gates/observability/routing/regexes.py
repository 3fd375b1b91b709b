"""RE2 expressions in Python's dialect, as far as the two can be made to agree.

Source of the syntax: https://github.com/google/re2/wiki/Syntax. What RE2 refuses is refused;
what it has and Python lacks (classes of Unicode properties), and what could keep Python's
backtracking busy for ever (repetition within repetition), is left undecided.
"""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from functools import lru_cache

MOST_REPEATS = 1000
"""RE2 refuses counted repetitions beyond it."""
_POSIX = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "ascii": r"\x00-\x7F",
    "blank": r"\t ",
    "cntrl": r"\x00-\x1F\x7F",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": r"!-/:-@\[-`{-~",
    "space": r"\t\n\v\f\r ",
    "upper": "A-Z",
    "word": "0-9A-Za-z_",
    "xdigit": "0-9A-Fa-f",
}
_CLASS = re.compile(r"\[:(\^?)(\w+):\]")
_COUNT = re.compile(r"\{(\d+)(,?)(\d*)\}")
_FLAGS = re.compile(r"\(\?([imsU]*(?:-[imsU]+)?)([:)])")
_GROUP = re.compile(r"\((?:\?:|\?P?<[A-Za-z_]\w*>)?")
_HEX = re.compile(r"\\x(?:\{([0-9A-Fa-f]{1,6})\}|([0-9A-Fa-f]{2}))")


@dataclass(frozen=True, slots=True)
class Refused:
    """What RE2 does not compile, and why."""

    problem: str


@dataclass(frozen=True, slots=True)
class Undecided:
    """What RE2 may compile and Python does not do."""

    problem: str


class _RefusedError(Exception):
    pass


class _UndecidedError(Exception):
    pass


@lru_cache(maxsize=4096)
def compiled(pattern: str) -> re.Pattern[str] | Refused | Undecided:
    """*pattern* for ``fullmatch``, anchored as Alertmanager and Prometheus anchor it."""
    try:
        text = _Translation(pattern).whole()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return re.compile(text, re.ASCII)
    except _RefusedError as error:
        return Refused(str(error))
    except _UndecidedError as error:
        return Undecided(str(error))
    except (re.error, OverflowError, RecursionError) as error:
        return Refused(str(error))


_PLAIN = re.compile(r"(?:[^\\.+*?()|\[\]{}^$]|\\[.+*?()|\[\]{}^$\-\\]|\[[.]\])*")


@lru_cache(maxsize=4096)
def alternatives(pattern: str) -> tuple[str, ...] | None:
    """The only values that *pattern* matches, where it lists them: ``a|b``, ``(a|b)``."""
    text = pattern.removeprefix("^").removesuffix("$")
    if text.startswith("(") and text.endswith(")"):
        inner = text[1:-1].removeprefix("?:")
        if "(" not in inner and ")" not in inner:
            text = inner
    parts = re.split(r"(?<!\\)\|", text)
    if not all(_PLAIN.fullmatch(part) for part in parts):
        return None
    return tuple(dict.fromkeys(re.sub(r"\\(.)", r"\1", p.replace("[.]", ".")) for p in parts))


class _Translation:
    """One pass over a pattern. ``_open``: for each group, flags set within it and not closed."""

    def __init__(self, pattern: str) -> None:
        self.text = pattern
        self.at = 0
        self.out: list[str] = []
        self._open: list[list[str]] = [[]]
        # Whether something within the group repeats without end; by depth.
        self._endless: list[bool] = [False]
        self._atom = ""  # what a repetition would repeat: "", "atom", "group", "endless", "repeat"

    def whole(self) -> str:
        while self.at < len(self.text):
            self._step()
        if len(self._open) > 1:
            raise _RefusedError("missing closing )")
        return "".join([*self.out, ")" * len(self._open[0])])

    def _emit(self, text: str, length: int, atom: str = "atom") -> None:
        self.out.append(text)
        self.at += length
        self._atom = atom

    def _step(self) -> None:
        char = self.text[self.at]
        match char:
            case "\\":
                self._escape(within=False)
            case "[":
                self._set()
            case "(":
                self._begin()
            case ")":
                self._end()
            case "|":
                flags = self._open[-1]
                self._emit(")" * len(flags) + "|" + "".join(flags), 1, "")
            case "*" | "+" | "?":
                self._repeat(char, 1, endless=char != "?")
            case "{":
                self._count()
            case "$":
                self._emit(r"\Z", 1)
            case _:
                self._emit(char if char in "^." else re.escape(char), 1)

    def _count(self) -> None:
        found = _COUNT.match(self.text, self.at)
        if found is None:
            self._emit(r"\{", 1)
            return
        low, comma, high = found.groups()
        if int(low) > MOST_REPEATS or int(high or 0) > MOST_REPEATS:
            raise _RefusedError("invalid repeat count")
        if high and int(high) < int(low):
            raise _RefusedError("invalid repeat count")
        self._repeat(found[0], len(found[0]), endless=bool(comma) and not high)

    def _repeat(self, text: str, length: int, *, endless: bool) -> None:
        if not self._atom:
            raise _RefusedError("missing argument to repetition operator")
        if self._atom == "repeat":
            raise _RefusedError("invalid nested repetition operator")
        if endless and self._atom == "endless":
            raise _UndecidedError("repetition within repetition")
        if endless:
            self._endless[-1] = True
        self._emit(text, length, "repeat")
        if self.text[self.at : self.at + 1] == "?":
            self._emit("?", 1, "repeat")

    def _begin(self) -> None:
        flags = _FLAGS.match(self.text, self.at)
        if flags is not None:
            self._flags(flags)
            return
        found = _GROUP.match(self.text, self.at)
        if found is None or self.text[self.at + len(found[0]) :].startswith("?"):
            raise _RefusedError("invalid or unsupported Perl syntax")
        # Names of groups mean nothing to a match, and Python would refuse one that is used twice.
        self._emit("(?:", len(found[0]), "")
        self._open.append([])
        self._endless.append(False)

    def _flags(self, found: re.Match[str]) -> None:
        chosen, end = found.groups()
        if "m" in chosen:
            raise _UndecidedError("the flag m")
        kept = chosen.replace("U", "").removesuffix("-")
        opened = f"(?{kept}:"
        self._emit(opened, len(found[0]), "")
        if end == ":":
            self._open.append([])
            self._endless.append(False)
        else:
            self._open[-1].append(opened)

    def _end(self) -> None:
        if len(self._open) == 1:
            raise _RefusedError("unexpected )")
        endless = self._endless.pop()
        self._endless[-1] = self._endless[-1] or endless
        self._emit(")" * (len(self._open.pop()) + 1), 1, "endless" if endless else "group")

    def _escape(self, *, within: bool) -> None:
        following = self.text[self.at + 1 : self.at + 2]
        hexadecimal = _HEX.match(self.text, self.at)
        if not following:
            raise _RefusedError("trailing backslash at end of expression")
        if hexadecimal is not None:
            number = int(hexadecimal[1] or hexadecimal[2], 16)
            if number > 0x10FFFF:
                raise _RefusedError("invalid escape sequence")
            self._emit(re.escape(chr(number)), len(hexadecimal[0]))
        elif following in "pPC":
            raise _UndecidedError("a class of Unicode properties")
        elif following == "Q" and not within:
            end = self.text.find(r"\E", self.at)
            quoted = self.text[self.at + 2 : end if end >= 0 else len(self.text)]
            self._emit(re.escape(quoted), len(quoted) + (4 if end >= 0 else 2))
        elif following == "z" and not within:
            self._emit(r"\Z", 2)
        elif following in "dDsSwWafnrtv" or (following in "AbB" and not within):
            self._emit(f"\\{following}", 2)
        elif following == "0":
            self._emit(r"\x00", 2)
        elif following.isascii() and following.isalnum():
            raise _RefusedError("invalid escape sequence")
        else:
            self._emit(re.escape(following), 2)

    def _set(self) -> None:
        self._emit("[", 1)
        if self.text[self.at : self.at + 1] == "^":
            self._emit("^", 1)
        first = True
        while True:
            char = self.text[self.at : self.at + 1]
            if not char:
                raise _RefusedError("missing closing ]")
            if char == "]" and not first:
                break
            self._member(char)
            first = False
        self._emit("]", 1)

    def _member(self, char: str) -> None:
        posix = _CLASS.match(self.text, self.at)
        if posix is not None:
            if posix[2] not in _POSIX:
                raise _RefusedError("invalid character class range")
            if posix[1]:
                raise _UndecidedError("a negated class within a class")
            self._emit(_POSIX[posix[2]], len(posix[0]))
        elif char == "\\":
            self._escape(within=True)
        elif char in "[]&|~^":
            self._emit(f"\\{char}", 1)
        else:
            self._emit(char, 1)
