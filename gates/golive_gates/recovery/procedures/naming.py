"""What the commands of a restore document name, and whether the release has it. Pure.

Checked: scripts that an interpreter runs or that are run by their path; modules of ``python -m``;
files and folders that kubectl applies; workloads, CronJobs and claims by name; selectors of pods.
Not checked: programs of the machine, options, what stands in a URL, a placeholder, a variable or an
absolute path.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from golive.sources.kubernetes.graph import Graph
from golive_gates.recovery.procedures.commands import Told
from golive_gates.recovery.procedures.kubectl import Kubectl, kubectl_of

_INTERPRETERS = re.compile(r"(?:python|pypy)[\d.]*|bash|sh|zsh|ksh|node|ruby|perl")
_PYTHON = re.compile(r"(?:python|pypy)[\d.]*")
_OPEN = re.compile(r"[<>{}$*?`]|\.\.\.|…|YYYY|XXX|[가-힣]|^https?:|^-$|^~|^/")
_WITH_VALUE = frozenset({"-W", "-X", "-o", "-O"})


@dataclass(frozen=True, slots=True)
class Missing:
    """Something that a command names and that is not there. ``code``: a finding's."""

    line: int
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Release:
    """What there is. ``names``: paths from the release's folder; ``folder``: the document's.

    ``whole``: no name was left out. ``graph``: of manifests; ``made``: beginnings of names that
    Jobs get as they are created. ``listed``: there are manifests at all.
    """

    names: frozenset[str]
    folders: frozenset[str]
    folder: str
    graph: Graph
    made: tuple[str, ...] = ()

    def has(self, path: str) -> bool:
        """Whether there is a file or folder of that path, from the root or from the document."""
        return any(p in self.names or p in self.folders for p in self._meant(path))

    def _meant(self, path: str) -> Iterator[str]:
        for start in ("", self.folder):
            parts: list[str] = []
            for part in (*start.split("/"), *path.split("/")):
                if part == ".." and parts:
                    parts.pop()
                elif part not in ("", ".", ".."):
                    parts.append(part)
            yield "/".join(parts) or "."


def folders_of(names: Iterable[str]) -> frozenset[str]:
    """Every folder on the way to *names*, the root included."""
    found = {"."}
    for name in names:
        at = name.rpartition("/")[0]
        while at and at not in found:
            found.add(at)
            at = at.rpartition("/")[0]
    return frozenset(found)


def open_ended(word: str) -> bool:
    """Whether *word* leaves to its reader what is meant, or means something outside."""
    return not word or _OPEN.search(word) is not None


def named_files(told: Told) -> tuple[str, ...]:
    """Files of the release that a command runs or applies, as written."""
    return tuple(word for word in _files(told) if not open_ended(word))


def _files(told: Told) -> Iterator[str]:
    command = kubectl_of(told)
    if command is not None:
        yield from command.files
        return
    program, args = told.program, told.words[1:]
    if _INTERPRETERS.fullmatch(program.rpartition("/")[2]):
        script = _script(args)
        if script is not None:
            yield script
    elif "/" in program:
        yield program


def _script(args: tuple[str, ...]) -> str | None:
    """The first word that is no option; ``None`` for code and modules."""
    left = list(args)
    while left:
        word = left.pop(0)
        if word in ("-m", "-c", "-e", "-s", "-"):
            return None
        if word in _WITH_VALUE and left:
            left.pop(0)
        elif not word.startswith("-"):
            return word
    return None


def missing_of(told: Told, release: Release, created: set[str]) -> Iterator[Missing]:
    """What *told* names and the release lacks. *created*: objects that earlier commands made."""
    for file in named_files(told):
        if not release.has(file):
            yield Missing(told.line, "file-missing", file)
    module = _module(told)
    if module is not None and _own(module, release) is False:
        yield Missing(told.line, "module-missing", module)
    command = kubectl_of(told)
    if command is not None:
        yield from _objects(command, told, release, created)


def _module(told: Told) -> str | None:
    args = told.words[1:]
    if not _PYTHON.fullmatch(told.program.rpartition("/")[2]) or "-m" not in args:
        return None
    at = args.index("-m") + 1
    return args[at] if at < len(args) and not open_ended(args[at]) else None


def _own(module: str, release: Release) -> bool | None:
    """Whether the release has *module*; ``None`` where it is somebody else's package."""
    parts = module.split(".")
    path = "/".join(parts)
    if any(release.has(p) for p in (f"{path}.py", f"{path}/__main__.py", f"src/{path}.py")):
        return True
    return False if len(parts) > 1 and parts[0] in release.folders else None


def _objects(
    command: Kubectl, told: Told, release: Release, created: set[str]
) -> Iterator[Missing]:
    if command.creates:
        created.add(command.creates)
    for kind, name in command.objects:
        if open_ended(name) or f"{kind}/{name}" in created:
            continue
        known = release.graph.find(kind, command.namespace, name) is not None
        generated = kind == "Job.batch" and any(name.startswith(m) for m in release.made)
        if not known and not generated:
            yield Missing(told.line, "object-missing", f"{kind.partition('.')[0]}/{name}")
    for selector in command.selectors:
        wanted = dict(pair.split("=", 1) for pair in selector.replace("==", "=").split(","))
        if any(open_ended(text) for pair in wanted.items() for text in pair):
            continue
        graph, space = release.graph, command.namespace
        picked = graph.pods_selected({"matchLabels": wanted}, space)
        if not picked and not any(graph.pods_owned(wanted, space)):
            yield Missing(told.line, "selector-empty", selector)
