"""What becomes of the failure of each command of a script."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from golive_gates.pipeline.shell.builtins import run_simple
from golive_gates.pipeline.shell.parsing import NotParsedError
from golive_gates.pipeline.shell.running import Nested, Runner
from golive_gates.pipeline.shell.state import State, TooManyWaysError
from golive_gates.pipeline.shell.syntax import Sequence, Simple

MOST_STEPS = 40_000
"""Of all commands of a script together; a pipeline asks for few of them."""


@dataclass(frozen=True, slots=True)
class Fate:
    """``lost``: what keeps a failure from failing the step, by code.

    ``unsure``: why that cannot be told. Both empty: it fails the step. ``guarded``: the script
    does not always run the command.
    """

    lost: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()
    guarded: bool = False


@dataclass(slots=True)
class Fates:
    """Fates of the commands of *body*, each found when it is asked for."""

    body: Sequence
    start: State
    nested: Callable[[Simple], Nested | None]
    parse: Callable[[str], Sequence]
    posix: bool
    known: dict[int, Fate] = field(default_factory=dict)
    steps: int = 0

    def of(self, command: Simple) -> Fate:
        """What becomes of a failure of *command*."""
        if id(command) not in self.known:
            self.known[id(command)] = self._found(command)
        return self.known[id(command)]

    def _found(self, command: Simple) -> Fate:
        ends: frozenset[State] = frozenset()
        ran: list[State] = []
        if self.steps > MOST_STEPS:
            return Fate(unsure=("complex",))
        for wide in (False, True):  # What only runs when another fails is looked for again.
            runner = Runner(command, self.nested, self.parse, run_simple, self.posix, wide)
            try:
                ends = runner.script(self.body, self.start)
            except (TooManyWaysError, NotParsedError, RecursionError):
                return Fate(unsure=("complex",))
            finally:
                self.steps += runner.steps
            ran = [e for e in ends if e.failed]
            if ran:
                break
        guarded = any(not e.failed and not e.status for e in ends)
        doubts = tuple(sorted({e.doubt for e in ran if e.doubt}))
        if not ran:
            doubtful = tuple(sorted({e.doubt for e in ends if e.doubt}))
            return Fate(unsure=doubtful) if doubtful else Fate(lost=("not-run",))
        going_on = [e for e in ran if not e.status]
        if not going_on and not doubts:
            return Fate(guarded=guarded)
        if doubts:
            return Fate(unsure=doubts, guarded=guarded)
        if len(going_on) < len(ran):
            return Fate(unsure=("depends",), guarded=guarded)
        causes = tuple(sorted({e.cause or "errexit-off" for e in going_on}))
        return Fate(lost=causes, guarded=guarded)
