"""Every installation of packages that a repository's jobs and images do, and what holds it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from golive_gates.pipeline.looking import actions_of, workflows_of
from golive_gates.pipeline.model.records import Place, Step
from golive_gates.pipeline.parts import Repository
from golive_gates.pipeline.supply.commands import commands_in, commands_of_script
from golive_gates.pipeline.supply.dockerfiles import Dockerfile, Instruction, dockerfiles_of
from golive_gates.pipeline.supply.installs import Install, installs
from golive_gates.pipeline.supply.places import in_image, in_job, lock_of
from golive_gates.pipeline.supply.requirements import locked

_MADE = re.compile(r"(?:>\s*|\s-o\s*|--output(?:-file)?[= ]\s*|\btee\s+)[\"']?([\w./-]+)")
_BRINGS = ("actions/download-artifact", "actions/cache")


@dataclass(frozen=True, slots=True)
class Installed:
    """One installation, and where it is written: in a job, or at a line of a Dockerfile.

    ``files``: paths from the root of what it names, ``None`` for one that is not known.
    ``locks``: whether the lock that it takes is there. ``after_lock``: whether the same job or
    stage has installed from something that holds everything to hashes before.
    """

    install: Install
    subject: str
    place: Place | None = None
    file: Dockerfile | None = None
    line: int = 0
    files: tuple[str | None, ...] = ()
    locks: bool = True
    after_lock: bool = False

    @property
    def in_image(self) -> bool:
        """Whether what it installs is delivered."""
        return self.file is not None


def installed(repository: Repository) -> Iterator[Installed]:
    """All of them, in jobs first."""
    for workflow in workflows_of(repository):
        for job in workflow.jobs.values():
            yield from _in_steps(repository, f"{workflow.path}:{job.id}", job.steps)
    for action in actions_of(repository):
        yield from _in_steps(repository, action.path or ".", action.steps)
    for file in dockerfiles_of(repository):
        yield from _in_file(repository, file)


def _in_steps(repository: Repository, subject: str, steps: Sequence[Step]) -> Iterator[Installed]:
    held = False
    made = {name for step in steps for name in _MADE.findall(step.run)}
    brought = any(step.uses.startswith(_BRINGS) for step in steps)
    for step in steps:
        env = tuple(f"{name}={value}" for name, value in step.env.items())
        for command in commands_in(step, repository):
            for install in installs(command.words, (*command.env, *env), in_ci=True):
                files = (
                    tuple(
                        _in_folders(repository, command.folders, t, made=t in made or brought)
                        for t in install.targets
                    )
                    if install.kind == "requirements"
                    else ()
                )
                locks = install.kind != "lock" or any(
                    _has_lock(repository, folder, install) for folder in command.folders
                )
                place = step.place.below("run")
                yield Installed(install, subject, place, None, 0, files, locks, after_lock=held)
                held = held or _holds(repository, install, files)


def _in_file(repository: Repository, file: Dockerfile) -> Iterator[Installed]:
    held_in: dict[str, bool] = {}
    for stage in file.stages:
        held = held_in.get(stage.image.lower(), False)
        env: list[str] = []
        for instruction in stage.instructions:
            if instruction.name == "ENV":
                env += [w for w in instruction.text.split() if "=" in w]
            if instruction.name != "RUN":
                continue
            for found in _in_run(repository, file, instruction, tuple(env), held=held):
                yield found
                held = held or _holds(repository, found.install, found.files)
        held_in[stage.name] = held


def _in_run(
    repository: Repository,
    file: Dockerfile,
    instruction: Instruction,
    env: tuple[str, ...],
    *,
    held: bool,
) -> Iterator[Installed]:
    script = "\n".join((_shell_form(instruction.text), *instruction.documents))
    for command in commands_of_script(script, file.path, repository):
        for install in installs(command.words, (*command.env, *env), in_ci=False):
            files = (
                tuple(in_image(repository, file, t) for t in install.targets)
                if install.kind == "requirements"
                else ()
            )
            locks = install.kind != "lock" or _somewhere(repository, install)
            yield Installed(
                install, file.path, None, file, instruction.line, files, locks, after_lock=held
            )


def _holds(repository: Repository, install: Install, files: Sequence[str | None]) -> bool:
    """Whether all that *install* brings was locked."""
    if install.kind == "requirements":
        known = [locked(repository, path).hashed for path in files if path is not None]
        return install.held or (len(known) == len(files) and all(known))
    return install.held and install.kind == "lock"


def _shell_form(text: str) -> str:
    words = [w for w in text.split(" ") if not w.startswith("--")]
    plain = " ".join(words)
    if plain.startswith("["):
        return plain.strip("[] ").replace(",", " ")
    return plain


def _in_folders(
    repository: Repository, folders: Sequence[str], name: str, *, made: bool
) -> str | None:
    """Where the file *name* lies; *made*: it may have been made or brought by the job itself."""
    paths = [in_job(folder, name) for folder in folders]
    there = next((path for path in paths if path in repository.names), None)
    return there if there is not None or made else paths[0]


def _has_lock(repository: Repository, folder: str, install: Install) -> bool:
    if repository.cut or "$" in folder or folder.startswith("/"):
        return True
    return lock_of(repository, folder, install.targets)


def _somewhere(repository: Repository, install: Install) -> bool:
    names = {posixpath.basename(n) for n in repository.names}
    return repository.cut or bool(names & set(install.targets))
