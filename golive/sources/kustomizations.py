"""Which files belong to which kustomization, and which of those are built on by others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from golive.sources.files import real_path

_LISTS = ("resources", "bases", "components", "crds", "configurations", "patchesStrategicMerge")
_PLUGINS = ("generators", "transformers", "validators")
_WITH_PATH = ("patches", "patchesJson6902", "replacements")
_GENERATORS = ("configMapGenerator", "secretGenerator")
_REMOTE = ("://", "github.com/", "git@", "bitbucket.org/", "gitlab.com/", "?ref=")


@dataclass(frozen=True, slots=True)
class Kustomization:
    """One kustomization. ``shown``: its file as findings print it.

    ``members``: real paths of the files that it names. ``children``: real folders of the
    kustomizations that it builds on. ``remote``: what it wants from the network.
    """

    folder: Path
    shown: str
    members: frozenset[Path]
    children: frozenset[Path]
    remote: tuple[str, ...] = ()


def kustomization_of(file: Path, shown: str, data: Mapping[str, Any]) -> Kustomization:
    """The kustomization that *data* of *file* describes; what is malformed in it is left out."""
    folder = real_path(file).parent
    members: set[Path] = set()
    children: set[Path] = set()
    remote: list[str] = []
    for name in _named(data):
        if "\n" in name:
            continue  # A patch that is written out in place.
        if any(sign in name for sign in _REMOTE):
            remote.append(name)
            continue
        try:
            target = real_path(folder / name)
            (children if target.is_dir() else members).add(target)
        except (OSError, ValueError):  # A name too long, a NUL.
            continue
    return Kustomization(folder, shown, frozenset(members), frozenset(children), tuple(remote))


def _named(data: Mapping[str, Any]) -> Iterator[str]:
    """Every path that a kustomization names."""
    for key in (*_LISTS, *_PLUGINS):
        yield from _texts(data.get(key))
    for key in _WITH_PATH:
        for entry in _mappings(data.get(key)):
            yield from _texts([entry.get("path")])
    for key in _GENERATORS:
        for entry in _mappings(data.get(key)):
            for listed in ("files", "envs"):
                # `name=path` gives the file another name in the ConfigMap.
                yield from (text.partition("=")[2] or text for text in _texts(entry.get(listed)))
            yield from _texts([entry.get("env")])
    for chart in _mappings(data.get("helmCharts")):
        yield from _texts([chart.get("valuesFile")])
    openapi = data.get("openapi")
    if isinstance(openapi, Mapping):
        yield from _texts([openapi.get("path")])


def _texts(value: object) -> Iterator[str]:
    for item in value if isinstance(value, list) else ():
        if isinstance(item, str) and item.strip():
            yield item


def _mappings(value: object) -> Iterator[Mapping[str, Any]]:
    for item in value if isinstance(value, list) else ():
        if isinstance(item, Mapping):
            yield item


def roots(found: list[Kustomization]) -> list[Kustomization]:
    """Those whose results are applied: nobody builds on them. Of a circle, one.

    With what they build on, they are all of *found*: nothing that was read is lost. What makes
    no sense on its own, such as a circle, is for the renderer to say.
    """
    by_folder = {k.folder: k for k in found}
    children = {child for k in found for child in k.children if child != k.folder}
    reached: set[Path] = set()
    chosen: set[Path] = set()
    for kustomization in sorted(found, key=lambda k: k.folder in children):
        if kustomization.folder in reached:
            continue
        chosen.add(kustomization.folder)
        waiting = [kustomization.folder]
        while waiting:
            folder = waiting.pop()
            if folder in by_folder and folder not in reached:
                reached.add(folder)
                waiting += by_folder[folder].children
    return [k for k in found if k.folder in chosen]
