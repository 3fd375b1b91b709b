"""Tests on numbers and texts that are known, such as ``[ "$rc" -ne 0 ]``; the rest is open."""

from __future__ import annotations

from collections.abc import Sequence

from golive_gates.pipeline.shell.state import State
from golive_gates.pipeline.shell.syntax import Word

_NUMBERS = {
    "-eq": lambda a, b: a == b,
    "-ne": lambda a, b: a != b,
    "-gt": lambda a, b: a > b,
    "-ge": lambda a, b: a >= b,
    "-lt": lambda a, b: a < b,
    "-le": lambda a, b: a <= b,
}
_ARITHMETIC = {"==": "-eq", "!=": "-ne", ">": "-gt", ">=": "-ge", "<": "-lt", "<=": "-le"}
_PATTERN = frozenset("*?[")


def holds(words: Sequence[Word], state: State, *, arithmetic: bool = False) -> bool | None:
    """Whether the test of *words* holds in *state*; ``None`` where that cannot be told."""
    for operator in ("||", "-o"):
        sides = _split(words, operator)
        if len(sides) > 1:
            return _either([holds(s, state, arithmetic=arithmetic) for s in sides])
    for operator in ("&&", "-a"):
        sides = _split(words, operator)
        if len(sides) > 1:
            return _both([holds(s, state, arithmetic=arithmetic) for s in sides])
    if not words:
        return None
    if words[0].text == "!" and len(words) > 1:
        inner = holds(words[1:], state, arithmetic=arithmetic)
        return None if inner is None else not inner
    if arithmetic:
        return _arithmetic(words, state)
    return _test([state.text(w) for w in words], words)


def _split(words: Sequence[Word], operator: str) -> list[Sequence[Word]]:
    sides: list[Sequence[Word]] = []
    start = 0
    for n, word in enumerate(words):
        if word.text == operator and n > start:
            sides.append(words[start:n])
            start = n + 1
    return [*sides, words[start:]]


def _either(sides: Sequence[bool | None]) -> bool | None:
    if True in sides:
        return True
    return None if None in sides else False


def _both(sides: Sequence[bool | None]) -> bool | None:
    if False in sides:
        return False
    return None if None in sides else True


def _test(values: Sequence[str | None], words: Sequence[Word]) -> bool | None:
    if len(words) == 1:
        return None if values[0] is None else values[0] != ""
    if len(words) == 2 and words[0].text in ("-n", "-z"):
        known = values[1]
        return None if known is None else bool(known) is (words[0].text == "-n")
    if len(words) != 3:
        return None
    left, operator, right = values[0], words[1].text, values[2]
    if left is None or right is None:
        return None
    if operator in _NUMBERS:
        return _numbers(left, operator, right)
    if operator not in ("=", "==", "!=") or _PATTERN & set(right):
        return None
    return (left == right) is (operator != "!=")


def _numbers(left: str, operator: str, right: str) -> bool | None:
    try:
        return bool(_NUMBERS[operator](int(left), int(right)))
    except ValueError:
        return None


def _arithmetic(words: Sequence[Word], state: State) -> bool | None:
    values = [_number(w, state) for w in words]
    if len(words) == 1:
        return None if values[0] is None else values[0] not in ("0", "")
    if len(words) != 3 or words[1].text not in _ARITHMETIC:
        return None
    left, right = values[0], values[2]
    if left is None or right is None:
        return None
    return _numbers(left, _ARITHMETIC[words[1].text], right)


def _number(word: Word, state: State) -> str | None:
    if word.text.isidentifier():
        return state.value(word.text)
    return state.text(word)
