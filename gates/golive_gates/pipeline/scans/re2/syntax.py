"""RE2's syntax to a tree. Rules as of the page "Syntax" of google/re2 and of Go's regexp/syntax."""

from __future__ import annotations

from dataclasses import dataclass

from golive_gates.pipeline.scans.re2.tree import (
    LAST,
    At,
    Chars,
    Choice,
    Either,
    Joined,
    NotReadError,
    Range,
    Repeat,
    Tree,
)

MOST_REPEATS = 1000
DEEPEST = 100
LONGEST = 20_000

_DIGIT: tuple[Range, ...] = ((48, 57),)
_WORD: tuple[Range, ...] = ((48, 57), (65, 90), (95, 95), (97, 122))
_SPACE: tuple[Range, ...] = ((9, 10), (12, 13), (32, 32))
_PERL = {"d": _DIGIT, "w": _WORD, "s": _SPACE}
_POSIX: dict[str, tuple[Range, ...]] = {
    "alnum": ((48, 57), (65, 90), (97, 122)),
    "alpha": ((65, 90), (97, 122)),
    "ascii": ((0, 127),),
    "blank": ((9, 9), (32, 32)),
    "cntrl": ((0, 31), (127, 127)),
    "digit": _DIGIT,
    "graph": ((33, 126),),
    "lower": ((97, 122),),
    "print": ((32, 126),),
    "punct": ((33, 47), (58, 64), (91, 96), (123, 126)),
    "space": ((9, 13), (32, 32)),
    "upper": ((65, 90),),
    "word": _WORD,
    "xdigit": ((48, 57), (65, 70), (97, 102)),
}
_PLAIN = {"a": 7, "f": 12, "t": 9, "n": 10, "r": 13, "v": 11}
_CATEGORIES = frozenset("LMNPSZC")


def read(text: str) -> Tree:
    """The tree of *text*. Raises ``NotReadError``."""
    if len(text) > LONGEST:
        raise NotReadError("too long")
    reader = _Reader(text)
    tree = reader.choice(_Flags(), 0)
    if not reader.ended:
        raise NotReadError("unexpected )")
    return tree


