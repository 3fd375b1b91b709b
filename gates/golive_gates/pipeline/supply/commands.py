"""Commands of steps and of image builds, as far as this topic asks: what runs, and where."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass

from golive.sources.tree import FileKind, PlainDocument
from golive_gates.pipeline.model.records import Place, Step
from golive_gates.pipeline.parts import Repository
from golive_gates.pipeline.shell.commands import commands_of
from golive_gates.pipeline.shell.programs import Program


@dataclass(frozen=True, slots=True)
class Words:
    """One command, what starts it (sudo, ``python -m``) taken off.

    ``folders``: where it may run, seen from the root, the likeliest first: subshells end what
    ``cd`` has begun. ``env``: ``NAME=value`` in front of it.
    """

    words: tuple[str, ...]
    folders: tuple[str, ...] = ("",)
    env: tuple[str, ...] = ()


def commands_in(step: Step, repository: Repository) -> Iterator[Words]:
    """Every command of *step*, those of scripts that it runs included; never raises."""
    begun = step.working_directory
    folder = last = begun
    for command in commands_of(step, repository).commands:
        program = command.program()
        if command.words[:1] in (("uvx",), ("pipx",)):  # What they start they install first.
            program = Program(command.words[0], command.words[1:])
        if program.name in ("cd", "pushd") and program.args:
            last = posixpath.join(begun, program.args[0])
            folder = posixpath.join(folder, program.args[0])
            continue
        if program.name:
            env = tuple(f"{name}={value}" for name, value in command.env.items())
            yield Words(
                (program.name, *program.args), tuple(dict.fromkeys((folder, last, begun))), env
            )


def commands_of_script(script: str, path: str, repository: Repository) -> Iterator[Words]:
    """Every command of *script*, which the Dockerfile at *path* runs; never raises."""
    place = Place(PlainDocument(FileKind.OTHER, {}, path))
    step = Step(place, 0, run=script, shell="sh")  # noqa: S604 - a field of a record
    return commands_in(step, repository)
