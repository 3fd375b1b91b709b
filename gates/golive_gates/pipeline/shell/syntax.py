"""A shell script as data: commands and what joins them, with words that keep their parts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of a word.

    ``text``: its literal text, or the name of a variable. ``default``: what ``${x:-y}`` falls
    back on. ``index``: of ``${x[0]}``. ``body``: of a command or process substitution.
    ``other`` is anything whose value is not followed: an expression of the forge, arithmetic.
    """

    kind: Literal["text", "variable", "substitution", "other"]
    text: str = ""
    default: str | None = None
    index: str = ""
    body: Sequence | None = None


@dataclass(frozen=True, slots=True)
class Word:
    """``text``: as written without its quotes, variables and expressions kept."""

    text: str
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Assignment:
    """``name=value``; ``name+=value`` and arrays have no known value."""

    name: str
    value: Word


@dataclass(frozen=True, slots=True, eq=False)
class Simple:
    """A simple command. ``line``: from 0, in its script. ``bodies``: substitutions beside words.

    Compared by identity: the same words twice are two commands.
    """

    words: tuple[Word, ...]
    assignments: tuple[Assignment, ...] = ()
    line: int = 0
    bodies: tuple[Sequence, ...] = ()
    stdin: str | None = None
    """What a here-document or a here-string gives it, where that is known."""

    @property
    def name(self) -> str:
        """Its first word, empty for assignments alone."""
        return self.words[0].text if self.words else ""


@dataclass(frozen=True, slots=True, eq=False)
class Test:
    """``[ ]``, ``[[ ]]`` or ``(( ))``; ``words``: as tokens, empty where it was not understood."""

    words: tuple[Word, ...]
    arithmetic: bool = False
    bodies: tuple[Sequence, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Pipeline:
    """Stages of a pipe, at least one. ``negated``: ``!`` stands before it."""

    stages: tuple[Node, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class AndOr:
    """``first``, then each with the operator before it, all of one precedence.

    ``cause``: what is said of a failure that ``||`` takes up.
    """

    first: Node
    rest: tuple[tuple[Literal["&&", "||"], Node], ...]
    cause: str = "or-true"


@dataclass(frozen=True, slots=True, eq=False)
class Sequence:
    """Statements in their order, each with whether it runs in the background."""

    items: tuple[tuple[Node, bool], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """``{ }``, or ``( )`` with ``subshell``."""

    body: Sequence
    subshell: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class If:
    """Conditions with their branches, and what is left."""

    branches: tuple[tuple[Sequence, Sequence], ...]
    otherwise: Sequence = field(default_factory=Sequence)


@dataclass(frozen=True, slots=True, eq=False)
class Loop:
    """A loop. ``values``: the words of ``for``, ``None`` for one that counts."""

    kind: Literal["while", "until", "for"]
    condition: Sequence
    body: Sequence
    variable: str = ""
    values: tuple[Word, ...] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """Branches of a ``case``. ``exhaustive``: one of them is ``*``."""

    value: Word
    branches: tuple[tuple[tuple[str, ...], Sequence], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """The definition of a function."""

    name: str
    body: Node


@dataclass(frozen=True, slots=True, eq=False)
class Unparsed:
    """A part that was not understood. ``inside``: commands that were made out in it."""

    line: int
    text: str
    inside: tuple[Simple, ...] = ()


Node = Simple | Test | Pipeline | AndOr | Sequence | Group | If | Loop | Case | Function | Unparsed
