"""Charts and kustomizations in the place of the files that they are made of."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from golive.model import Location
from golive.sources.documents import Reading, read_documents
from golive.sources.files import LIMITS, ReadFile, Role, Source, real_path
from golive.sources.kustomizations import Kustomization, kustomization_of, roots
from golive.sources.recognising import CHART_NAME
from golive.sources.renderers import Rendered, render_chart, render_kustomization
from golive.sources.tree import FileKind, PlainDocument, SourceProblem
from golive.sources.walking import Walked
from golive.sources.yaml_limits import Stop
from golive.sources.yaml_stream import as_text


@dataclass(frozen=True, slots=True)
class _Task:
    """Something to render; ``number``: of the file that stands for it, if it was read."""

    kind: FileKind
    folder: Path
    shown: str
    number: int | None
    render: Callable[[Path], Rendered]


def rendered(walked: Walked, read: list[ReadFile]) -> list[ReadFile]:
    """*read*, what the files of *walked* hold, with the objects of what they make in their place.

    A file that a kustomization names holds only parts: its objects count as rendered or, where
    that cannot be done, not at all, and a problem says so. Its own problems stay.
    """
    found: dict[int, Kustomization] = {}
    for number, (source, held) in enumerate(zip(walked.sources, read, strict=True)):
        for document in held.documents:
            if document.kind is FileKind.KUSTOMIZATION and source.role is Role.RAW:
                found[number] = kustomization_of(source.file, source.shown, document.data)
    applied = roots(list(found.values()))
    tasks = [
        _Task(FileKind.KUSTOMIZATION, k.folder, k.shown, number, render_kustomization)
        for number, k in found.items()
        if k in applied
    ]
    tasks += _charts(walked, read)
    if not tasks and not found:
        return read
    members = {path for k in found.values() for path in k.members}
    result = [
        _without_objects(held) if real_path(source.file) in members else held
        for source, held in zip(walked.sources, read, strict=True)
    ]
    remote = {k.folder: k.remote for k in _with_children(list(found.values())) if k.remote}
    for task, made in zip(tasks, _rendered(tasks, remote), strict=True):
        if task.number is None:
            result.append(made)
        else:
            held = result[task.number]
            result[task.number] = replace(
                held, objects=made.objects, problems=(*held.problems, *made.problems)
            )
    return result


def _charts(walked: Walked, read: list[ReadFile]) -> list[_Task]:
    """Charts but for those of a library, which render nothing of their own."""
    files: dict[Path, tuple[int, Source, tuple[PlainDocument, ...]]] = {
        real_path(source.file): (number, source, held.documents)
        for number, (source, held) in enumerate(zip(walked.sources, read, strict=True))
        if source.file.name == CHART_NAME
    }
    tasks = []
    for folder, shown in walked.charts.items():
        number, source, documents = files.get(folder / CHART_NAME, (None, None, ()))
        if any(d.data.get("type") == "library" for d in documents):
            continue
        name = f"{shown}/{CHART_NAME}" if source is None else source.shown
        tasks.append(_Task(FileKind.HELM_CHART, folder, name, number, render_chart))
    return tasks


def _without_objects(held: ReadFile) -> ReadFile:
    problems = tuple(p for p in held.problems if p.code != "no-object")
    # What is found in rendered objects has no line of this file.
    suppressions = tuple(replace(s, problem=s.problem or _ELSEWHERE) for s in held.suppressions)
    return replace(held, objects=(), problems=problems, suppressions=suppressions)


_ELSEWHERE = "a kustomization makes the objects of this file: write it at the top of that"


def _with_children(found: list[Kustomization]) -> list[Kustomization]:
    """Each with the remote parts of what it builds on, as deep as that was read."""
    by_folder = {k.folder: k for k in found}

    def remote(start: Kustomization) -> tuple[str, ...]:
        names: dict[str, None] = {}
        seen: set[Path] = set()
        waiting = [start]
        while waiting:
            current = waiting.pop()
            if current.folder not in seen:
                seen.add(current.folder)
                names.update(dict.fromkeys(current.remote))
                waiting += [by_folder[c] for c in current.children if c in by_folder]
        return tuple(names)

    return [replace(k, remote=remote(k)) for k in found]


def _rendered(tasks: list[_Task], remote: dict[Path, tuple[str, ...]]) -> list[ReadFile]:
    """The results of *tasks*, several of which run at a time."""

    def work(task: _Task) -> ReadFile:
        missing = remote.get(task.folder) if task.kind is FileKind.KUSTOMIZATION else None
        if missing:
            message = f"{missing[0]} is remote, and golive downloads nothing"
            hint = "check what `kubectl kustomize` prints for it"
            return _problem(task, "renderer-failed", message, hint)
        made = task.render(task.folder)
        if made.code:
            return _problem(task, made.code, made.message, made.hint)
        return _parsed(task, made.text)

    if not tasks:
        return []
    with ThreadPoolExecutor(min(len(tasks), os.cpu_count() or 1)) as pool:
        return list(pool.map(work, tasks))


def _problem(task: _Task, code: str, message: str, hint: str = "") -> ReadFile:
    return ReadFile(
        problems=(SourceProblem(Location(task.shown, 1), task.kind, code, message, hint),)
    )


def _parsed(task: _Task, text: str) -> ReadFile:
    """Objects of rendered *text*; its lines mean nothing to the reader."""
    try:
        found = read_documents(as_text(text, LIMITS), Reading(task.shown, generated=True), LIMITS)
    except Stop as stop:
        return _problem(task, "not-yaml", f"the rendered text: {stop.message}")
    problems = tuple(
        replace(
            p,
            location=Location(task.shown, 1),
            kind=task.kind,
            message=f"in line {p.location.line} of the rendered text: {p.message}",
        )
        for p in found.problems
    )
    return ReadFile(problems=problems, objects=tuple(found.objects))
