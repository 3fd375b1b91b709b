"""Lists, pipes, branches and loops in the mind: the ways through each from one state."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING

from golive_gates.pipeline.shell.conditions import holds
from golive_gates.pipeline.shell.state import Asked, State, TooManyWaysError, passed
from golive_gates.pipeline.shell.syntax import AndOr, Case, If, Loop, Node, Pipeline, Test

if TYPE_CHECKING:
    from golive_gates.pipeline.shell.running import Runner

MOST_ROUNDS = 12
MOST_WAYS = 64


def test(runner: Runner, node: Test, state: State) -> Iterable[State]:
    """A test: both ways where it is not known."""
    ways = [state]
    for body in node.bodies:
        ways = [
            s.lost("substitution")
            for w in ways
            for s in runner.subshell(body, w, "", "substitution")
        ]
    for way in ways:
        true = holds(node.words, way, arithmetic=node.arithmetic)
        after = way
        if true is None and node.arithmetic:
            for word in node.words:
                after = after.with_value(word.text, None)
        if true is not False:
            yield after.ended(0)
        if true is not True:
            yield after.ended(1)


def and_or(runner: Runner, node: AndOr, state: State, asked: Asked) -> Iterable[State]:
    """A list of ``&&`` and ``||``."""
    parts: list[tuple[str, Node]] = [("", node.first), *node.rest]
    ways = {state}
    for n, (operator, part) in enumerate(parts):
        last = n == len(parts) - 1
        context: Asked = asked
        if not last:
            context = "if" if asked == "if" or parts[n + 1][0] == "||" else "and"
        after: set[State] = set()
        for way in ways:
            if way.flow or (operator and (way.status == 0) is (operator == "||")):
                after.add(way)
                continue
            before = way.lost(node.cause) if operator == "||" else way
            after |= runner.node(part, replace(before, pending=""), context)
        ways = after
    return [
        replace(w, pending="condition" if asked == "if" else "and-list")
        if w.pending and w.status
        else w
        for w in ways
    ]


def pipe(runner: Runner, node: Pipeline, state: State, asked: Asked) -> Iterable[State]:
    """A pipe, or one command after ``!``."""
    if len(node.stages) == 1:
        ways: Iterable[State] = runner.node(node.stages[0], state, "if")
    else:
        ways = _stages(runner, node, state, "if" if node.negated else asked)
    if not node.negated:
        return ways
    cause = "condition" if asked else "negated"
    return [w if w.flow else w.lost(cause).ended(int(not w.status)) for w in ways]


def _stages(runner: Runner, node: Pipeline, state: State, asked: Asked) -> Iterable[State]:
    stages = [tuple(runner.subshell(s, state, asked)) for s in node.stages]
    found: set[State] = set()
    for ends in product(*stages):
        statuses = tuple(e.status for e in ends)
        counted = [s for s in statuses if s] if state.pipefail else [statuses[-1]]
        failing = next((e for e in ends if e.failed and not state.failed), state)
        after = replace(
            state, failed=failing.failed, cause=failing.cause or state.cause,
            doubt=next((e.doubt for e in ends if e.doubt), state.doubt),
        )  # fmt: skip
        status = counted[-1] if counted else 0
        if failing.status and (failing is not ends[-1] and not state.pipefail):
            after = after.ended(failing.status).lost("pipe")
        found.add(after.ended(status, statuses))
        if len(found) > MOST_WAYS:
            raise TooManyWaysError
    return runner.ended(found, asked)


def if_(runner: Runner, node: If, state: State, asked: Asked) -> Iterable[State]:
    """An ``if`` with its branches."""
    waiting = {state}
    done: set[State] = set()
    for condition, body in node.branches:
        left: set[State] = set()
        for way in runner.sequence(condition, waiting, "if"):
            if way.flow:
                done.add(way)
            elif way.status == 0:
                done |= runner.sequence(body, {way}, asked)
            else:
                left.add(replace(way.lost("condition"), pending=""))
        waiting = left
    if not node.otherwise.items:
        return done | {w.ended(0) for w in waiting}
    return done | runner.sequence(node.otherwise, waiting, asked)


def loop(runner: Runner, node: Loop, state: State, asked: Asked) -> Iterable[State]:
    """A loop, round by round until nothing new comes of it."""
    done: set[State] = set()
    rounds = node.values if node.values is not None and _certain(node) else None
    ways = {passed(state)}
    seen: set[State] = set(ways)
    first = True
    for n in range(MOST_ROUNDS):
        if node.kind == "for":
            if rounds is None or n >= len(rounds):
                done |= {w.ended(0) if first else w for w in ways}
            if rounds is not None and n >= len(rounds):
                return done
            if node.variable:
                ways = {w.with_value(node.variable, None) for w in ways}
        else:
            ways, left = _asked(runner, node, ways)
            done |= left
        after: set[State] = set()
        for way in runner.sequence(node.body, ways, asked):
            _leave(way, done, after)
        first = False
        ways = after if rounds is not None else after - seen
        seen |= after
        if not ways:
            break
    else:
        done |= {replace(w, doubt="loop") for w in ways}
    if not done:  # Nothing ends it but the time limit of the job.
        done = {replace(s.ended(1), doubt="loop", flow="exit") for s in seen}
    return done


def _asked(runner: Runner, node: Loop, ways: Iterable[State]) -> tuple[set[State], set[State]]:
    inside: set[State] = set()
    left: set[State] = set()
    for way in runner.sequence(node.condition, ways, "if"):
        if way.flow:
            left.add(way)
        elif (way.status == 0) is (node.kind == "while"):
            inside.add(replace(way.lost("condition"), pending=""))
        else:
            left.add(replace(way.lost("condition"), pending="").ended(0))
    return inside, left


def case(runner: Runner, node: Case, state: State, asked: Asked) -> Iterable[State]:
    """A ``case``: the branch that is known, else every one."""
    value = state.text(node.value)
    done: set[State] = set()
    for patterns, body in node.branches:
        literal = not any(set(p) & set("*?[$") for p in patterns)
        if value is not None and literal:
            if value in patterns:
                return done | runner.sequence(body, {state}, asked)
            continue
        done |= runner.sequence(body, {state}, asked)
        if "*" in patterns:
            return done
    return done | {passed(state).ended(0)}


def _leave(way: State, done: set[State], again: set[State]) -> None:
    """Sort *way*, at the end of a round, into those that leave the loop and those that go on."""
    if way.flow not in ("break", "continue"):
        (done if way.flow else again).add(way)
    elif way.levels > 1:
        done.add(replace(way, levels=way.levels - 1))
    else:
        (done if way.flow == "break" else again).add(replace(way, flow="", levels=0))


def _certain(node: Loop) -> bool:
    """Whether the rounds of a ``for`` are as many as its words."""
    return all(
        not w.parts or (all(p.kind == "text" for p in w.parts) and not set(w.text) & set("*?[{"))
        for w in node.values or ()
    )
