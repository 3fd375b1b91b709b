"""Whatever stands in a file, loading gives a configuration or placed problems."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from golive.config.errors import ConfigError
from golive.config.loader import load_config
from golive.config.openslo import read_openslo
from golive.model import Location
from golive.sources.yaml import Document, load, load_documents

FOLDER = Path(__file__).parent
JUNK: list[Any] = [
    *(None, True, 0, -1, 1.5, "", " ", "x", "2s", "99%", ">= 99%", "env:A", "http://a", "slo.x"),
    *(
        [],
        {},
        [[]],
        [None],
        {"x": 1},
        [1, "a"],
        {"kind": "ratio"},
        "2030-01-01",
        "a" * 2000,
        10**30,
    ),
]


def holders(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every container in *value* with each of its keys or indices."""
    if isinstance(value, dict | list):
        for key in list(value) if isinstance(value, dict) else range(len(value)):
            yield value, key
            yield from holders(value[key])


def mutate(value: Any, rng: random.Random) -> Any:
    """*value* with one part of it, anywhere, replaced, removed, renamed or doubled."""
    holder, key = rng.choice(list(holders(value)) or [([0], 0)])
    change = rng.choice(["replace", "replace", "remove", "double"])
    if change == "replace":
        holder[key] = copy.deepcopy(rng.choice(JUNK))
    elif change == "remove":
        del holder[key]
    elif isinstance(holder, list):
        holder.append(copy.deepcopy(holder[key]))
    else:
        holder[f"{key}x"] = holder.pop(key)
    return value


def refused(read: Callable[[], object]) -> list[Location]:
    """Places of the problems that *read* raises; it may raise nothing else."""
    try:
        read()
    except ConfigError as error:
        return [problem.location for problem in error.problems]
    return []


@given(st.randoms(use_true_random=False), st.integers(1, 4))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_mutated_configuration_loads_or_says_why(
    tmp_path: Path, rng: random.Random, count: int
) -> None:
    data: Any = load((FOLDER / "full.yaml").read_bytes(), "full.yaml").data
    for _ in range(count):
        data = mutate(data, rng)
    file = tmp_path / "golive.yaml"
    file.write_text(json.dumps(data), encoding="utf-8")
    found = refused(lambda: load_config(file, known_checks={"slo.readiness"}))
    assert all(place.path == str(file) and place.line for place in found)


@given(st.randoms(use_true_random=False), st.integers(1, 3))
def test_a_mutated_openslo_file_loads_or_says_why(rng: random.Random, count: int) -> None:
    source = (FOLDER / "openslo.yaml").read_bytes()
    documents = [
        mutate(part.data, rng)
        for part in load_documents(source, "slo.yaml")
        if isinstance(part, Document)
        for _ in range(count)
    ]
    stream = "\n---\n".join(json.dumps(document) for document in documents)
    parts = load_documents(stream, "slo.yaml")
    assert all(isinstance(part, Document) for part in parts)
    found = refused(lambda: read_openslo([p for p in parts if isinstance(p, Document)]))
    assert all(place.line for place in found)
