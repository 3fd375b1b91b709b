"""One Kubernetes object: its identity, its data, and the line of every value in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from golive.model import Location, ResourceRef
from golive.sources.places import KeyPath, find, node_count

__all__ = ["KeyPath", "KubernetesObject", "dig", "json_path", "line_of", "node_count"]

_MISSING = object()


@dataclass(frozen=True, slots=True)
class KubernetesObject:
    """An object as its file states it; secret values are masked.

    ``lines``: 1-based lines of its nodes in the order of :func:`node_count`: a value, then for a
    mapping each key's line followed by its value's lines, for a list each item's. Empty when
    the object did not come from a file (a live one). ``prefix``: its path in the document, for
    an item of a List. ``generated``: rendered by helm or kustomize, so that ``path`` names the
    chart or kustomization.
    """

    api_version: str
    kind: str
    namespace: str
    name: str
    data: Mapping[str, Any]
    path: str
    document: int = 0
    prefix: KeyPath = ()
    lines: tuple[int, ...] = ()
    generated: bool = False

    @property
    def group(self) -> str:
        """API group; empty for the core group."""
        return self.api_version.rpartition("/")[0]

    @property
    def type(self) -> str:
        """Kind and group as kubectl writes them: ``Deployment.apps``, ``Service``."""
        return _type_of(self.api_version, self.kind)

    @property
    def ref(self) -> ResourceRef:
        """The name that findings carry."""
        return ResourceRef(self.kind, self.namespace, self.name)

    def get(self, *path: str | int, default: Any = None) -> Any:  # noqa: ANN401 - YAML
        """Value at *path*; *default* where any step of it is missing or of the wrong type."""
        return dig(self.data, path, default)

    def mapping(self, *path: str | int) -> Mapping[str, Any]:
        """The mapping at *path*; an empty one where there is none."""
        found = self.get(*path)
        return found if isinstance(found, Mapping) else {}

    def sequence(self, *path: str | int) -> tuple[Any, ...]:
        """The list at *path*; an empty one where there is none."""
        found = self.get(*path)
        return tuple(found) if isinstance(found, list | tuple) else ()

    def at(self, path: KeyPath = (), *, key: bool = False) -> Location:
        """Line of the value at *path* (of its key with ``key``), or of the innermost part there."""
        return Location(self.path, line_of(self.data, self.lines, path, key=key))


@lru_cache(maxsize=1024)
def _type_of(api_version: str, kind: str) -> str:
    """A release has few types, and every check asks each object for its own."""
    group = api_version.rpartition("/")[0]
    return f"{kind}.{group}" if group else kind


def dig(data: Any, path: KeyPath, default: Any = None) -> Any:  # noqa: ANN401 - YAML
    """Value at *path* in nested mappings and lists; *default* where a step is missing."""
    for part in path:
        # YAML makes dicts with keys of text, and a test for one costs a tenth of the others.
        if type(data) is dict:
            data = data.get(part, _MISSING)
            if data is _MISSING:
                return default
        elif isinstance(part, str) and isinstance(data, Mapping) and part in data:
            data = data[part]
        elif isinstance(part, int) and isinstance(data, list | tuple):
            if not -len(data) <= part < len(data):
                return default
            data = data[part]
        else:
            return default
    return data


def json_path(path: KeyPath) -> str:
    """``spec.containers[0].image``; keys that hold dots are quoted in brackets."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        elif "." in part or "/" in part or not part:
            text += f"[{part!r}]"
        else:
            text += f".{part}" if text else part
    return text


def line_of(
    data: object, lines: tuple[int, ...], path: KeyPath, *, key: bool = False
) -> int | None:
    """Line of the value at *path* of *data* by its *lines*; ``None`` without lines."""
    if not lines:
        return None
    number, of_key, _ = find(data, path)
    return lines[of_key if key and of_key is not None else number]
