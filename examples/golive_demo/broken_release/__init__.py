"""The release's files with one mistake each, by name: ``<check>``, ``<check>-2``, ..."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from golive_demo.broken_release import graph, lifecycle, parse, pods, proxies, schema
from golive_demo.broken_release.mutation import RELEASE, Mutation, StaleMutationError, broken_copy

__all__ = ["MUTATIONS", "RELEASE", "Mutation", "StaleMutationError", "broken_copy"]


def _named(mutations: Iterable[Mutation]) -> dict[str, Mutation]:
    seen: Counter[str] = Counter()
    named = {}
    for mutation in mutations:
        seen[mutation.check] += 1
        number = seen[mutation.check]
        named[mutation.check if number == 1 else f"{mutation.check}-{number}"] = mutation
    return named


MUTATIONS = _named(
    mutation
    for topic in (parse, schema, pods, graph, proxies, lifecycle)
    for mutation in topic.MUTATIONS
)
