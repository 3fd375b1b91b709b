"""Databases that live in files of a pod and take one writer: SQLite, DuckDB, Chroma."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from golive.sources.kubernetes.graph import Graph
from golive.sources.kubernetes.pods import Container, Pod
from golive_gates.manifests.relations.values import entries, mapping, text

_FILE = re.compile(r"/[\w.\-/]{0,300}\.(?:db3?|sqlite3?|duckdb)\b")
_CHROMA_IMAGE = re.compile(r"(?:^|/)chroma(?:db)?(?:[:@]|$)")
_CHROMA_PATHS = ("PERSIST_DIRECTORY", "CHROMA_PERSIST_DIRECTORY", "CHROMA_PERSIST_PATH")
_CHROMA_DEFAULTS = ("/data", "/chroma/chroma")
_PASSING = ("/tmp/", "/var/tmp/", "/dev/", "/run/", "/proc/", "/etc/", "/usr/")  # noqa: S108
"""Places where nothing that lasts is kept, or where files of the image lie."""


@dataclass(frozen=True, slots=True)
class Database:
    """A database in a file or folder of *container*. ``path``: absolute, as its process sees it.

    ``volume``: the volume that is mounted there; empty for the container's own file system.
    """

    container: Container
    path: str
    volume: str


def databases(graph: Graph, pod: Pod) -> Iterator[Database]:
    """Databases of a lasting pod, by arguments, environment and the ConfigMaps behind it."""
    if not pod.lasting:
        return
    for container in pod.containers:
        if not container.stays:
            continue
        seen: dict[str, None] = {}
        words = list(_words(graph, pod, container))
        for _, word in words:
            if "." in word:
                found = ("/" + m[0].lstrip("/") for m in _FILE.finditer(word))
                seen.update(dict.fromkeys(p for p in found if not p.startswith(_PASSING)))
        chroma = _chroma(container, words)
        if chroma:
            seen[chroma] = None
        for path in seen:
            yield Database(container, path, _volume(container, path))


def _chroma(container: Container, words: list[tuple[str, str]]) -> str:
    if not _CHROMA_IMAGE.search(text(container.get("image"))):
        return ""
    arguments = [word for name, word in words if not name]
    for index, word in enumerate(arguments):
        if word.startswith("--path="):
            return word.removeprefix("--path=")
        if word == "--path" and index + 1 < len(arguments):
            return arguments[index + 1]
    for name, word in words:
        if name in _CHROMA_PATHS and word.startswith("/"):
            return word
    return next((p for p in _CHROMA_DEFAULTS if _volume(container, p)), "")


def _volume(container: Container, path: str) -> str:
    """The volume mounted nearest above *path*."""
    best = name = ""
    for _, mount in entries(container.get("volumeMounts")):
        at = text(mount.get("mountPath")).rstrip("/")
        if at and (path == at or path.startswith(f"{at}/")) and len(at) > len(best):
            best, name = at, text(mount.get("name"))
    return name


def _words(graph: Graph, pod: Pod, container: Container) -> Iterator[tuple[str, str]]:
    """Arguments (with no name) and environment variables that the files tell."""
    for field in ("command", "args"):
        listed = container.get(field)
        for word in listed if isinstance(listed, list | tuple) else ():
            yield "", text(word)
    space = pod.owner.namespace
    for _, source in entries(container.get("envFrom")):
        config = text(mapping(source.get("configMapRef")).get("name"))
        found = graph.find("ConfigMap", space, config) if config else None
        for key, value in found.mapping("data").items() if found else ():
            yield str(key), text(value)
    for _, variable in entries(container.get("env")):
        name = text(variable.get("name"))
        yield name, text(variable.get("value"))
        ref = mapping(mapping(variable.get("valueFrom")).get("configMapKeyRef"))
        config = text(ref.get("name"))
        found = graph.find("ConfigMap", space, config) if config else None
        if found is not None:
            yield name, text(found.mapping("data").get(text(ref.get("key"))))
