"""The API definitions of Kubernetes, out of the data files of the package kubernetes-validate.

A version's definitions are one JSON file of 1.5 MB. Only its index is read (2 ms); a definition
is decoded when something needs it. The package itself is never imported: that takes 0.1 s.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from json import JSONDecoder
from pathlib import Path
from typing import Any

_FOLDER = re.compile(r"v(1\.\d+)\.\d+-local")
# The file is indented by two: the names of definitions, and nothing else, stand at the second step.
_NAME = re.compile(r'\n    "([^"]+)": ')


class SchemasMissing(LookupError):
    """No definitions are there for a version, or none at all."""


@cache
def shipped_versions() -> tuple[str, ...]:
    """Versions with definitions, as ``1.34``, oldest first; none without the package."""
    return tuple(sorted(_folders(), key=minor))


def minor(version: str) -> int:
    """34 for ``1.34``."""
    return int(version.partition(".")[2])


@cache
def _folders() -> Mapping[str, Path]:
    spec = find_spec("kubernetes_validate")
    places = list(spec.submodule_search_locations or ()) if spec else []
    found = (child for place in places for child in (Path(place) / _DATA).glob("v*-local"))
    matched = ((child, _FOLDER.fullmatch(child.name)) for child in found)
    return {match[1]: child for child, match in matched if match}


_DATA = "kubernetes-json-schema"


class Definitions:
    """The definitions of one version by name, such as ``io.k8s.api.apps.v1.Deployment``.

    Raises ``SchemasMissing`` for a version that is not shipped.
    """

    def __init__(self, version: str) -> None:
        folder = _folders().get(version)
        if folder is None:
            there = ", ".join(shipped_versions()) or "none"
            msg = f"no definitions of Kubernetes {version}; there are: {there}"
            raise SchemasMissing(msg)
        self._text = (folder / "_definitions.json").read_text(encoding="utf-8")
        self._places = {match[1]: match.end() for match in _NAME.finditer(self._text)}

    def __contains__(self, name: str) -> bool:
        return name in self._places

    def names(self) -> tuple[str, ...]:
        """All names."""
        return tuple(self._places)

    def get(self, name: str) -> Mapping[str, Any] | None:
        """The definition called *name*, ``None`` when there is none."""
        place = self._places.get(name)
        if place is None:
            return None
        found: Mapping[str, Any] = _DECODER.raw_decode(self._text, place)[0]
        return found


_DECODER = JSONDecoder()

_PACKAGES = {
    "": "io.k8s.api.core",
    "apiextensions.k8s.io": "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions",
    "apiregistration.k8s.io": "io.k8s.kube-aggregator.pkg.apis.apiregistration",
    "internal.apiserver.k8s.io": "io.k8s.api.apiserverinternal",
}


def definition_name(api_version: str, kind: str) -> str:
    """Name that the definition of a kind would have, if there is one."""
    group, _, version = api_version.rpartition("/")
    package = _PACKAGES.get(group) or f"io.k8s.api.{group.partition('.')[0]}"
    return f"{package}.{version}.{kind}"


def kind_file(version: str, api_version: str, kind: str) -> Path | None:
    """The data file of one kind in *version*, ``None`` when it has no such kind.

    Groups share the first part of their name with strangers' groups: ask for known ones only.
    """
    folder = _folders().get(version)
    if folder is None or not _PLAIN.fullmatch(f"{api_version}{kind}"):
        return None
    group, _, api = api_version.rpartition("/")
    stem = "-".join(part for part in (kind.lower(), _first(group), api) if part)
    file = folder / f"{stem}.json"
    return file if file.is_file() else None


def kind_versions(version: str, group: str, kind: str) -> tuple[str, ...]:
    """API versions of a kind in Kubernetes *version*, as ``v1``, in alphabetic order."""
    folder = _folders().get(version)
    if folder is None or not _PLAIN.fullmatch(f"{group}{kind}"):
        return ()
    stem = "-".join(part for part in (kind.lower(), _first(group)) if part)
    found = (f.stem.removeprefix(f"{stem}-") for f in folder.glob(f"{stem}-v*.json"))
    return tuple(sorted(v for v in found if _VERSION.fullmatch(v)))


def _first(group: str) -> str:
    """What the names of data files have of a group."""
    package = _PACKAGES.get(group, group.partition(".")[0]) if group else ""
    return package.rpartition(".")[2]


# What comes from a manifest becomes a part of a file name.
_PLAIN = re.compile(r"[A-Za-z0-9./-]+")
_VERSION = re.compile(r"v\d+((alpha|beta)\d+)?")
