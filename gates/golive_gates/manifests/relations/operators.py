"""Custom resources whose operators make pods and Services that no file shows."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from golive.sources.kubernetes.graph import Graph
from golive.sources.kubernetes.label_index import NameIndex
from golive.sources.kubernetes.objects import KubernetesObject
from golive.sources.kubernetes.operators import makes_pods

OWN = ("kubernetes.io", "k8s.io")
"""Prefixes of labels that no operator claims for the pods that it makes."""


@lru_cache(maxsize=2)
def _by_word(graph: Graph) -> NameIndex[KubernetesObject]:
    """Custom resources by their names and their kinds, in lower case."""
    index: NameIndex[KubernetesObject] = NameIndex()
    for found in graph.objects:
        if makes_pods(found):
            for word in {found.name.lower(), found.kind.lower()}:
                index.add(found.namespace, word, found)
    return index


def foreign(keys: Iterable[object]) -> bool:
    """Whether one of the label *keys* is an operator's, for pods that it makes."""
    prefixes = (str(key).rpartition("/")[0] for key in keys)
    return any(p and p not in OWN and not p.endswith(tuple(f".{o}" for o in OWN)) for p in prefixes)


def maker_by_labels(
    graph: Graph, values: Iterable[object], namespace: str
) -> KubernetesObject | None:
    """A custom resource that label *values* name: its operator may label its pods with them."""
    index = _by_word(graph)
    words = (str(value).lower() for value in values)
    return next((f for word in words if (f := index.first(namespace, word)) is not None), None)


def maker_by_name(graph: Graph, name: str, namespace: str) -> KubernetesObject | None:
    """A custom resource whose name or kind begins the *name* of an object that it may make."""
    index = _by_word(graph)
    parts = name.lower().split("-")
    for length in range(len(parts), 0, -1):
        found = index.first(namespace, "-".join(parts[:length]))
        if found is not None:
            return found
    return None
