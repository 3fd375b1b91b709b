"""The line of a command, within the block scalar of its step or in the script that it is in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from golive.model import Location
from golive_gates.pipeline.model.records import Place, Step
from golive_gates.pipeline.parts import Repository
from golive_gates.pipeline.shell.commands import Command

_LITERAL = re.compile(r"(?:^|[:\-]\s+)(?:[&!]\S+\s+)*\|[+-]?\d?[+-]?\s*(?:#.*)?$")


def line_of_command(step: Step, command: Command, repository: Repository) -> Location:
    """Where *command* of *step* stands; the line of ``run`` where the text tells no better."""
    if command.file:
        return Location(repository.shown(command.file), command.line + 1)
    place = step.place.below("run")
    there = place.at()
    if command.line < len(step.lines):
        return Location(there.path, step.lines[command.line])
    lines = (repository.text(repository.within(there.path)) or "").splitlines()
    if there.line is None or there.line > len(lines):
        return there
    if _LITERAL.search(lines[there.line - 1]):
        return Location(there.path, there.line + 1 + command.line)
    return there


def value_at(place: Place) -> object:
    """What is written at *place*; ``None`` where there is nothing."""
    here: Any = place.source.data
    for key in place.path:
        listed = isinstance(here, list | tuple) and isinstance(key, int) and key < len(here)
        if not listed and not (isinstance(here, Mapping) and key in here):
            return None
        here = here[key]
    return here