@dataclass(slots=True)
class _Flags:
    """``i``, ``m`` and ``s``; ``U`` only says what is tried first."""

    fold: bool = False
    lines: bool = False
    newline: bool = False


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    @property
    def ended(self) -> bool:
        return self._at >= len(self._text)

    def _peek(self, length: int = 1) -> str:
        return self._text[self._at : self._at + length]

    def _take(self, wanted: str) -> bool:
        if self._text.startswith(wanted, self._at):
            self._at += len(wanted)
            return True
        return False

    def _next(self) -> str:
        if self.ended:
            raise NotReadError("ends too early")
        self._at += 1
        return self._text[self._at - 1]

    def _until(self, end: str) -> str:
        to = self._text.find(end, self._at)
        if to < 0:
            msg = f"no {end}"
            raise NotReadError(msg)
        found = self._text[self._at : to]
        self._at = to + len(end)
        return found

    def choice(self, flags: _Flags, depth: int) -> Tree:
        """Up to the end or a closing parenthesis; flags that are set count to there."""
        if depth > DEEPEST:
            raise NotReadError("too deep")
        parts: list[Tree] = []
        current: list[Tree] = []
        while not self.ended and self._peek() != ")":
            if self._take("|"):
                parts.append(Joined(tuple(current)))
                current = []
            elif self._take("\\Q"):
                quoted = self._text[self._at :].partition("\\E")[0]
                self._at = min(len(self._text), self._at + len(quoted) + 2)
                current += (_one(ord(c), flags) for c in quoted)
                if quoted:
                    current.append(self._repeated(current.pop()))
            else:
                atom = self._atom(flags, depth)
                if atom is not None:
                    current.append(self._repeated(atom))
        parts.append(Joined(tuple(current)))
        return parts[0] if len(parts) == 1 else Choice(tuple(parts))

    def _repeated(self, atom: Tree) -> Tree:
        several = False
        while not self.ended and (bounds := self._bounds()) is not None:
            if several:
                raise NotReadError("repeat of a repeat")
            atom = Repeat(atom, *bounds)
            self._take("?")
            several = True
        return atom

    def _bounds(self) -> tuple[int, int | None] | None:
        for sign, bounds in (("*", (0, None)), ("+", (1, None)), ("?", (0, 1))):
            if self._take(sign):
                return bounds
        if self._peek() != "{":
            return None
        inside = self._text[self._at + 1 :].partition("}")[0]
        low, comma, high = inside.partition(",")
        if not low.isdigit() or (high and not high.isdigit()) or len(inside) > 9:
            return None
        if not self._text[self._at + 1 + len(inside) :].startswith("}"):
            return None
        self._at += len(inside) + 2
        most = int(low) if not comma else int(high) if high else None
        if (
            int(low) > MOST_REPEATS
            or (most or 0) > MOST_REPEATS
            or (most is not None and most < int(low))
        ):
            raise NotReadError("repeat out of range")
        return int(low), most

    def _atom(self, flags: _Flags, depth: int) -> Tree | None:
        char = self._next()
        if char == "(":
            return self._group(flags, depth)
        if char == "[":
            return self._set(flags)
        if char == "\\":
            return self._escape(flags)
        if char == ".":
            return Chars(((10, 10),) if not flags.newline else (), negated=True)
        if char == "^":
            return At("line-begin" if flags.lines else "begin")
        if char == "$":
            return At("line-end" if flags.lines else "end")
        if char in "*+?":
            raise NotReadError("nothing to repeat")
        return _one(ord(char), flags)

    def _group(self, flags: _Flags, depth: int) -> Tree | None:
        inner = _Flags(flags.fold, flags.lines, flags.newline)
        if self._take("?"):
            if self._take("P<") or (self._peek() == "<" and self._peek(2) not in ("<=", "<!")):
                self._take("<")
                self._until(">")
            elif not self._options(inner):
                flags.fold, flags.lines, flags.newline = inner.fold, inner.lines, inner.newline
                return None
        tree = self.choice(inner, depth + 1)
        if not self._take(")"):
            raise NotReadError("no )")
        return tree

    def _options(self, flags: _Flags) -> bool:
        """Set *flags*; whether a group follows, or they count for what comes."""
        value = True
        while True:
            char = self._next()
            if char in ":)":
                return char == ":"
            if char == "-" and value:
                value = False
            elif char == "i":
                flags.fold = value
            elif char == "m":
                flags.lines = value
            elif char == "s":
                flags.newline = value
            elif char != "U":
                msg = f"unknown group (?{char}"
                raise NotReadError(msg)

    def _escape(self, flags: _Flags) -> Tree:
        char = self._next()
        places: dict[str, At] = {
            "A": At("begin"),
            "z": At("end"),
            "b": At("word"),
            "B": At("no-word"),
        }
        if char in places:
            return places[char]
        return self._class(char, flags) or _one(self._code(char), flags)

    def _class(self, char: str, flags: _Flags) -> Chars | None:
        if char.lower() in _PERL:
            return Chars(_PERL[char.lower()], char.isupper(), flags.fold)
        if char not in "pP":
            return None
        name = self._next()
        if name == "{":
            name = self._until("}")
        negated = (char == "P") is not name.startswith("^")
        name = name.removeprefix("^")
        if name[:1] not in _CATEGORIES or len(name) > 2:
            msg = f"unknown class {name}"
            raise NotReadError(msg)
        return Chars((), negated, flags.fold, name)

    def _code(self, char: str) -> int:
        if char in _PLAIN:
            return _PLAIN[char]
        if char == "x":
            digits = self._until("}") if self._take("{") else self._next() + self._next()
            return _number(digits, 16)
        if char in "01234567" and (char == "0" or self._peek() in tuple("01234567")):
            while len(char) < 3 and self._peek() and self._peek() in "01234567":
                char += self._next()
            return _number(char, 8)
        if char.isalnum() and char.isascii():
            msg = f"unknown escape {char}"
            raise NotReadError(msg)
        return ord(char)

    def _set(self, flags: _Flags) -> Tree:
        negated = self._take("^")
        ranges: list[Range] = []
        others: list[Chars] = []
        first = True
        while first or not self._take("]"):
            first = False
            if self._take("[:"):
                name = self._until(":]")
                known = _POSIX.get(name.removeprefix("^"))
                if known is None:
                    msg = f"unknown class {name}"
                    raise NotReadError(msg)
                others.append(Chars(known, name.startswith("^"), flags.fold))
                continue
            low = self._member(flags)
            if isinstance(low, Chars):
                others.append(low)
                continue
            high: int | Chars = low
            if self._peek() == "-" and self._peek(2) != "-]":
                self._next()
                high = self._member(flags)
            if isinstance(high, Chars) or high < low:
                raise NotReadError("bad range")
            ranges.append((low, high))
        return Either((Chars(tuple(ranges), folded=flags.fold), *others), negated)

    def _member(self, flags: _Flags) -> int | Chars:
        char = self._next()
        if char != "\\":
            return ord(char)
        char = self._next()
        return self._class(char, flags) or self._code(char)


def _one(code: int, flags: _Flags) -> Chars:
    return Chars(((code, code),), folded=flags.fold)


def _number(digits: str, base: int) -> int:
    try:
        found = int(digits, base)
    except ValueError:
        msg = f"bad number {digits}"
        raise NotReadError(msg) from None
    if found > LAST:
        raise NotReadError("no such character")
    return found
