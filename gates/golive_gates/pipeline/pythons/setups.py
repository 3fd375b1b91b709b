"""Where a job says which Python it has: actions, containers, the command line itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

from golive_gates.pipeline.model.expressions import filled, truth
from golive_gates.pipeline.model.records import Place, Step
from golive_gates.pipeline.pythons.model import Stated, minor_of
from golive_gates.pipeline.pythons.values import Around
from golive_gates.pipeline.scans.model import Scan
from golive_gates.pipeline.shell.commands import Command

_SETUPS = {
    "actions/setup-python": ("python-version", "python-version-file"),
    "astral-sh/setup-uv": ("python-version",),
    "conda-incubator/setup-miniconda": ("python-version",),
    "mamba-org/setup-micromamba": (),
    "deadsnakes/action": ("python-version",),
    "gabrielfalcao/pyenv-action": ("default",),
    "prefix-dev/setup-pixi": (),
}
_BY_FILE = ("actions/setup-python", "astral-sh/setup-uv")
"""Actions that look for ``.python-version`` where they are told nothing."""
_CONTAINERS = frozenset(("docker", "docker-compose", "podman", "podman-compose", "nerdctl"))
_FILE = ".python-version"
_IMAGE = re.compile(r"(?:.*/)?python:(\d+\.\d+)(?:\.\d+)?(?:[a-z]+\d+)?(?:-[\w.-]+)?(?:@.*)?")
_OTHER_IMAGE = re.compile(r"(?:.*/)?python(?::.*)?")
_PROGRAM = re.compile(r"(?:.*/)?python(\d+\.\d+)(?:\.exe)?")
_INSTALLED = re.compile(r"(?:cpython-?)?(\d+\.\d+)(?:\.\d+)?")


def stated_for(scan: Scan, around: Around) -> list[Stated]:
    """The versions that the job of *scan* has for one combination, the one that is used last.

    Empty where it states none.
    """
    run = scan.step.place.below("run")
    if scan.command is not None and (named := _on_command_line(scan.command, around, run)):
        return named
    found: list[Stated] = []
    for step in scan.node.steps[: scan.position]:
        here = _in_step(step, around)
        found = here or found
    found = list(_installed(scan.step, around)) or found
    if found:
        return found
    for place, image in scan.node.job.images:
        if "services" not in place.path:
            return _of_image(around.stated(image, place)[-1], place, image, around)
    return []


def _on_command_line(command: Command, around: Around, place: Place) -> list[Stated]:
    for n, word in enumerate(command.words):
        if found := _PROGRAM.fullmatch(word):
            return [Stated(place, found[1], word)]
        named = word in ("--python", "-p") and command.words[0] in ("uv", "uvx", "hatch", "pdm")
        if named and n + 1 < len(command.words):
            return around.stated(command.words[n + 1], place)
    for name in ("UV_PYTHON", "HATCH_PYTHON"):
        if name in command.env:
            return around.stated(command.env[name], place)
    program = command.program()
    if _OTHER_IMAGE.fullmatch(program.image):
        return _of_image(None, place, program.image, around)
    if _CONTAINERS & set(program.starters):
        return [Stated(place, text=program.image or " ".join(command.words[:8]), unknown=True)]
    return []


def _in_step(step: Step, around: Around) -> list[Stated]:
    name = step.uses.partition("@")[0].lower()
    if name in _SETUPS:
        if truth(step.condition, around.contexts, "success") is False:
            return []
        inputs = _SETUPS[name]
        for key in inputs:
            text = filled(step.inputs.get(key, ""), step.given)
            place = step.place.below("with", key)
            if not text:
                continue
            if key.endswith("-file"):
                return _of_file(text, place, around)
            return around.stated(text, place)
        if name in _BY_FILE and around.repository.text(_FILE) is not None:
            return _of_file(_FILE, step.place.below("uses"), around)
        own = name == "actions/setup-python" or not inputs
        return [Stated(step.place.below("uses"), text=step.uses, unknown=True)] if own else []
    return list(_installed(step, around))


def _of_file(path: str, place: Place, around: Around) -> list[Stated]:
    """The first version in a ``.python-version``; other files state ranges or no one version."""
    content = around.repository.text(path.removeprefix("./"))
    lines = [line.strip() for line in (content or "").splitlines()]
    named = [line for line in lines if line and not line.startswith("#")]
    if not path.endswith(_FILE) or not named or not minor_of(named[0]):
        return [Stated(place, text=path, unknown=True)]
    return [Stated(place, minor_of(named[0]), named[0])]


def _installed(step: Step, around: Around) -> Iterator[Stated]:
    """``uv python install 3.9``, ``pyenv global 3.9``."""
    found = re.search(
        r"\b(?:uv python (?:install|pin)|pyenv (?:install|global|local|shell))((?: +\S+)+)",
        step.run,
    )
    for word in found[1].split() if found else ():
        if _INSTALLED.fullmatch(word) or "${{" in word:
            yield from around.stated(word, step.place.below("run"))


def _of_image(read: Stated | None, place: Place, image: str, around: Around) -> list[Stated]:
    text = image if read is None or "${{" not in image else read.text
    for name, value in around.matrix.items():  # GitLab gives a matrix as variables.
        if isinstance(value.value, str | int | float):
            text = text.replace(f"${{{name}}}", value.text).replace(f"${name}", value.text)
    found = _IMAGE.fullmatch(text)
    if found:
        return [Stated(place, minor_of(found[1]), text)]
    return [Stated(place, text=text or image, unknown=True)]
