"""Test runners that only the name of a package's script gives away: ``"test": "ng test"``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from golive_gates.pipeline.scans.commands import Command
from golive_gates.pipeline.scans.known import PROGRAMS
from golive_gates.pipeline.scans.model import Reading

_IDLE = frozenset(("echo", "printf", "true", "false", ":", "exit", "cd", "set", "export", "sleep"))
_CALL = ("npm", "run")

Read = tuple[Command, tuple[Reading, ...]]


def with_runners(read: Iterable[Read]) -> Iterator[Read]:
    """*read*, where the last command of a script of tests is one, if none of it is known."""
    listed = list(read)
    scripts = {c.via: None for c, _ in listed if _tests(c)}
    chosen: dict[int, tuple[Reading, ...]] = {}
    for via in scripts:
        below = [n for n, (c, _) in enumerate(listed) if c.via[: len(via)] == via]
        if any(r.kind == "tests" for n in below for r in listed[n][1]):
            continue
        doing = [n for n in below if (c := listed[n][0]).via == via and c.words[0] not in _IDLE]
        if doing:
            chosen[doing[-1]] = _tests(listed[doing[-1]][0])
    for number, (command, readings) in enumerate(listed):
        yield command, (*readings, *chosen.get(number, ()))


def _tests(command: Command) -> tuple[Reading, ...]:
    """What the script is called by that *command* stands in."""
    if not command.file.endswith("package.json") or not command.via:
        return ()
    words = tuple(command.via[-1].split())
    return tuple(PROGRAMS["npm"](words[1:], {})) if words[:2] == _CALL else ()
