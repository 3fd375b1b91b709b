"""Pipeline files that are not among the configured ones, read from the text that is there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from golive.sources.kubernetes.masking import mask_plain
from golive.sources.places import node_count
from golive.sources.tree import FileKind, PlainDocument
from golive.sources.yaml import Dialect, Limits
from golive.sources.yaml_stream import chunks
from golive_gates.pipeline.parts import Repository

LIMITS = Limits(size=2 << 20, nodes=200_000)


def document_of(
    repository: Repository | None, path: str, kind: FileKind | None = None
) -> PlainDocument | None:
    """The file at *path* from the root; ``None`` when it is not there or cannot be read whole."""
    found = documents_of(repository, path, kind)
    return found[0] if len(found) == 1 else None


def documents_of(
    repository: Repository | None, path: str, kind: FileKind | None = None
) -> tuple[PlainDocument, ...]:
    """Every document of that file; none when one of them cannot be read."""
    if repository is None:
        return ()
    shown = repository.shown(path)
    there = tuple(d for d in repository.documents if d.path == shown)
    if there:
        return there
    text = repository.text(path)
    kind = kind or _kind(path)
    if text is None:
        return ()
    found = tuple(_read(text, shown, kind))
    return () if None in found else tuple(d for d in found if d is not None)


def _kind(path: str) -> FileKind:
    name = path.rpartition("/")[2]
    return FileKind.ACTION if name.startswith("action.") else FileKind.WORKFLOW


def _read(text: str, shown: str, kind: FileKind) -> Iterator[PlainDocument | None]:
    dialect = Dialect.GITLAB if kind is FileKind.GITLAB else Dialect.CORE
    for chunk in chunks(text, shown, LIMITS, dialect, detailed=False):
        composed = chunk.composed
        if chunk.problems or composed is None or not isinstance(composed.data, Mapping):
            yield None
            continue
        lines = tuple(composed.places)
        if len(lines) != node_count(composed.data):
            lines = ()
        yield PlainDocument(kind, mask_plain(composed.data), shown, lines)
