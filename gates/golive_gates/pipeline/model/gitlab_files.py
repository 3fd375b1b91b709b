"""A GitLab pipeline with the files that it includes, as one table of named entries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, TypeGuard

from golive.sources.tree import FileKind, PlainDocument
from golive.sources.yaml_nodes import REFERENCE
from golive_gates.pipeline.model.github import text
from golive_gates.pipeline.model.records import Missing, Place, Unfollowed
from golive_gates.pipeline.model.texts import documents_of
from golive_gates.pipeline.parts import Repository

MOST_FILES = 100
MOST_LEVELS = 10
"""Files, templates and references that may lead to each other in a row (GitLab: 10 or so)."""
MOST_LINES = 2_000
MOST_REFERENCES = 20_000
"""References that are followed: a few that name each other stand for any number."""
Layer = tuple[Mapping[str, Any], Place]
Found = tuple[Any, Place]


@dataclass(slots=True)
class Configuration:
    """One pipeline. ``entries``: by name what each file says, later ones before earlier ones."""

    root: PlainDocument
    entries: dict[str, list[Found]] = field(default_factory=dict)
    unfollowed: list[Unfollowed] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    known: dict[str, list[Layer]] = field(default_factory=dict)
    left: int = MOST_REFERENCES

    def top(self, name: str) -> Found | None:
        """What the last file says of *name*."""
        said = self.entries.get(name)
        return said[-1] if said else None

    def layers(self, name: str, trail: tuple[str, ...] = ()) -> list[Layer]:
        """What makes up job *name*: templates that it extends first, itself last."""
        if name in self.known:
            return self.known[name]
        own = [(data, place) for data, place in self.entries.get(name, []) if _is_mapping(data)]
        extends = next((d["extends"] for d, _ in reversed(own) if "extends" in d), None)
        found: list[Layer] = []
        parents = extends if isinstance(extends, list | tuple) else [extends]
        for parent in (text(p) for p in parents[:MOST_LEVELS]):
            if parent and parent not in self.entries:
                self._miss(own[-1][1].below("extends"), "no-template", parent)
            elif parent and parent not in trail and len(trail) < MOST_LEVELS:
                found += self.layers(parent, (*trail, name))
        self.known[name] = [*found[-MOST_FILES:], *own]
        return self.known[name]

    def _miss(self, place: Place, code: str, what: str) -> None:
        missing = Missing(place, code, what)
        if missing not in self.missing:
            self.missing.append(missing)

    def texts(self, value: object, place: Place, level: int = 0) -> Iterator[tuple[str, Place]]:
        """The texts that *value* is: one, a list, lists within, what ``!reference`` names."""
        if isinstance(value, str):
            yield value, place
        elif is_reference(value):
            found = self.referred(value, place) if level < MOST_LEVELS else None
            if found is not None:
                yield from self.texts(*found, level + 1)
        elif isinstance(value, list | tuple) and level < MOST_LEVELS:
            for index, item in enumerate(value[:MOST_LINES]):
                yield from self.texts(item, place.below(index), level + 1)

    def plain(self, value: object, place: Place, level: int = 0) -> list[Found]:
        """The items of a list of mappings, references resolved."""
        if is_reference(value):
            found = self.referred(value, place) if level < MOST_LEVELS else None
            return [] if found is None else self.plain(*found, level + 1)
        if isinstance(value, list | tuple) and level < MOST_LEVELS:
            items = [self.plain(v, place.below(i), level + 1) for i, v in enumerate(value)]
            return [found for some in items for found in some][:MOST_LINES]
        return [(value, place)]

    def referred(self, value: Sequence[Any], place: Place) -> Found | None:
        """What a reference names."""
        self.left -= 1
        if self.left < 0:
            return None
        names = [text(part) for part in value[1:]]
        for layer in reversed(self.entries.get(names[0], []) if names else []):
            here: Any = layer[0]
            for name in names[1:]:
                here = here.get(name) if isinstance(here, Mapping) else None
            if here is not None:
                return here, layer[1].below(*names[1:])
        if names and len(names) > 1:
            for data, at in reversed(self.layers(names[0])):
                if names[1] in data and len(names) == 2:
                    return data[names[1]], at.below(names[1])
        self._miss(place, "no-reference", " ".join(names))
        return None


def _is_mapping(value: object) -> bool:
    return isinstance(value, Mapping)


def is_reference(value: object) -> TypeGuard[Sequence[Any]]:
    """Whether *value* is a ``!reference`` (see :class:`golive.sources.yaml_scalars.Dialect`)."""
    return isinstance(value, list | tuple) and len(value) > 1 and value[0] == REFERENCE


def configuration(root: PlainDocument, repository: Repository) -> Configuration:
    """The pipeline whose file is *root*."""
    found = Configuration(root)
    _take(found, root, repository, 0)
    return found


def _take(
    found: Configuration, document: PlainDocument, repository: Repository, level: int
) -> None:
    found.files.append(document.path)
    place = Place(document)
    include = document.data.get("include")
    listed = list(include) if isinstance(include, list | tuple) else [include]
    for index, item in enumerate(listed if include is not None else ()):
        at = place.below("include", index) if listed is not include else place.below("include")
        _include(found, item, at, repository, level)
    for name, value in document.data.items():
        if name != "include":
            found.entries.setdefault(name, []).append((value, place.below(name)))


def _include(
    found: Configuration, item: object, place: Place, repository: Repository, level: int
) -> None:
    local = text(item) or (text(item.get("local")) if isinstance(item, Mapping) else "")
    if not local or local.startswith(("http://", "https://")) or "$" in local:
        found.unfollowed.append(Unfollowed(place, _named(item)))
        return
    path = local.lstrip("/")
    paths = [path] if "*" not in path else sorted(_matching(path, repository))
    for one in paths:
        shown = repository.shown(one)
        documents = [d for d in documents_of(repository, one, FileKind.GITLAB) if not _head(d)]
        if shown in found.files:
            continue
        if documents and level < MOST_LEVELS and len(found.files) < MOST_FILES:
            for document in documents:
                _take(found, document, repository, level + 1)
        elif one in repository.names or repository.cut or documents:
            found.unfollowed.append(Unfollowed(place, one))
        else:
            found.missing.append(Missing(place, "no-include", one))


def _matching(pattern: str, repository: Repository) -> list[str]:
    return [name for name in repository.names if fnmatchcase(name, pattern)]


def _head(document: PlainDocument) -> bool:
    """Whether it is what stands before the ``---`` of a file with inputs."""
    return set(document.data) == {"spec"}


def _named(item: object) -> str:
    if not isinstance(item, Mapping):
        return text(item)
    said = ("project", "file", "remote", "template", "component", "artifact", "local")
    parts = (f"{n}: {text(item[n]) or '...'}" for n in said if item.get(n) is not None)
    return ", ".join(parts)
