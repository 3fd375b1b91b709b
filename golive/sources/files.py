"""One file to what it holds: recognised by its content, read and parsed once."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePath

from golive.model import Location
from golive.sources.documents import Found, Reading, dialect_of, read_documents
from golive.sources.kubernetes.objects import KubernetesObject
from golive.sources.nginx import looks_like_nginx, read_nginx
from golive.sources.nginx_masking import mask_nginx
from golive.sources.recognising import YAML_SUFFIXES, kind_of_text
from golive.sources.sniffing import looks_like_manifest, worth_reading
from golive.sources.suppressions import Syntax, suppressions_in
from golive.sources.tree import (
    FileKind,
    NginxConfig,
    PlainDocument,
    SourceFile,
    SourceProblem,
    Suppression,
)
from golive.sources.yaml import read_source
from golive.sources.yaml_limits import Limits, Stop
from golive.sources.yaml_scalars import Dialect
from golive.sources.yaml_stream import as_text

LIMITS = Limits(size=16 * 1024 * 1024, nodes=4_000_000)
"""Caps on one manifest file: 10,000 objects and more."""
_HEAD = 8 * 1024


def shown_as(path: Path) -> str:
    """*path* as findings print it: bytes of it that are no UTF-8 are written out."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def real_path(path: Path) -> Path:
    """*path* without links. Of links in a loop, what can be told; ``resolve`` raises there."""
    return Path(os.path.realpath(path))


class Role(StrEnum):
    """What is made of a file.

    ``RAW``: what it holds. ``MEMBER``: part of a kustomization or chart that is rendered, so
    that only its problems count. ``TEMPLATE``: of a chart, and nothing before it is rendered.
    """

    RAW = "raw"
    MEMBER = "member"
    TEMPLATE = "template"


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read. ``shown``: its path as findings print it.

    ``expected``: what it has to hold, as its file set in the configuration says. ``named``: it
    was named itself, not found in a folder.
    """

    file: Path
    shown: str
    expected: FileKind | None = None
    named: bool = False
    role: Role = Role.RAW


@dataclass(frozen=True, slots=True)
class ReadFile:
    """What one file holds; ``file`` is ``None`` when it is none of ours."""

    file: SourceFile | None = None
    problems: tuple[SourceProblem, ...] = ()
    objects: tuple[KubernetesObject, ...] = ()
    nginx: tuple[NginxConfig, ...] = ()
    documents: tuple[PlainDocument, ...] = ()
    suppressions: tuple[Suppression, ...] = ()


@dataclass(frozen=True, slots=True)
class Stream:
    """A file of YAML documents that has not been parsed yet."""

    source: Source
    text: str
    size: int
    digest: str
    reading: Reading

    @property
    def dialect(self) -> Dialect:
        """Whose reading of ambiguous scalars applies."""
        return dialect_of(self.text, self.reading.named)

    def closed(self, found: Found) -> ReadFile:
        """The file, of whose documents *found* is what they are."""
        sure = self.reading.sure or self.source.named or found.problems
        if found.kind is FileKind.OTHER and not sure:
            return ReadFile()
        member = self.source.role is Role.MEMBER
        return ReadFile(
            SourceFile(self.source.shown, found.kind, self.size, self.digest),
            tuple(p for p in found.problems if not (member and p.code == "no-object")),
            () if member else tuple(found.objects),
            (),
            tuple(found.documents),
            tuple(found.suppressions),
        )


def read_file(source: Source) -> ReadFile:
    """What *source* holds. Never raises on bad input."""
    opened = open_file(source)
    if isinstance(opened, ReadFile):
        return opened
    return opened.closed(read_documents(opened.text, opened.reading, LIMITS))


def open_file(source: Source) -> ReadFile | Stream:
    """The documents of *source*, or what is in it when it has none. Never raises."""
    suffix = source.file.suffix.lower()
    sure = suffix in YAML_SUFFIXES or source.expected is not None
    ours = sure or _promising(source.file)
    if not ours and not source.named:
        return ReadFile()
    content = read_source(source.file, LIMITS.size)
    if isinstance(content, str):
        return _unread(source, "unreadable", content)
    if len(content) > LIMITS.size:
        said = f"larger than {LIMITS.size:,} bytes"
        return _unread(source, "too-large", said, "split the file, or exclude it")
    digest = hashlib.sha256(content).hexdigest()
    try:
        text = as_text(content, LIMITS)
    except Stop as stop:
        if not ours:
            return ReadFile()
        lossy = content.decode("utf-8", "replace")
        # nginx reads comments in any encoding.
        if b"\0" not in content and _may_be_nginx(source, suffix) and looks_like_nginx(lossy):
            return _recognised(source, suffix, lossy, len(content), digest)
        file = SourceFile(source.shown, FileKind.OTHER, len(content), digest)
        place = Location(source.shown, stop.line, stop.column)
        problem = SourceProblem(place, _meant(source), "not-yaml", stop.message, stop.hint or "")
        return ReadFile(file, (problem,))
    return _recognised(source, suffix, text, len(content), digest)


def _recognised(
    source: Source, suffix: str, text: str, size: int, digest: str
) -> ReadFile | Stream:
    if source.role is Role.TEMPLATE:
        return ReadFile(SourceFile(source.shown, FileKind.HELM_CHART, size, digest))
    if source.expected is FileKind.NGINX or (
        _may_be_nginx(source, suffix) and looks_like_nginx(text)
    ):
        config, problems = read_nginx(source.file, source.shown)
        return ReadFile(
            SourceFile(source.shown, FileKind.NGINX, size, digest),
            problems,
            nginx=() if config is None else (mask_nginx(config),),
            suppressions=suppressions_in(text, source.shown, 1, Syntax.NGINX),
        )
    sure = source.expected is not None or suffix in YAML_SUFFIXES
    if not sure and not looks_like_manifest(text, suffix):
        other = SourceFile(source.shown, FileKind.OTHER, size, digest)
        return ReadFile(other) if source.named else ReadFile()
    reading = Reading(source.shown, source.expected, sure=sure)
    return Stream(source, text, size, digest, reading)


def _may_be_nginx(source: Source, suffix: str) -> bool:
    return suffix not in YAML_SUFFIXES and source.expected in (None, FileKind.NGINX)


def _promising(file: Path) -> bool:
    """Whether a file that no name tells apart may be one of ours, by its first bytes.

    One that cannot be opened may be.
    """
    if not worth_reading(file):
        return False
    head = read_source(file, _HEAD)
    if isinstance(head, str):
        return True
    if b"\0" in head:
        return False
    text = head.decode("utf-8", "ignore").removeprefix("\ufeff").replace("\r\n", "\n")
    return looks_like_nginx(text) or looks_like_manifest(text, file.suffix.lower())


def _unread(source: Source, code: str, message: str, hint: str = "") -> ReadFile:
    try:
        size = source.file.stat().st_size
    except OSError:
        size = 0
    problem = SourceProblem(Location(source.shown, 1), _meant(source), code, message, hint)
    return ReadFile(SourceFile(source.shown, FileKind.OTHER, size), (problem,))


def _meant(source: Source) -> FileKind:
    return source.expected or kind_of_text("", PurePath(source.shown).as_posix())
