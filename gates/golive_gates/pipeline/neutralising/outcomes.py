"""Later steps that look at what became of a scan: they may stop the job in its stead."""

from __future__ import annotations

import re
from collections.abc import Iterator

from golive_gates.pipeline.model.expressions import truth
from golive_gates.pipeline.model.records import Step
from golive_gates.pipeline.parts import Repository
from golive_gates.pipeline.scans.model import Scan
from golive_gates.pipeline.shell.commands import commands_of

_QUIET = frozenset(("echo", "cat", "printf", "tee", "cp", "mv", "ls", "head", "tail", "rm", "less"))
_FILE = re.compile(r"[\w./-]+\.(?:json|sarif|xml|txt|log|csv|out)")


def stopped_later(scan: Scan, repository: Repository) -> bool | None:
    """Whether a later step of the job fails where *scan* did; ``None``: one of them might."""
    wanted = [step.id for step in (*scan.step.within, scan.step) if step.id]
    if not wanted:
        return False
    might = False
    for step in scan.node.steps[scan.position + 1 :]:
        names = [i for i in wanted if _mentions(step, i)]
        if not names:
            continue
        stops = _stops(step, names, repository)
        if stops:
            return True
        might = might or stops is None
    return None if might else False


def reads_report(scan: Scan, repository: Repository) -> bool:
    """Whether something later is given the report of *scan*, or what its script puts out."""
    command = scan.command
    if command is None:
        return False
    later = list(_later(scan, repository))
    files = {f for w in command.words for f in _FILE.findall(w)}
    for step, words in later:
        if words and words[0] not in _QUIET and any(f in w for f in files for w in words[1:]):
            return True
        if scan.step.id and step is not scan.step and _mentions(step, scan.step.id):
            return True
    return False


def _later(scan: Scan, repository: Repository) -> Iterator[tuple[Step, tuple[str, ...]]]:
    found = False
    for step in scan.node.steps[scan.position :]:
        if not step.run:
            if step is not scan.step:
                yield step, ()
            continue
        for command in commands_of(step, repository).commands:
            if step is scan.step and not found:
                found = command == scan.command
            else:
                yield step, command.words


def _mentions(step: Step, name: str) -> bool:
    texts = (step.condition, step.run, *step.env.values(), *step.inputs.values())
    pattern = re.compile(rf"steps(?:\.{re.escape(name)}\b|\[['\"]{re.escape(name)}['\"]\])")
    return any(pattern.search(text) for text in texts)


def _stops(step: Step, names: list[str], repository: Repository) -> bool | None:
    failed = {n: {"outcome": "failure", "conclusion": "success"} for n in names}
    runs = truth(step.condition, {"steps": failed}, "success")
    if runs is False:
        return False
    commands = commands_of(step, repository).commands if step.run else ()
    asked = not any(_mentions(Step(step.place, 0, condition=step.condition), n) for n in names)
    for command in commands:
        gives_up = command.words[:2] == ("exit", "1") or command.words == ("false",)
        if gives_up and not command.guarded and not asked and runs:
            return True
    return None
