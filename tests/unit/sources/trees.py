"""Files of a test, and what golive reads in them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

from golive.sources.kubernetes.objects import KubernetesObject
from golive.sources.reading import read_paths, read_release
from golive.sources.tree import SourceTree


def write(base: Path, files: Mapping[str, str | bytes]) -> Path:
    """*files* below *base*, which is returned; texts are dedented."""
    for name, content in files.items():
        file = base / name
        file.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            file.write_bytes(content)
        else:
            file.write_text(dedent(content).lstrip("\n"), encoding="utf-8")
    return base


def linted(base: Path, files: Mapping[str, str | bytes], *exclude: str) -> SourceTree:
    """What `golive lint` reads in the folder *base* with *files* in it."""
    return read_paths([write(base, files)], exclude=exclude)


def released(base: Path, files: Mapping[str, str | bytes], **groups: str) -> SourceTree:
    """What a run reads of *files*, named by the patterns of *groups*."""
    write(base, files)
    return read_release({name: (pattern,) for name, pattern in groups.items()}, base)


def one(base: Path, text: str) -> KubernetesObject:
    """The single object in *text*."""
    tree = linted(base, {"a.yaml": text})
    assert not tree.problems, tree.problems
    (found,) = tree.objects
    return found


def said(tree: SourceTree) -> list[tuple[str, str, int | None]]:
    """``(code, name of the file, line)`` of each problem."""
    return [(p.code, Path(p.location.path).name, p.location.line) for p in tree.problems]


OBJECT = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
"""A small object."""
