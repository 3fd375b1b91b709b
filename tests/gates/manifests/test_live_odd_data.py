"""Whatever an API server sends: read without a crash, judged without one, and recordable."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from golive.api import Observation, Status
from golive.codec import decode, encode
from golive_gates.manifests.live import seeing
from golive_gates.manifests.live.parts import Live
from golive_gates.manifests.live.resources import ALWAYS
from golive_gates.manifests.live.wanted import wanted
from tests.gates.manifests import live_world as world
from tests.gates.manifests.cases_live import seen
from tests.gates.manifests.live_run import every, observed
from tests.gates.manifests.snippets import manifests

WORDS = """metadata name labels
    spec status selector matchLabels matchExpressions key operator values
    replicas conditions type reason message generation observedGeneration updateStrategy
    containerStatuses initContainerStatuses state lastState waiting terminated finishedAt
    restartCount exitCode phase ownerReferences endpoints ready metrics currentMetrics
    scaleTargetRef kind maxReplicas disruptionsAllowed involvedObject count series lastTimestamp
    tls hosts secretName dnsNames notAfter notBefore"""
KEYS = st.sampled_from(WORDS.split())
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=6)
    | st.sampled_from(["True", "False", "web", "2026-01-01T00:00:00Z", "In", "Pods", "\ud800"])
)
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=30,
)
OBJECT = st.dictionaries(KEYS, JSON, max_size=6)
FILES = manifests(world.RELEASE)
HEALTHY = seen().require(Live)


def looked(items: list[Any]) -> Live:
    """What is made of *items* as every kind that is listed."""
    answers = {(r.api_version, r.kind): items for r in ALWAYS}
    objects = wanted(FILES.objects, world.NAMESPACE)
    bare = Live(world.NAMESPACE, world.NOW, calls=HEALTHY.calls, evidence=HEALTHY.evidence)
    tls = tuple(seeing.tls_uses(objects, answers))
    return seeing.with_objects(replace(bare, tls=tls), answers, objects, ())


@settings(max_examples=150)
@given(st.lists(OBJECT, max_size=3))
def test_any_answer_is_read_recorded_and_judged(items: list[Any]) -> None:
    named = [{**i, "metadata": {"name": "web"}} for i in items]
    for live in (looked(items), looked(named)):
        assert decode(Live, json.loads(json.dumps(encode(live), allow_nan=False))) == live
        for parts in ({"Live": live, "Manifests": FILES}, {"Live": live}):
            results = every(Observation(parts))
            assert not [n for n, r in results.items() if r.status is Status.PASS and not r.evidence]


@pytest.mark.parametrize(
    "body", ['{"items": [NaN]}', '{"items": Infinity}', "[" * 5000, "\ufeff{}", '"text"', "7"]
)
def test_what_is_no_json_object_is_no_answer(tmp_path: Path, body: str) -> None:
    cluster = replace(world.healthy(), raw={world.PODS: (200, "application/json", body)})
    results = every(observed(cluster, tmp_path))
    assert results["live-restarts"].reason.code == "live-not-json"
    assert results["live-restarts"].status is Status.INCONCLUSIVE


def test_our_credential_that_a_server_sends_back_is_masked(tmp_path: Path) -> None:
    cluster = world.healthy()
    echo = json.dumps({"kind": "Status", "message": f"no such user: Bearer {cluster.token}"})
    cluster.raw = {world.PODS: (403, "application/json", echo)}
    live = observed(cluster, tmp_path).require(Live)
    assert cluster.token not in json.dumps(encode(live))
    assert any("***" in c.detail for c in live.calls)


def test_an_unproven_server_is_a_warning() -> None:
    live = replace(HEALTHY, verified=False, host="https://api.example.com")
    result = every(Observation({"Live": live, "Manifests": FILES}))["live-cluster"]
    assert (result.status, result.reason.code) == (Status.WARN, "unverified")
