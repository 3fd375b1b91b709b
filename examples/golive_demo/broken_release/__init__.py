"""The release's files with one mistake each, by name: ``<check>``, ``<check>-2``, ..."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from golive_demo.broken_release import (
    alerts_delivery,
    alerts_monitors,
    alerts_rules,
    alerts_running,
    graph,
    lifecycle,
    parse,
    pipeline_efficacy,
    pipeline_images,
    pipeline_policy,
    pipeline_programs,
    pipeline_running,
    pipeline_scanners,
    pipeline_supply,
    pipeline_workflows,
    pods,
    proxies,
    recovery,
    schema,
)
from golive_demo.broken_release.mutation import RELEASE, Mutation, StaleMutationError, broken_copy

__all__ = [
    "MUTATIONS",
    "RELEASE",
    "RUNNING",
    "Mutation",
    "StaleMutationError",
    "broken_copy",
    "mutation",
]

RUNNING = {**alerts_running.MUTATIONS, **pipeline_running.MUTATIONS}
"""Mistakes that only show in what runs, by name; `golive lint` reports none of them."""


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
    for topic in (
        *(parse, schema, pods, graph, proxies, lifecycle),
        *(alerts_rules, alerts_delivery, alerts_monitors),
        *(pipeline_workflows, pipeline_efficacy, pipeline_scanners),
        *(pipeline_supply, pipeline_images, pipeline_policy, pipeline_programs),
        recovery,
    )
    for mutation in topic.MUTATIONS
)


def mutation(name: str) -> Mutation:
    """The mistake of that name. Raises KeyError."""
    return RUNNING[name] if name in RUNNING else MUTATIONS[name]
