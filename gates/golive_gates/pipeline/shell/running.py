"""Runs a script in the mind: where one command fails, how does the script end.

Every other command succeeds, except where the script asks: there it may do either, and both ways
are followed. Rules: bash(1) on ``set -e``, "Pipelines", "Lists" and "Compound Commands".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from golive_gates.pipeline.shell import structures
from golive_gates.pipeline.shell.state import Asked, State, TooManyWaysError, passed
from golive_gates.pipeline.shell.syntax import (
    AndOr,
    Case,
    Function,
    Group,
    If,
    Loop,
    Node,
    Pipeline,
    Sequence,
    Simple,
    Test,
    Unparsed,
)

MOST_STEPS = 20_000
MOST_WAYS = 64
DEEPEST = 150


@dataclass(frozen=True, slots=True)
class Nested:
    """Another script that a command runs. ``inline``: in the same shell, as ``source`` does.

    ``errexit``, ``pipefail``: how its shell is started. ``posix``: a shell that is not bash.
    ``file``: where it stands, empty for the file of its command; ``line``: its first, from 0.
    """

    body: Sequence
    errexit: bool = False
    pipefail: bool = False
    posix: bool = False
    inline: bool = False
    file: str = ""
    line: int = 0


@dataclass(slots=True)
class Runner:
    """Follows a script on which *target* fails.

    ``nested``: what a command runs, ``None`` for a program. ``parse``: a text as statements.
    ``command``: the ways of a simple command from one state. ``wide``: any program may fail.
    """

    target: Simple | None
    nested: Callable[[Simple], Nested | None]
    parse: Callable[[str], Sequence]
    command: Callable[[Runner, Simple, State, Asked], Iterable[State]]
    posix: bool = False
    wide: bool = False
    functions: dict[str, Node] = field(default_factory=dict)
    steps: int = 0
    depth: int = 0

    def script(self, body: Sequence, start: State, asked: Asked = "") -> frozenset[State]:
        """The ways in which *body* ends, its EXIT trap run. Raises ``TooManyWaysError``."""
        ends: set[State] = set()
        for state in self.sequence(body, {start}, asked):
            ended = replace(state, flow="", levels=0, on_exit=None)
            if state.on_exit is None:
                ends.add(ended)
                continue
            for after in self.sequence(self.parse(state.on_exit), {ended}, ""):
                ends.add(_trapped(ended, after))
        return frozenset(ends)

    def sequence(self, body: Sequence, states: Iterable[State], asked: Asked) -> frozenset[State]:
        """The ways through *body*."""
        ways = frozenset(states)
        for node, background in body.items:
            after: set[State] = set()
            for state in ways:
                if state.flow:
                    after.add(state)
                elif background:
                    after |= self._background(node, state)
                else:
                    after |= self.node(node, state, asked)
            if len(after) > MOST_WAYS:
                raise TooManyWaysError
            ways = frozenset(after)
        return ways

    def node(self, node: Node, state: State, asked: Asked) -> frozenset[State]:
        """The ways through *node* from *state*."""
        self.steps += 1
        self.depth += 1
        if self.steps > MOST_STEPS or self.depth > DEEPEST:
            raise TooManyWaysError
        try:
            return frozenset(self._node(node, state, asked))
        finally:
            self.depth -= 1

    def _node(self, node: Node, state: State, asked: Asked) -> Iterable[State]:
        match node:
            case Simple():
                return self.ended(self.command(self, node, passed(state), asked), asked)
            case Test():
                return self.ended(structures.test(self, node, passed(state)), asked)
            case Sequence():
                return self.sequence(node, {state}, asked)
            case Group(subshell=False):
                return self.sequence(node.body, {state}, asked)
            case Group():
                return self.ended(self.subshell(node.body, state, asked), asked)
            case _:
                return self._structure(node, state, asked)

    def _structure(self, node: Node, state: State, asked: Asked) -> Iterable[State]:
        match node:
            case AndOr():
                return structures.and_or(self, node, state, asked)
            case Pipeline():
                return structures.pipe(self, node, state, asked)
            case If():
                return structures.if_(self, node, state, asked)
            case Loop():
                return structures.loop(self, node, state, asked)
            case Case():
                return structures.case(self, node, state, asked)
            case Function():
                self.functions[node.name] = node.body
                return (passed(state).ended(0),)
            case Unparsed():
                ran = state.failed or any(c is self.target for c in node.inside)
                return (replace(state, doubt="not-parsed", failed=ran),)
            case _:
                raise TypeError(node)

    def ended(self, states: Iterable[State], asked: Asked) -> Iterable[State]:
        """*states* after a command: the ERR trap runs, and errexit leaves."""
        for state in states:
            if not state.status or state.flow:
                yield state
            elif asked:
                yield replace(state, pending="condition" if asked == "if" else "and-list")
            else:
                for after in self._error_trap(replace(state, pending="")):
                    leaves = after.errexit and not after.flow
                    yield replace(after, flow="exit") if leaves else after

    def _error_trap(self, state: State) -> Iterable[State]:
        if state.on_error is None or state.alone:
            yield state
            return
        for after in self.sequence(self.parse(state.on_error), {replace(state, on_error=None)}, ""):
            if after.flow == "exit":
                lost = state.lost("trap-exit").cause if not after.status else after.cause
                yield replace(after, cause=lost)
            else:
                yield replace(state, doubt=after.doubt)

    def subshell(self, body: Node, state: State, asked: Asked, quiet: str = "") -> Iterable[State]:
        """*state* after *body* ran in a shell of its own; ``quiet``: errexit is off in it."""
        start = replace(
            state, on_exit=None, on_error=None, quiet=quiet or state.quiet,
            errexit=state.errexit and not quiet,
        )  # fmt: skip
        own = body if isinstance(body, Sequence) else Sequence(((body, False),))
        for end in self.script(own, start, asked):
            yield replace(
                state, status=end.status, stages=(end.status,), failed=end.failed,
                cause=end.cause, doubt=end.doubt, pending=end.pending,
            )  # fmt: skip

    def _background(self, node: Node, state: State) -> set[State]:
        after = set()
        for end in self.subshell(node, state, ""):
            known = end.lost("background").with_value("!", f"%{end.status}")
            after.add(known.ended(0))
        return after


def _trapped(before: State, after: State) -> State:
    """How a script ends whose EXIT trap ran from *before* to *after*."""
    if after.flow != "exit":
        return replace(before, doubt=after.doubt, failed=after.failed)
    cause = before.lost("trap-exit").cause if not after.status else after.cause
    return replace(after, flow="", cause=cause)
