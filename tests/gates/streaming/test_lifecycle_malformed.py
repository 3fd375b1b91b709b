"""No value anywhere in an object makes a judge of a stream's life crash."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from golive.api import Observation
from golive_gates.streaming.configured.parts import Configured
from golive_gates.streaming.settings import Settings
from tests.gates.saying import said
from tests.gates.streaming.releases import configured, front, hpa, service
from tests.gates.streaming.wording import CHECKS

NAMES = (
    "heartbeat-margin",
    "drain-chain",
    "worker-shutdown",
    "keep-alive-order",
    "connection-capacity",
    "autoscaling",
)
TEXT = (
    service(env="[{name: A, value: b}, {name: SSE_PING, valueFrom: {fieldRef: {}}}]")
    + front(replicas="2")
    + hpa("[{type: Pods, pods: {metric: {name: streams}, target: {averageValue: '9'}}}]")
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=6,
)


@pytest.fixture(scope="module")
def part() -> Configured:
    return configured(TEXT)


def _places(data: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    items: Any = ()
    if isinstance(data, dict):
        items = data.items()
    elif isinstance(data, list):
        items = enumerate(data)
    for key, value in items:
        yield (*path, key)
        yield from _places(value, (*path, key))


@given(data=st.data())
@settings(max_examples=150)
def test_any_value_at_any_place(part: Configured, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(part.objects) - 1))
    mutated = copy.deepcopy(dict(part.objects[index].data))
    *way, last = data.draw(st.sampled_from(list(_places(mutated))))
    spot: Any = mutated
    for key in way:
        spot = spot[key]
    spot[last] = data.draw(VALUES)
    objects = list(part.objects)
    objects[index] = replace(objects[index], data=mutated, lines=())
    seen = Observation({"Configured": replace(part, objects=tuple(objects))})
    for name in NAMES:
        said(CHECKS[name].evaluate(seen, Settings()))
