"""Where a file that a command names lies in the repository."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator

from golive_gates.pipeline.parts import Repository
from golive_gates.pipeline.supply.dockerfiles import Dockerfile

_BIND = re.compile(r"--mount=(\S*type=bind\S*)")


def in_job(folder: str, name: str) -> str | None:
    """The path from the root of *name*, seen from *folder*; ``None`` where it is none of it."""
    if "$" in name or name.startswith(("/", "~", "http:", "https:")) or "$" in folder:
        return None
    path = posixpath.normpath(posixpath.join(folder.lstrip("/"), name))
    return None if path.startswith("..") else path


def in_image(repository: Repository, file: Dockerfile, name: str) -> str | None:
    """The path from the root of what an image's build calls *name*.

    By what its file copies and mounts, from the root and from the file's own folder; ``None`` when
    that does not tell, or when the build makes it.
    """
    if "$" in name or name.startswith(("http:", "https:")):
        return None
    wanted = posixpath.basename(name)
    bases = ("", posixpath.dirname(file.path))
    sources = [
        source
        for source, target in _copied(file)
        if wanted in (posixpath.basename(source.rstrip("/")), posixpath.basename(target))
    ]
    for source in (*sources, name.lstrip("/")):
        for base in bases:
            path = posixpath.normpath(posixpath.join(base, source.lstrip("/")))
            if path in repository.names:
                return path
    if sources:
        return posixpath.normpath(sources[0].lstrip("/"))
    same = [n for n in repository.names if posixpath.basename(n) == wanted]
    return same[0] if len(same) == 1 else None


def _copied(file: Dockerfile) -> Iterator[tuple[str, str]]:
    """Sources from the build's context, each with where it comes to lie."""
    for stage in file.stages:
        for instruction in stage.instructions:
            if instruction.name in ("COPY", "ADD") and "--from=" not in instruction.text:
                words = [w.strip("[],\"'") for w in instruction.text.split()]
                paths = [w for w in words if not w.startswith("--")]
                yield from ((source, paths[-1]) for source in paths[:-1])
            elif instruction.name == "RUN":
                yield from _mounted(_BIND.findall(instruction.text))


def _mounted(mounts: Iterable[str]) -> Iterator[tuple[str, str]]:
    for mount in mounts:
        options = dict(part.partition("=")[::2] for part in mount.split(","))
        if "from" not in options:
            source = options.get("source") or options.get("src") or ""
            yield source, options.get("target") or options.get("dst") or ""


def lock_of(repository: Repository, folder: str, names: Iterable[str]) -> bool:
    """Whether one of the lock files *names* lies in *folder* or above it."""
    at = posixpath.normpath(folder or ".").lstrip("/")
    while True:
        base = "" if at in (".", "") else at
        if any((f"{base}/{n}" if base else n) in repository.names for n in names):
            return True
        if not base:
            return False
        at = posixpath.dirname(base)
