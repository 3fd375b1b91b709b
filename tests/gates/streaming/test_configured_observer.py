"""The observer of proxy settings: what it takes from the files, and which paths stream."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golive.api import (
    GenerateApi,
    Location,
    Observation,
    Reason,
    ServiceEndpoint,
    Status,
    Target,
    Unavailable,
)
from golive.codec import decode, encode
from golive.config.model import CanaryStage, Config, Service
from golive.sources.kubernetes.objects import KubernetesObject
from golive.sources.reading import read_tree
from golive.sources.tree import FileKind, SourceProblem, SourceTree
from golive_gates.streaming import GATE
from golive_gates.streaming.configured.parts import Configured
from golive_gates.streaming.configured.routes import routes_of
from golive_gates.streaming.configured.wanted import Wanted
from golive_gates.streaming.observers.configured import ConfiguredObserver, wanted
from golive_gates.streaming.settings import Settings
from tests.gates.saying import said
from tests.gates.streaming import run as r
from tests.gates.streaming.releases import EVIDENCE

pytestmark = pytest.mark.anyio

RELEASE = Path(__file__).parents[3] / "examples" / "golive_demo" / "release"
STAGES = (CanaryStage("5 %", 0.05, "30m", 20), CanaryStage("all", 1.0, "1d", 400))


def release() -> SourceTree:
    files = [*sorted((RELEASE / "k8s").glob("*.yaml")), RELEASE / "nginx" / "nginx.conf"]
    return read_tree(files, RELEASE)


async def observed(tree: SourceTree, settings: Settings | None = None) -> Configured | Unavailable:
    settled = replace(r.config("http://127.0.0.1:9"), canary=STAGES)
    ctx = replace(r.context(settled), sources=lambda: tree)
    return await ConfiguredObserver().observe(ctx, settings or Settings())


async def test_the_demos_release() -> None:
    part = await observed(release(), Settings(stream_paths=("/api/v1/generate",)))
    assert isinstance(part, Configured)
    assert part.problems == ()
    assert [c.config_map for c in part.nginx] == ["", "front-nginx"]
    assert part.canary_streams == 400
    assert [e.name for e in part.evidence] == ["configured-files.json"]
    streaming = [(x.proxy, x.path, x.location.path) for x in part.routes if x.streaming]
    assert streaming == [
        ("gateway", "/api/v1/generate", "k8s/20-gateway.yaml"),
        ("nginx", "/api/v1/generate", "nginx/nginx.conf"),
        ("nginx", "/api/v1/generate", "k8s/13-front.yaml"),
    ]
    assert len(part.routes) == 9
    assert {f.kind for f in part.files} == {FileKind.KUBERNETES, FileKind.NGINX}


async def test_it_can_be_recorded_and_judged_again() -> None:
    part = await observed(release())
    assert decode(Configured, encode(part)) == part


async def test_files_that_hold_nothing_of_it_leave_nothing_to_see() -> None:
    found = await observed(SourceTree())
    assert isinstance(found, Unavailable)
    assert found.reason.code == "no-configuration"
    assert statuses(found) == {Status.NOT_APPLICABLE}


async def test_a_pattern_that_matches_nothing_is_no_release_without_files() -> None:
    nothing = SourceProblem(Location("k8s/*.yaml"), FileKind.KUBERNETES, "no-match", "no file")
    found = await observed(SourceTree(problems=(nothing,)))
    assert isinstance(found, Configured)
    assert Status.NOT_APPLICABLE not in statuses(found)


def test_without_configured_files_a_release_is_not_undecided() -> None:
    assert statuses(Unavailable(Reason("core.needs-files"), kind="absent")) == {
        Status.NOT_APPLICABLE
    }


def test_files_that_could_not_be_looked_at_leave_it_undecided() -> None:
    crashed = Unavailable(Reason("core.timed-out", {"observer": "x", "seconds": 1.0}))
    assert statuses(crashed) == {Status.INCONCLUSIVE}
    assert statuses(replace(crashed, kind="error")) == {Status.ERROR}


def statuses(part: Configured | Unavailable) -> set[Status]:
    checks = [c for c in GATE.checks if c.reads == (Configured,)]
    assert len(checks) == 18
    seen = Observation({"Configured": part})
    results = [c.evaluate(seen, Settings()) for c in checks]
    for result in results:
        said(result)
    return {result.status for result in results}


def test_what_breaks_streams_and_files_decide_is_required() -> None:
    checks = [c.spec for c in GATE.checks if c.reads == (Configured,)]
    assert {s.name for s in checks if s.required} == {
        *("proxy-config", "proxy-timeouts", "total-timeout", "discarded-values", "canary-ingress"),
        *("heartbeat-margin", "drain-chain", "worker-shutdown", "keep-alive-order"),
    }


def test_which_paths_stream() -> None:
    bare = Config("golive/v1", Service("a", "1"))
    assert wanted(bare, Settings()) == Wanted()
    api = GenerateApi("gen", "/v1/run?stream=1", {})
    target = Target((ServiceEndpoint("gen", "https://a.example/base/"),), generate_api=api)
    settled = replace(bare, target=target)
    assert wanted(settled, Settings()) == Wanted(("/base/v1/run",), "a.example")
    assert wanted(settled, Settings(stream_paths=("/x",))) == Wanted(("/x",), "a.example")
    assert wanted(bare, Settings(stream_paths=("/x",))) == Wanted(("/x",))


WORDS = st.sampled_from(
    [
        *("metadata", "annotations", "spec", "rules", "http", "paths", "path", "backend", "data"),
        *("service", "name", "port", "number", "host", "timeouts", "request", "matches", "value"),
        *("type", "backendRefs", "hostnames", "nginx.conf", "retry", "attempts", "upstreams"),
        *("routes", "action", "pass", "policies", "rateLimit", "targetRefs", "kind", "splits"),
        *("parentRefs", "ingressClassName", "controller", "proxy-read-timeout", "use-gzip"),
        "nginx.ingress.kubernetes.io/proxy-read-timeout",
        "nginx.ingress.kubernetes.io/canary",
        "nginx.org/proxy-buffering",
        "nginx.org/limit-req-rate",
    ]
)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | WORDS
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=5),
    max_leaves=20,
)
KINDS = st.sampled_from(
    [
        ("networking.k8s.io/v1", "Ingress"),
        ("networking.k8s.io/v1", "IngressClass"),
        ("gateway.networking.k8s.io/v1", "HTTPRoute"),
        ("gateway.envoyproxy.io/v1alpha1", "BackendTrafficPolicy"),
        ("k8s.nginx.org/v1", "VirtualServer"),
        ("k8s.nginx.org/v1", "Policy"),
        ("v1", "ConfigMap"),
    ]
)


@st.composite
def objects(draw: st.DrawFn) -> KubernetesObject:
    version, kind = draw(KINDS)
    spec = draw(st.dictionaries(WORDS, ANYTHING, max_size=6))
    notes = draw(st.dictionaries(WORDS, LEAVES, max_size=4))
    data = {"metadata": {"annotations": notes}, "spec": spec, **draw(ANYTHING_MAPPING)}
    return KubernetesObject(version, kind, "", "ingress-nginx-controller", data, "a.yaml")


ANYTHING_MAPPING = st.dictionaries(WORDS, ANYTHING, max_size=4)


@given(st.lists(objects(), max_size=5), st.sampled_from([(), ("/generate",)]))
def test_whatever_stands_there_judges_come_to_a_result(
    found: list[KubernetesObject], paths: tuple[str, ...]
) -> None:
    routes = routes_of(found, (), Wanted(paths))
    part = Configured((), routes, tuple(found), evidence=(EVIDENCE,))
    seen = Observation({"Configured": part})
    for check in (c for c in GATE.checks if c.reads == (Configured,)):
        said(check.evaluate(seen, Settings()))
