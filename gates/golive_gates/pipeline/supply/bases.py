"""Images that a Dockerfile takes from elsewhere: bases, and sources of copies and mounts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from golive_gates.pipeline.supply.dockerfiles import (
    Dockerfile,
    Stage,
    of_platform,
    pattern_of,
    substituted,
)

_COPY_FROM = re.compile(r"(?:^|\s)--from=(\S+)")
_MOUNT_FROM = re.compile(r"--mount=\S*?\bfrom=([^,\s]+)")


@dataclass(frozen=True, slots=True)
class Base:
    """One of them. ``unknown``: variables of it that only whoever builds gives a value."""

    image: str
    line: int
    unknown: tuple[str, ...] = ()


def bases_of(file: Dockerfile) -> Iterator[Base]:
    """Every image from elsewhere, each once; stages of the file and ``scratch`` are none."""
    seen: set[str] = set()
    for base in _every(file):
        if base.image not in seen:
            seen.add(base.image)
            yield base


def _every(file: Dockerfile) -> Iterator[Base]:
    for number, stage in enumerate(file.stages):
        before = [s for s in file.stages[:number] if s.name]
        if stage.image and not _is_own(stage.image, stage.unknown, before):
            yield Base(stage.image, stage.line, _open(stage.unknown))
        for instruction in stage.instructions:
            pattern = _MOUNT_FROM if instruction.name == "RUN" else _COPY_FROM
            if instruction.name not in ("COPY", "ADD", "RUN"):
                continue
            for source in pattern.findall(instruction.text):
                image, unknown = substituted(source.strip("\"'"), file.arguments)
                # A number is that of a stage; one that comes later is still no image.
                if not image.isdigit() and not _is_own(image, unknown, list(file.stages)):
                    yield Base(image, instruction.line, _open(unknown))


def _open(unknown: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in unknown if not of_platform(name))


def _is_own(image: str, unknown: tuple[str, ...], stages: list[Stage]) -> bool:
    if image.lower() == "scratch":
        return True
    names = {s.name for s in stages if s.name}
    if image.lower() in names:
        return True
    return bool(unknown) and any(pattern_of(image).fullmatch(name) for name in names)
