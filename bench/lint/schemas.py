"""Kubernetes schemas in the form that kubeconform reads, from those that golive's package has."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

VERSION = "1.34"
DEFINITIONS = "_definitions.json"
_WITH_VERSION = re.compile(r"-v\d+(?:(?:alpha|beta)\d+)?$")


def written(folder: Path) -> str:
    """Write them below *folder*; returns what goes behind ``-schema-location``.

    Its own download needs the internet, and would be measured. As in those that it downloads,
    a file holds all that it refers to.
    """
    spec = find_spec("kubernetes_validate")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("kubernetes-validate is not installed")
    source = Path(spec.origin).parent / "kubernetes-json-schema" / f"v{VERSION}.0-local-strict"
    folder.mkdir(parents=True, exist_ok=True)
    every = json.loads((source / DEFINITIONS).read_text(encoding="utf-8"))["$defs"]
    for file in source.glob("*.json"):
        if file.name != DEFINITIONS and _WITH_VERSION.search(file.stem):
            schema = json.loads(file.read_text(encoding="utf-8"))
            (folder / file.name).write_text(json.dumps(_whole(schema, every)), encoding="utf-8")
    return str(folder / "{{.ResourceKind}}{{.KindSuffix}}.json")


def _whole(schema: Mapping[str, Any], every: Mapping[str, Any]) -> Mapping[str, Any]:
    """*schema* with the definitions that it refers to, near and far."""
    needed: dict[str, Any] = {}
    waiting: list[Any] = [schema]
    while waiting:
        for name in _references(waiting.pop()):
            if name not in needed and name in every:
                needed[name] = every[name]
                waiting.append(every[name])
    text = json.dumps({**schema, "$defs": needed}).replace(f"/api/{DEFINITIONS}#", "#")
    whole: Mapping[str, Any] = json.loads(text)
    return whole


def _references(data: Any) -> Iterator[str]:  # noqa: ANN401 - JSON
    if isinstance(data, dict):
        reference = data.get("$ref")
        if isinstance(reference, str):
            yield reference.rpartition("/")[2]
        for value in data.values():
            yield from _references(value)
    elif isinstance(data, list):
        for value in data:
            yield from _references(value)
