"""The commands of a step: the one door to the shell that the scans use."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from golive_gates.pipeline.model.expressions import filled
from golive_gates.pipeline.model.records import Node, Step
from golive_gates.pipeline.parts import Repository
from golive_gates.pipeline.scans.words import is_task
from golive_gates.pipeline.shell import commands as shell
from golive_gates.pipeline.shell.commands import Command
from golive_gates.pipeline.shell.programs import program_of

__all__ = [
    "Command",
    "as_run",
    "commands_of",
    "known_text",
    "program_in",
    "tool_of_image",
    "unseen_in",
]

_RUNNING: Mapping[str, tuple[str, str]] = {
    # Actions that run what they are given: the input, and what is put before it.
    "nick-fields/retry": ("command", ""),
    "nick-invision/retry": ("command", ""),
    "wandalen/wretry.action": ("command", ""),
    "coactions/setup-xvfb": ("run", ""),
    "gabrielbb/xvfb-action": ("run", ""),
    "reactivecircus/android-emulator-runner": ("script", ""),
    "devcontainers/ci": ("runCmd", ""),
    "borales/actions-yarn": ("cmd", "yarn "),
    "gradle/gradle-build-action": ("arguments", "gradle "),
    "pre-commit/action": ("extra_args", "pre-commit run "),
    "tox-dev/action-pre-commit-uv": ("extra_args", "pre-commit run "),
}
_TASK_RUNNERS = frozenset(("pdm", "pixi", "rye", "pipenv", "hatch", "poetry", "uv", "mise"))
_INTERPRETERS = re.compile(r"(?:python|pypy|node|ruby|php|perl|deno|pwsh)[\d.]*")
_SCRIPT = re.compile(r"[\w./-]+\.(?:py|js|mjs|ts|rb|pl|php|ps1)")
_TELLING = re.compile(
    r"test|check|scan|secret|leak|verify|audit|security|(?:^|[_./-])ci(?:[_./-]|$)"
)
_KEEPERS = frozenset(("npm", "pnpm", "yarn", "bun", "tox", "nox", "composer", "rake", "rush"))
"""Programs whose tasks are told in files of their own."""
_HIDING = re.compile(r"^(?!@)[\w:.-]*(?:secret|leak|scan|trivy|grype)[\w:.-]*$", re.IGNORECASE)
_SIMPLE = re.compile(r"[^\n|;&`$(){}<>]+\n?")
_POWERSHELL = frozenset(("pwsh", "powershell", "cmd"))


def as_run(step: Step, node: Node | None = None) -> Step:
    """*step* as its shell sees it.

    What an action is given to run is its script. On Windows the shell is PowerShell's where none
    is named; one plain command means the same to it, and anything longer is not followed.
    """
    name, before = _RUNNING.get(step.uses.partition("@")[0].strip().lower(), ("", ""))
    if name:
        given = {n.lower(): text for n, text in step.inputs.items()}.get(name.lower(), "")
        script = f"{before}{given}" if given or before else ""
        return replace(step, run=script, shell="bash")  # noqa: S604 - a record; nothing runs.
    shells = step.shell.strip().lower()
    runners = node.job.runs_on if node is not None else ()
    if not shells and any(r.lower().startswith("windows") for r in runners):
        shells = "pwsh"
    if shells in _POWERSHELL:
        return replace(step, shell="" if _SIMPLE.fullmatch(step.run) else shells)
    return step


def commands_of(
    step: Step, repository: Repository, node: Node | None = None
) -> tuple[Command, ...]:
    """The commands of *step*, in their order, those of the scripts that it runs included."""
    return shell.commands_of(as_run(step, node), repository).commands


def unseen_in(step: Step, repository: Repository, node: Node | None = None) -> tuple[str, ...]:
    """What *step* runs and nobody can look into: scripts that are not there, other shells.

    Of scripts in other languages those whose names tell of tests or scans.
    """
    script = shell.commands_of(as_run(step, node), repository)
    foreign = (word for c in script.commands if (word := _foreign(c)))
    return (
        *(part.what for part in script.unknown),
        *(one.what for one in script.unfollowed),
        *foreign,
    )


def _foreign(command: Command) -> str:
    program = command.program()
    if program.name in _KEEPERS and any(_HIDING.search(w) for w in program.args):
        return " ".join((program.name, *program.args))[:80]
    words = (command.words[0], *program.args) if command.words else ()
    if not _INTERPRETERS.fullmatch(program.name) and not _SCRIPT.fullmatch(program.name):
        return ""
    named = next((w for w in words if _SCRIPT.fullmatch(w)), "")
    known = named.rpartition("/")[2] in ("manage.py", "setup.py")
    return named if not known and _TELLING.search(named.lower()) else ""


def known_text(text: str, step: Step, node: Node) -> str:
    """*text* with the inputs of the action and of the called workflow that it stands in."""
    return filled(filled(text, step.given), node.given)


def program_in(command: Command, step: Step, node: Node) -> tuple[str, tuple[str, ...]]:
    """Name of the program that *command* runs and its own words; an empty name for none.

    ``docker scout`` is ``docker-scout``; a script of Python is called by its own name.
    """
    program = program_of(tuple(known_text(w, step, node) for w in command.words))
    name, words = program.name.lower(), program.args
    if name == "docker" and words[:1] == ("scout",):
        return "docker-scout", words[1:]
    if name.startswith("python") and words[:1] and words[0].endswith(".py"):
        return words[0].rpartition("/")[2], words[1:]
    if name == "php" and words and not words[0].startswith("-"):
        return words[0].rpartition("/")[2].lower(), words[1:]
    if program.starters[-1:] and program.starters[-1] in _TASK_RUNNERS and is_task(name):
        return "task", (name, *words)
    return name, words


def tool_of_image(image: str) -> str:
    """The program that a container of *image* starts; empty for one that is not known."""
    name = program_of(("docker", "run", image)).name
    return "" if name == "docker" else name
