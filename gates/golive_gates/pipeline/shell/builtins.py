"""Simple commands in the mind: assignments, what the shell itself does, and programs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from golive_gates.pipeline.shell.conditions import holds
from golive_gates.pipeline.shell.running import Nested, Runner
from golive_gates.pipeline.shell.state import Asked, Flow, State
from golive_gates.pipeline.shell.syntax import Sequence, Simple, Word

SURE = frozenset((":", "true", "echo", "printf", "sleep", "unset", "alias", "ulimit", "umask"))
OPEN = frozenset(("grep", "egrep", "fgrep", "rg", "cmp", "diff", "let", "read"))
"""Programs whose status is an answer rather than a success."""
DECLARING = frozenset(("export", "local", "declare", "readonly", "typeset"))


def run_simple(runner: Runner, node: Simple, state: State, asked: Asked) -> Iterable[State]:
    """The ways of *node* from *state*, whose errexit the caller heeds."""
    for before, inner in _substituted(runner, node, state):
        if not node.words:
            yield _assigned(node, before).ended(inner if inner is not None else 0)
            continue
        kept = before.ended(inner).lost("substitution") if inner is not None else before
        yield from _command(runner, node, replace(kept, status=state.status), asked)


def _substituted(runner: Runner, node: Simple, state: State) -> Iterable[tuple[State, int | None]]:
    ways: list[tuple[State, int | None]] = [(state, None)]
    inherits = runner.posix or state.value("inherit_errexit") == "1"
    for body in _bodies(node):
        ways = [
            (replace(end, status=state.status), end.status)
            for way, last in ways
            for end in runner.subshell(
                body,
                way.ended(last).lost("substitution").ended(way.status) if last else way,
                "",
                "" if inherits else "substitution",
            )
        ]
    return ways


def _bodies(node: Simple) -> list[Sequence]:
    words = (*node.words, *(a.value for a in node.assignments))
    return [
        *(p.body for w in words for p in w.parts if p.body is not None),
        *node.bodies,
    ]


def _assigned(node: Simple, state: State) -> State:
    for assignment in node.assignments:
        state = state.with_value(assignment.name, state.text(assignment.value))
    return state


def _command(runner: Runner, node: Simple, state: State, asked: Asked) -> Iterable[State]:
    nested = runner.nested(node)
    if nested is not None:
        yield from _nested(runner, node, nested, state, asked)
    elif node.name in runner.functions:
        yield from _call(runner, node, state, asked)
    elif node is runner.target:
        failed = replace(state, failed=True).ended(1)
        if _finds(node):
            yield failed.lost("find-exec").ended(0)
        else:
            yield replace(failed, flow="exit") if node.name == "exec" else failed
    elif node.name == "return" and not (state.alone or state.sourced or runner.posix):
        yield state.ended(1)  # Bash refuses it outside of a function.
    elif node.name in _BUILTINS:
        yield from _BUILTINS[node.name](node, state)
    else:
        yield from _program(node, state, "if" if runner.wide else asked)


def _finds(node: Simple) -> bool:
    words = [w.text for w in node.words]
    return words[0] == "find" and words[-1] == ";" and ("-exec" in words or "-execdir" in words)


def _nested(
    runner: Runner, node: Simple, nested: Nested, state: State, asked: Asked
) -> Iterable[State]:
    if nested.inline:
        for after in runner.sequence(nested.body, {replace(state, sourced=True)}, asked):
            flow: Flow = "" if after.flow == "return" else after.flow
            yield replace(after, flow=flow, sourced=state.sourced)
        return
    start = State(
        errexit=nested.errexit, pipefail=nested.pipefail, failed=state.failed,
        cause=state.cause, doubt=state.doubt,
    )  # fmt: skip
    functions, posix = runner.functions, runner.posix
    runner.functions, runner.posix = {}, nested.posix
    try:
        ends = runner.script(nested.body, start)
    finally:
        runner.functions, runner.posix = functions, posix
    flow = "exit" if node.name == "exec" else ""
    for end in ends:
        yield replace(
            state, status=end.status, stages=(end.status,), failed=end.failed,
            cause=end.cause, doubt=end.doubt, flow=flow,
        )  # fmt: skip


def _call(runner: Runner, node: Simple, state: State, asked: Asked) -> Iterable[State]:
    body = runner.functions[node.name]
    given = [state.text(w) for w in node.words[1:]]
    arguments = tuple(g for g in given if g is not None) if None not in given else ()
    for after in runner.node(body, replace(state, alone=True, arguments=arguments), asked):
        back = "" if after.flow == "return" else after.flow
        yield replace(
            after, alone=state.alone, arguments=state.arguments, flow=back, stages=(after.status,)
        )


def _program(node: Simple, state: State, asked: Asked) -> Iterable[State]:
    words = [w.text for w in node.words]
    yield state.ended(0)
    answers = words[0] in OPEN or (words[0] == "jq" and {"-e", "--exit-status"} & set(words))
    if answers or (asked == "if" and words[0] not in SURE):
        yield state.ended(1)


def _set(node: Simple, state: State) -> Iterable[State]:
    words = [w.text for w in node.words[1:]]
    while words and words[0][:1] in "-+" and words[0] not in ("-", "--"):
        word = words.pop(0)
        on = word[0] == "-"
        if "e" in word[1:]:
            state = replace(state, errexit=on)
        if "o" in word[1:] and words:
            option = words.pop(0)
            if option == "errexit":
                state = replace(state, errexit=on)
            elif option == "pipefail":
                state = replace(state, pipefail=on)
    yield state.ended(0)


def _left(node: Simple, state: State) -> Iterable[State]:
    flow = node.name
    if len(node.words) == 1:
        yield replace(state, flow=flow)  # type: ignore[arg-type]
        return
    given = state.text(node.words[1])
    known = given is not None and given.isdigit()
    for status in (int(given or 0) & 255,) if known else (0, 1):
        after = state if status else state.lost("exit-0")
        yield replace(after.ended(status), flow=flow)  # type: ignore[arg-type]


def _loop_left(node: Simple, state: State) -> Iterable[State]:
    given = node.words[1].text if len(node.words) > 1 else "1"
    levels = int(given) if given.isdigit() else 1
    yield replace(state.ended(0), flow=node.name, levels=levels)  # type: ignore[arg-type]


def _declare(node: Simple, state: State) -> Iterable[State]:
    yield _assigned(node, state).ended(0)


def _forget(node: Simple, state: State) -> Iterable[State]:
    for word in node.words[1:]:
        state = state.with_value(word.text, None)
    yield state.ended(0)
    if node.name == "read":
        yield state.ended(1)


def _false(node: Simple, state: State) -> Iterable[State]:
    del node
    yield state.ended(1)


def _test(node: Simple, state: State) -> Iterable[State]:
    words: list[Word] = list(node.words[1:])
    if node.name == "[" and words and words[-1].text == "]":
        words.pop()
    true = holds(words, state)
    if true is not False:
        yield state.ended(0)
    if true is not True:
        yield state.ended(1)


def _trap(node: Simple, state: State) -> Iterable[State]:
    words = [w for w in node.words[1:] if w.text != "--"]
    if len(words) > 1:
        text: str | None = state.text(words[0])
        doubt = state.doubt if text is not None or _plain(words[0]) else "trap"
        text = words[0].text if text is None else text
        action = None if text in ("-", "") else text
        signals = {w.text.removeprefix("SIG").upper() for w in words[1:]}
        if signals & {"EXIT", "0"}:
            state = replace(state, on_exit=action, doubt=doubt)
        if "ERR" in signals:
            state = replace(state, on_error=action, doubt=doubt)
    yield state.ended(0)


def _plain(word: Word) -> bool:
    return all(p.kind in ("text", "variable") for p in word.parts)


def _wait(node: Simple, state: State) -> Iterable[State]:
    if len(node.words) == 1:
        yield state.ended(0)
        return
    value = state.text(node.words[-1])
    if value is not None and value.startswith("%") and value[1:].isdigit():
        status = int(value[1:])
        yield replace(state, cause="" if status else state.cause).ended(status)
        return
    yield state.ended(0)
    yield state.ended(1)


def _exec(node: Simple, state: State) -> Iterable[State]:
    yield replace(state.ended(0), flow="exit" if len(node.words) > 1 else "")


def _shopt(node: Simple, state: State) -> Iterable[State]:
    words = [w.text for w in node.words]
    if "inherit_errexit" in words:
        state = state.with_value("inherit_errexit", "1" if "-s" in words else None)
    if "lastpipe" in words:
        state = replace(state, doubt="shopt")
    yield state.ended(0)


_BUILTINS: dict[str, Callable[[Simple, State], Iterable[State]]] = {
    "set": _set,
    "exit": _left,
    "return": _left,
    "break": _loop_left,
    "continue": _loop_left,
    **dict.fromkeys(DECLARING, _declare),
    "unset": _forget,
    "read": _forget,
    "false": _false,
    "test": _test,
    "[": _test,
    "trap": _trap,
    "wait": _wait,
    "exec": _exec,
    "shopt": _shopt,
}
