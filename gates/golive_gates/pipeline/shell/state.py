"""What a shell knows at one point of a script, in one of the ways in which it may run."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from golive_gates.pipeline.shell.syntax import Part, Word

Flow = Literal["", "exit", "return", "break", "continue"]
Asked = Literal["", "and", "if"]
"""Whether a status is looked at, so that errexit is ignored: left of ``&&``, or elsewhere."""


class TooManyWaysError(Exception):
    """A script with more ways through it than are followed."""


@dataclass(frozen=True, slots=True)
class State:
    """One way in which a script has run so far.

    ``status``: of the last command. ``failed``: the command in question has run, and failed.
    ``cause``: what first kept that failure from counting. ``doubt``: why what follows is not sure.
    ``variables``: those with a known value. ``levels``: that ``break`` still has to leave.
    ``quiet``: the cause where errexit is off. ``pending``: the cause, should nothing look at the
    status. ``alone``: in a function, where no ERR trap of the script runs. ``sourced``: in a file
    that the shell reads into itself, which ``return`` leaves as it does a function.
    """

    status: int = 0
    errexit: bool = False
    pipefail: bool = False
    failed: bool = False
    cause: str = ""
    doubt: str = ""
    variables: frozenset[tuple[str, str]] = frozenset()
    stages: tuple[int, ...] = (0,)
    flow: Flow = ""
    levels: int = 0
    quiet: str = "errexit-off"
    pending: str = ""
    on_exit: str | None = None
    on_error: str | None = None
    alone: bool = False
    sourced: bool = False
    arguments: tuple[str, ...] = ()

    def value(self, name: str) -> str | None:
        """The value of a variable, ``None`` where it is not known."""
        if name == "?":
            return str(self.status)
        if name.isdigit() and int(name):
            there = self.arguments[int(name) - 1 : int(name)]
            return there[0] if there else None
        return next((v for n, v in self.variables if n == name), None)

    def with_value(self, name: str, value: str | None) -> State:
        """This state after an assignment; ``None`` for a value that is not known."""
        left = frozenset(v for v in self.variables if v[0] != name)
        return replace(self, variables=left if value is None else left | {(name, value)})

    def ended(self, status: int, stages: tuple[int, ...] | None = None) -> State:
        """This state after a command of that status."""
        return replace(self, status=status, stages=(status,) if stages is None else stages)

    def lost(self, cause: str) -> State:
        """This state after its status was not looked at."""
        if not self.failed or not self.status or self.cause:
            return self
        return replace(self, cause=cause)

    def text(self, word: Word) -> str | None:
        """The value of *word*, ``None`` where it is not known."""
        values = [self._part(part) for part in word.parts]
        if any(v is None for v in values):
            return None
        return "".join(v for v in values if v is not None)

    def _part(self, part: Part) -> str | None:
        if part.kind == "text":
            return part.text
        if part.kind != "variable":
            return None
        if part.text == "PIPESTATUS":
            index = part.index or "0"
            if index.isdigit() and int(index) < len(self.stages):
                return str(self.stages[int(index)])
            return None
        if part.index:
            return None
        value = self.value(part.text)
        return value or part.default if part.default is not None and value is not None else value


def passed(state: State) -> State:
    """*state* where a further command comes and nothing has looked at the status before it."""
    return replace(state.lost(state.pending or state.quiet), pending="")
