"""Whether an expression matches somewhere in a text: all ways at once, so that none is slow."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from golive_gates.pipeline.scans.re2.syntax import read
from golive_gates.pipeline.scans.re2.tree import (
    At,
    Chars,
    Choice,
    Either,
    Joined,
    NotReadError,
    Repeat,
    Tree,
)

MOST_STATES = 20_000
_FINAL = -1


@dataclass(frozen=True, slots=True)
class _State:
    """``test``: the character to *to*, or the place; ``None`` goes to all of *to* at once."""

    test: Chars | Either | At | None
    to: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Around:
    """What is before and behind a place in a text; empty at its ends."""

    before: str
    behind: str

    def holds(self, place: At) -> bool:
        """Whether it is such a place."""
        kind = place.kind
        if kind == "begin":
            return not self.before
        if kind == "end":
            return not self.behind
        if kind == "line-begin":
            return self.before in ("", "\n")
        if kind == "line-end":
            return self.behind in ("", "\n")
        return (_is_word(self.before) is not _is_word(self.behind)) is (kind == "word")


def _is_word(char: str) -> bool:
    return bool(char) and char.isascii() and (char.isalnum() or char == "_")


class Expression:
    """An expression to search texts with."""

    def __init__(self, text: str) -> None:
        """Raises ``NotReadError``."""
        self._states: list[_State] = []
        self._start = self._add(read(text), _FINAL)

    def found_in(self, text: str) -> bool:
        """Whether it matches anywhere in *text*."""
        current: set[int] = set()
        for index in range(len(text) + 1):
            around = Around(text[index - 1 : index] if index else "", text[index : index + 1])
            reached = self._reached({*current, self._start}, around)
            if _FINAL in reached:
                return True
            char = around.behind
            if not char:
                return False
            current = set()
            for number in reached:
                state = self._states[number]
                if isinstance(state.test, Chars | Either) and state.test.has(char):
                    current.update(state.to)
            if _FINAL in current:
                return True
        return False

    def _reached(self, states: set[int], around: Around) -> set[int]:
        """*states* and all that follow without a character."""
        found: set[int] = set()
        waiting = list(states)
        while waiting:
            number = waiting.pop()
            if number in found:
                continue
            found.add(number)
            if number == _FINAL:
                break
            state = self._states[number]
            if state.test is None or (isinstance(state.test, At) and around.holds(state.test)):
                waiting += state.to
        return found

    def _state(self, test: Chars | Either | At | None, *to: int) -> int:
        if len(self._states) >= MOST_STATES:
            raise NotReadError("too large")
        self._states.append(_State(test, to))
        return len(self._states) - 1

    def _add(self, tree: Tree, then: int) -> int:
        """Add the states of *tree* before the state *then*; the first of them."""
        if isinstance(tree, Joined):
            for part in reversed(tree.parts):
                then = self._add(part, then)
            return then
        if isinstance(tree, Choice):
            return self._state(None, *(self._add(part, then) for part in tree.parts))
        if isinstance(tree, Repeat):
            return self._repeat(tree, then)
        return self._state(tree, then)

    def _repeat(self, tree: Repeat, then: int) -> int:
        if tree.most is None:
            loop = self._state(None)
            inside = self._add(tree.part, loop)
            self._states[loop] = _State(None, (inside, then))
            first = loop
        else:
            first = then
            for _ in range(tree.most - tree.least):
                first = self._state(None, self._add(tree.part, first), then)
        for _ in range(tree.least):
            first = self._add(tree.part, first)
        return first


@lru_cache(maxsize=512)
def expression(text: str) -> Expression:
    """The expression *text*. Raises ``NotReadError``."""
    return Expression(text)
