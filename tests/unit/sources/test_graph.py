"""Lookup over the objects of a release: by name, label, selector and namespace."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golive.sources.kubernetes.graph import Graph
from golive.sources.kubernetes.label_index import LabelIndex
from golive.sources.kubernetes.objects import KubernetesObject
from golive.sources.kubernetes.selectors import matches, selects


def made(kind: str, name: str, space: str = "a", api: str = "v1", **data: Any) -> KubernetesObject:
    return KubernetesObject(api, kind, space, name, data, "a.yaml")


def deployment(name: str, space: str = "a", **labels: str) -> KubernetesObject:
    template = {"metadata": {"labels": labels or {"app": name}}, "spec": {"containers": []}}
    return made("Deployment", name, space, "apps/v1", spec={"template": template})


def names(found: Any) -> list[str]:
    return [f"{p.owner.namespace}/{p.owner.name}" for p in found]


def test_an_object_is_found_by_type_namespace_and_name() -> None:
    here, there = made("Service", "web"), made("Service", "web", "b")
    graph = Graph([there, here, made("Service", "x"), made("Service", "web", "a", "x.io/v1")])
    assert graph.find("Service", "a", "web") is here
    assert graph.find("Service", "b", "web") is there
    assert graph.find("Service", "c", "web") is None
    assert graph.find("Service.x.io", "a", "web") is not None
    assert graph.within("Service", "b") == (there,)


def test_a_namespace_that_is_left_open_matches_every_other() -> None:
    free = made("Service", "web", "")
    graph = Graph([free, deployment("web"), deployment("api", "b"), deployment("job", "")])
    assert graph.find("Service", "a", "web") is free
    assert graph.find("Service", "", "web") is free
    assert names(graph.pods_in("a")) == ["a/web", "/job"]
    assert len(list(graph.pods_in(""))) == 3
    assert Graph([made("Service", "web", "b")]).find("Service", "", "web") is not None


def test_an_exact_namespace_comes_before_an_open_one() -> None:
    free, exact = made("Service", "web", ""), made("Service", "web", "a")
    assert Graph([free, exact]).find("Service", "a", "web") is exact


def service(wanted: Mapping[str, str], space: str = "a") -> KubernetesObject:
    return made("Service", "web", space, spec={"selector": wanted})


def test_services_and_pods_find_each_other() -> None:
    web, other = service({"app": "web"}), service({"app": "web"}, "b")
    graph = Graph([web, other, deployment("web"), deployment("api")])
    assert names(graph.pods_of_service(web)) == ["a/web"]
    assert names(graph.pods_of_service(other)) == []
    assert graph.services_of(graph.pods[0]) == (web,)
    assert graph.services_of(graph.pods[1]) == ()
    assert graph.pods_of_service(service({})) == ()


def test_labels_that_controllers_add_are_left_out() -> None:
    graph = Graph([deployment("web"), deployment("api")])
    added = {"app": "web", "pod-template-hash": "5f6"}
    assert names(graph.pods_of_service(service(added))) == ["a/web"]


def test_scalers_are_found_by_their_target() -> None:
    target = {"scaleTargetRef": {"kind": "Deployment", "name": "web"}}
    scaler = made("HorizontalPodAutoscaler", "x", "a", "autoscaling/v2", spec=target)
    keda = made("ScaledObject", "y", "a", "keda.sh/v1", spec={"scaleTargetRef": {"name": "web"}})
    web, other = deployment("web"), deployment("web", "b")
    graph = Graph([keda, scaler, web, other])
    assert graph.autoscaler_of(web) is scaler
    assert set(map(id, graph.scalers_of(web))) == {id(scaler), id(keda)}
    assert graph.autoscaler_of(other) is None


@pytest.mark.parametrize(
    ("expression", "holds"),
    [
        ({"key": "app", "operator": "In", "values": ["web", "x"]}, True),
        ({"key": "app", "operator": "NotIn", "values": ["web"]}, False),
        ({"key": "x", "operator": "NotIn", "values": ["web"]}, True),
        ({"key": "app", "operator": "Exists"}, True),
        ({"key": "x", "operator": "DoesNotExist"}, True),
        ({"key": ["app"], "operator": "Exists"}, False),
        ({"key": "app", "operator": "In", "values": 5}, False),
        ({"key": "app", "operator": "Like"}, False),
        ("app", False),
    ],
)
def test_expressions_of_selectors(expression: object, *, holds: bool) -> None:
    selector = {"matchExpressions": [expression]}
    assert selects(selector, {"app": "web"}) is holds
    found = Graph([deployment("web")]).pods_selected(selector, "a")
    assert names(found) == (["a/web"] if holds else [])


def test_an_empty_selector_selects_all_and_none_selects_nothing() -> None:
    graph = Graph([deployment("web"), deployment("api"), deployment("x", "b")])
    assert len(graph.pods_selected({}, "a")) == 2
    assert graph.pods_selected(None, "a") == ()


LABELS = st.dictionaries(st.sampled_from("abc"), st.sampled_from(["1", "2"]), max_size=3)
SPACES = st.sampled_from(["", "x", "y"])


@given(st.lists(st.tuples(SPACES, LABELS), max_size=12), SPACES, LABELS)
def test_the_index_finds_what_a_search_finds(
    held: list[tuple[str, dict[str, str]]], space: str, wanted: dict[str, str]
) -> None:
    index = LabelIndex((i, s, labels) for i, (s, labels) in enumerate(held))
    near = [(i, x) for i, (s, x) in enumerate(held) if s == space or not s or not space]
    assert sorted(index.within(space)) == [i for i, _ in near]
    assert sorted(index.matching(wanted, space)) == [i for i, x in near if matches(wanted, x)]
    selector = {"matchLabels": wanted}
    assert sorted(index.selected(selector, space)) == [i for i, x in near if selects(selector, x)]
