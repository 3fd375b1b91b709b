"""The YAML documents of one file, each by what it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from golive.model import Location
from golive.sources.credentials import suspicious
from golive.sources.kubernetes.masking import mask_plain
from golive.sources.kubernetes.objects import KubernetesObject, line_of
from golive.sources.kubernetes.reading import objects_in
from golive.sources.recognising import (
    is_workflow,
    kind_of_data,
    kind_of_text,
    meant_as_object,
)
from golive.sources.suppressions import Syntax, suppressions_in
from golive.sources.templates import HINT, breaking_line, unrendered
from golive.sources.tree import FileKind, PlainDocument, SourceProblem, Suppression
from golive.sources.yaml_limits import Budget, Limits, YamlProblem
from golive.sources.yaml_scalars import Dialect
from golive.sources.yaml_stream import Chunk, read_chunk, split

_NAMES: Mapping[FileKind, str] = {
    FileKind.KUBERNETES: "Kubernetes object",
    FileKind.RULES: "group of Prometheus rules",
    FileKind.ALERTMANAGER: "Alertmanager configuration",
    FileKind.DASHBOARD: "Grafana dashboard",
    FileKind.WORKFLOW: "GitHub workflow",
    FileKind.ACTION: "GitHub action",
    FileKind.GITLAB: "GitLab pipeline",
}


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file is read. ``path``: as findings print it; ``expected``: what it has to hold.

    ``sure``: it is YAML beyond doubt, so that what cannot be parsed is a problem.
    ``generated``: a program has rendered it, so that its lines mean nothing.
    """

    path: str
    expected: FileKind | None = None
    sure: bool = True
    generated: bool = False

    @property
    def named(self) -> str:
        """The path as far as it tells what the file is."""
        return "" if self.generated else self.path


@dataclass(slots=True)
class Found:
    """What documents of one file are; ``kind``: of the first that is one of ours.

    ``strangers``: those that are none, with their first lines, until the whole file is known.
    ``count``: how many there were.
    """

    kind: FileKind = FileKind.OTHER
    objects: list[KubernetesObject] = field(default_factory=list)
    documents: list[PlainDocument] = field(default_factory=list)
    problems: list[SourceProblem] = field(default_factory=list)
    suppressions: list[Suppression] = field(default_factory=list)
    strangers: list[tuple[Chunk, int]] = field(default_factory=list)
    count: int = 0


Part = tuple[int, int, str]
"""A document in its stream: its number, its first line and its text."""


def parts_of(text: str) -> list[Part]:
    """The documents of *text* (see :func:`golive.sources.yaml_stream.as_text`), unread."""
    return [(number, line, part) for number, (line, part) in enumerate(split(text))]


def read_documents(text: str, reading: Reading, limits: Limits) -> Found:
    """Every document of *text*, in order. Never raises on bad input."""
    dialect = dialect_of(text, reading.named)
    return together([read_parts(parts_of(text), reading, dialect, limits)], reading)


def read_parts(parts: Sequence[Part], reading: Reading, dialect: Dialect, limits: Limits) -> Found:
    """Some of a file's documents, which do not depend on the others."""
    found = Found()
    budget = Budget(limits)
    for number, line, text in parts:
        chunk = read_chunk(text, line, number, reading.path, budget, dialect, detailed=False)
        if chunk is not None:
            found.count += 1
            _take(chunk, reading, found)
    return found


def together(parts: Sequence[Found], reading: Reading) -> Found:
    """*parts* of one file as a whole, its documents that are none of ours judged."""
    whole = parts[0] if parts else Found()
    for part in parts[1:]:
        whole.kind = part.kind if whole.kind is FileKind.OTHER else whole.kind
        whole.objects += part.objects
        whole.documents += part.documents
        whole.problems += part.problems
        whole.suppressions += part.suppressions
        whole.strangers += part.strangers
        whole.count += part.count
    _judge_strangers(reading, whole)
    whole.problems.sort(key=lambda p: p.location.line or 0)
    return whole


