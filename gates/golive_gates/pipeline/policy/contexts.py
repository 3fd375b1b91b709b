"""Dockerfiles that copy their whole build context, and what stays out of it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from golive_gates.pipeline.parts import Repository
from golive_gates.pipeline.policy.patterns import dockerignore, left_out

_DOCKERFILE = re.compile(
    r"(?i)(?:.*/)?(?:(?:dockerfile|containerfile)(?:\.[\w-]+)?|[\w.-]+\.dockerfile)"
)
_COPY = re.compile(r"(?i)^\s*(?:COPY|ADD)\s+(?P<rest>.+)$")
_FROM_STAGE = re.compile(r"(?i)--from[=\s]")
WHOLE = frozenset((".", "./", "*", "./*", "/", "/."))


@dataclass(frozen=True, slots=True)
class WholeContext:
    """A Dockerfile that copies everything. ``ignore``: the file that keeps things out, or none."""

    dockerfile: str
    line: int
    ignore: str
    env: bool
    """Whether ``.env`` gets into the image."""
    git: bool
    """Whether ``.git`` does, and the whole history with it."""


def whole_contexts(repository: Repository) -> Iterator[WholeContext]:
    """The Dockerfiles of *repository* that copy all of their context.

    The context is the root or the Dockerfile's own folder; who builds decides. What is kept out
    in one of the two is not held against it.
    """
    for path in sorted(repository.texts or {}):
        if not _DOCKERFILE.fullmatch(path) or path.lower().endswith(".dockerignore"):
            continue
        line = copies_everything(repository.text(path) or "")
        if line is None:
            continue
        folder = path.rpartition("/")[0]
        near = f"{folder}/.dockerignore" if folder else ".dockerignore"
        own = f"{path}.dockerignore"
        there = [p for p in (own, near, ".dockerignore") if repository.text(p) is not None]
        ignore = there[0] if there else ""
        rules = dockerignore(repository.text(ignore) or "") if ignore else ()
        env, git = left_out(rules, ".env"), left_out(rules, ".git/config")
        yield WholeContext(path, line, ignore, not env, not git)


def copies_everything(text: str) -> int | None:
    """The line of the first ``COPY .`` that takes from the build context; ``None`` without one."""
    for number, line in _instructions(text):
        match = _COPY.match(line)
        if match is None or _FROM_STAGE.search(line):
            continue
        words = [w for w in re.split(r"[\s,\[\]\"']+", match["rest"]) if w]
        paths = [w for w in words if not w.startswith("--")]
        if len(paths) > 1 and WHOLE & set(paths[:-1]):
            return number
    return None


def _instructions(text: str) -> Iterator[tuple[int, str]]:
    """Instructions with the line that they begin at, continued lines joined."""
    held, begin = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("#"):
            continue
        begin = begin if held else number
        if line.rstrip().endswith("\\"):
            held += f"{line.rstrip()[:-1]} "
            continue
        yield begin, held + line
        held = ""
    if held:
        yield begin, held
