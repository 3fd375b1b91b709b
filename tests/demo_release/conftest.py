"""The release folder, read once, with a loader that forgives nothing."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

import golive_demo

PACKAGES = {
    "promtool": "prometheus",
    "amtool": "prometheus-alertmanager",
    "nginx": "nginx",
}


class StrictLoader(yaml.SafeLoader):
    """PyYAML's loader, which otherwise lets the last of two equal keys win in silence."""


def _mapping(loader: StrictLoader, node: yaml.MappingNode) -> dict[Any, Any]:
    loader.flatten_mapping(node)
    keys = [loader.construct_object(key, deep=True) for key, _ in node.value]
    doubled = {key for key in keys if keys.count(key) > 1}
    if doubled:
        raise yaml.constructor.ConstructorError(None, None, f"doubled: {doubled}", node.start_mark)
    return loader.construct_mapping(node, deep=True)


StrictLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)

Documents = Callable[[str], list[dict[str, Any]]]


@pytest.fixture(scope="session")
def release() -> Path:
    return Path(golive_demo.__file__).parent / "release"


@pytest.fixture(scope="session")
def parse() -> Documents:
    """The documents of a YAML text. Raises yaml.YAMLError, for a doubled key too."""

    def read(text: str) -> list[dict[str, Any]]:
        return list(yaml.load_all(text, StrictLoader))

    return read


@pytest.fixture(scope="session")
def documents(release: Path, parse: Documents) -> Documents:
    """Every document of the files that match a glob below the release folder."""

    def read(pattern: str) -> list[dict[str, Any]]:
        paths = sorted(release.glob(pattern))
        assert paths, f"nothing matches {pattern}"
        return [document for path in paths for document in parse(path.read_text("utf-8"))]

    return read


@pytest.fixture(scope="session")
def manifests(documents: Documents) -> list[dict[str, Any]]:
    """The cluster's objects, restore jobs included."""
    return documents("k8s/*.yaml") + documents("backup/*.yaml")


@pytest.fixture(scope="session")
def of_kind(manifests: list[dict[str, Any]]) -> Callable[..., dict[str, dict[str, Any]]]:
    """Objects of some kinds by name."""

    def select(*kinds: str) -> dict[str, dict[str, Any]]:
        chosen = [m for m in manifests if m["kind"] in kinds]
        assert chosen, f"no {kinds}"
        named = {m["metadata"].get("name") or m["metadata"]["generateName"]: m for m in chosen}
        assert len(named) == len(chosen), f"two {kinds} of one name"
        return named

    return select


def _template(manifest: dict[str, Any]) -> dict[str, Any] | None:
    spec = manifest["spec"]
    if manifest["kind"] == "CronJob":
        spec = spec["jobTemplate"]["spec"]
    found: dict[str, Any] | None = spec.get("template")
    return found


@pytest.fixture(scope="session")
def pods(manifests: list[dict[str, Any]]) -> list[tuple[str, dict[str, Any]]]:
    """(workload name, pod template) of everything that makes pods."""

    def found() -> Iterator[tuple[str, dict[str, Any]]]:
        for manifest in manifests:
            template = _template(manifest) if "spec" in manifest else None
            if template is not None:
                name = manifest["metadata"].get("name") or manifest["metadata"]["generateName"]
                yield f"{manifest['kind']}/{name}", template

    return list(found())


@pytest.fixture(scope="session")
def tool() -> Callable[[str], str]:
    """The path of a real program; a missing one fails the test with its install line."""

    def find(name: str) -> str:
        path = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
        assert path, f"{name} is missing: apt-get install {PACKAGES[name]}"
        return path

    return find