def _take(chunk: Chunk, reading: Reading, found: Found) -> None:
    if chunk.problems:
        if not _take_broken(chunk, reading, found):
            found.strangers.append((chunk, chunk.line))
        return
    if chunk.composed is None or chunk.composed.data is None:
        return
    data = chunk.composed.data
    if "golive:" in chunk.text:
        found.suppressions += suppressions_in(chunk.text, reading.path, chunk.line, Syntax.YAML)
    kind = kind_of_data(data, reading.named)
    if kind is FileKind.OTHER or not isinstance(data, Mapping):
        found.strangers.append((chunk, chunk.composed.places[0]))
        return
    if found.kind is FileKind.OTHER:
        found.kind = kind
    lines = () if reading.generated else tuple(chunk.composed.places)
    if kind is FileKind.KUBERNETES:
        _take_objects(chunk, data, lines, reading, found)
    else:
        found.documents.append(PlainDocument(kind, mask_plain(data), reading.path, lines))


def dialect_of(text: str, path: str) -> Dialect:
    """Whose reading of ambiguous scalars applies to a file."""
    named = kind_of_text("", path)
    if named is FileKind.GITLAB:
        return Dialect.GITLAB
    workflow = is_workflow(path) or named is FileKind.ACTION
    workflow = workflow or ("jobs:" in text and kind_of_text(text, path) is FileKind.WORKFLOW)
    return Dialect.CORE if workflow else Dialect.GO


def _take_objects(
    chunk: Chunk, data: Mapping[str, Any], lines: tuple[int, ...], reading: Reading, found: Found
) -> None:
    text = chunk.text
    templated = "{{" in text or "{%" in text or "${" in text or "<no value>" in text
    doubtful = suspicious(text)
    for item in objects_in(data, lines, reading.path, chunk.index, suspicious=doubtful):
        if isinstance(item, SourceProblem):
            found.problems.append(item)
            continue
        path = unrendered(item.data) if templated else None
        if path is None:
            found.objects.append(item)
        else:
            place = Location(reading.path, line_of(item.data, item.lines, path) or chunk.line)
            found.problems.append(_template(place, FileKind.KUBERNETES))


def _template(place: Location, kind: FileKind) -> SourceProblem:
    return SourceProblem(place, kind, "template", "a template action stands here", HINT)


def _take_broken(chunk: Chunk, reading: Reading, found: Found) -> bool:
    """A document that cannot be read, or not whole; false when it is of another tool."""
    stopped = chunk.composed is None
    if chunk.composed is None:
        kind = kind_of_text(chunk.text, reading.named)
    else:
        kind = kind_of_data(chunk.composed.data, reading.named)
        if kind is FileKind.OTHER and meant_as_object(chunk.composed.data):
            kind = FileKind.KUBERNETES
    if kind is FileKind.OTHER and reading.expected is not None:
        kind = reading.expected
    # A file of another tool may be a template, and may break rules that only we hold.
    if kind is FileKind.OTHER and (not stopped or not reading.sure or _action(chunk) is not None):
        return False
    if found.kind is FileKind.OTHER:
        found.kind = kind
    _report(chunk, kind, reading, found)
    return True


def _action(chunk: Chunk) -> int | None:
    """Line of the template action that *chunk* is broken by, if any."""
    last = chunk.problems[-1].location.line if chunk.composed is None else None
    return breaking_line(chunk.text, chunk.line, last)


def _report(chunk: Chunk, kind: FileKind, reading: Reading, found: Found) -> None:
    action = _action(chunk)
    if action is not None:
        found.problems.append(_template(Location(reading.path, action), kind))
    else:
        found.problems += [_not_yaml(problem, kind) for problem in chunk.problems]


def _not_yaml(problem: YamlProblem, kind: FileKind) -> SourceProblem:
    return SourceProblem(problem.location, kind, "not-yaml", problem.message, problem.hint or "")


def _judge_strangers(reading: Reading, found: Found) -> None:
    """Documents that are none of ours: a problem where one of ours was meant."""
    expected = reading.expected
    if not found.count and expected is not None:
        message = f"the file holds no {_NAMES.get(expected, expected)}"
        found.problems.append(
            SourceProblem(Location(reading.path, 1), expected, "no-object", message)
        )
    for chunk, line in found.strangers:
        data = None if chunk.composed is None else chunk.composed.data
        wanted = expected if found.kind is FileKind.OTHER else None
        if found.kind is FileKind.KUBERNETES or meant_as_object(data):
            wanted = FileKind.KUBERNETES
        if wanted is None:
            continue
        if chunk.problems:
            _report(chunk, wanted, reading, found)
            continue
        message = f"this is no {_NAMES.get(wanted, wanted)}"
        hint = "write apiVersion and kind as text" if wanted is FileKind.KUBERNETES else ""
        place = Location(reading.path, line)
        found.problems.append(SourceProblem(place, wanted, "no-object", message, hint))
