"""Which commands a step runs, in their order, and whether a failure of one fails the step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from golive.inspecting import Same
from golive_gates.pipeline.model.records import Step
from golive_gates.pipeline.parts import Repository
from golive_gates.pipeline.shell.fates import Fate, Fates
from golive_gates.pipeline.shell.following import Follower
from golive_gates.pipeline.shell.invocation import invocation_of
from golive_gates.pipeline.shell.parsing import NotParsedError, parsed
from golive_gates.pipeline.shell.programs import Program, program_of
from golive_gates.pipeline.shell.state import State
from golive_gates.pipeline.shell.syntax import Simple
from golive_gates.pipeline.shell.walking import found_in, unparsed_in

__all__ = ["Command", "NotThere", "Program", "Script", "UnknownPart", "commands_of", "program_of"]

MOST_COMMANDS = 2_000


@dataclass(frozen=True, slots=True)
class Command:
    """One simple command. ``words``: without quotes; ``${{ }}`` and ``$NAME`` as they are written.

    ``line``: from 0, in the file ``file``, or in the step's ``run`` where that is empty.
    ``step_line``: in ``run``, of itself or of the command that leads to it. ``env``: assignments
    before it. ``via``: the commands that lead to it, outermost first.
    """

    words: tuple[str, ...]
    line: int = 0
    step_line: int = 0
    env: Mapping[str, str] = field(default_factory=dict)
    file: str = ""
    via: tuple[str, ...] = ()
    _simple: Simple | None = field(default=None, repr=False, compare=False)
    _fates: Fates | None = field(default=None, repr=False, compare=False)

    @property
    def fate(self) -> Fate:
        """What becomes of a failure of it; found when it is first asked for."""
        if self._fates is None or self._simple is None:
            return Fate()
        return self._fates.of(self._simple)

    @property
    def lost(self) -> tuple[str, ...]:
        """Why a failure of it does not fail the step, by code; empty where it does.

        ``or-true``, ``errexit-off``, ``and-list``, ``pipe``, ``background``, ``condition``,
        ``negated``, ``substitution``, ``trap-exit``, ``exit-0``, ``find-exec``, ``ignored`` (by
        make), ``not-run``.
        """
        return self.fate.lost

    @property
    def unsure(self) -> tuple[str, ...]:
        """Why it cannot be told what becomes of a failure, by code; ``lost`` is then empty.

        ``depends`` (on what the script then looks at), ``not-parsed``, ``loop``, ``trap``,
        ``shopt``, ``complex``.
        """
        return self.fate.unsure

    @property
    def guarded(self) -> bool:
        """Whether the script may end well without it."""
        return self.fate.guarded

    def program(self) -> Program:
        """The program that it runs, what starts it (sudo, timeout, docker run) taken off."""
        return program_of(self.words)


@dataclass(frozen=True, slots=True)
class UnknownPart:
    """A part of a script that is not understood. ``code``: ``shell`` or ``not-parsed``.

    ``line``, ``file``: as of a command.
    """

    code: str
    what: str
    line: int = 0
    file: str = ""


@dataclass(frozen=True, slots=True)
class NotThere:
    """A script, target or configuration that a command uses and that is not among the files."""

    what: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Script:
    """What a step runs."""

    commands: tuple[Command, ...] = ()
    unknown: tuple[UnknownPart, ...] = ()
    unfollowed: tuple[NotThere, ...] = ()


def commands_of(step: Step, repository: Repository, *, windows: bool = False) -> Script:
    """The commands of *step*, those of scripts, make targets and hooks that it runs included.

    ``windows``: the job runs there, where a step that names no shell is PowerShell's.
    """
    shell = "pwsh" if windows and not step.shell else step.shell
    return _commands(
        step.run, shell, step.working_directory, step.env.get("SKIP", ""), Same(repository)
    )


@lru_cache(maxsize=1024)
def _commands(run: str, shell: str, folder: str, skip: str, known: Same[Repository]) -> Script:
    if not run.strip():
        return Script()
    started = invocation_of(shell)
    if started.unknown:
        return Script(unknown=(UnknownPart("shell", started.unknown),))
    try:
        body = parsed(run)
        follower = Follower(known.part, folder, parsed, {"SKIP": skip})
        follower.place(body, folder)
        found = tuple(found_in(body, follower, MOST_COMMANDS))
        unknown = tuple(
            UnknownPart("not-parsed", part.text.strip()[:80], part.line, file)
            for part, file in unparsed_in(body, follower)
        )
    except (NotParsedError, RecursionError):
        return Script(unknown=(UnknownPart("not-parsed", run.strip()[:80]),))
    start = State(errexit=started.errexit, pipefail=started.pipefail)
    fates = Fates(body, start, follower, parsed, started.posix)
    commands = tuple(
        Command(
            tuple(w.text for w in f.simple.words),
            f.line,
            f.step_line,
            {a.name: a.value.text for a in f.simple.assignments},
            f.file,
            f.via,
            f.simple,
            fates,
        )
        for f in found
    )
    missing = {what: simple.line for simple, what in reversed(follower.missing)}
    return Script(commands, unknown, tuple(NotThere(w, at) for w, at in missing.items()))
