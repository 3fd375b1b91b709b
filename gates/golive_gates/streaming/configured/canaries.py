"""Canary Ingresses of ingress-nginx, and the main ones that they belong to. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from golive.api import Finding, Reason, Status
from golive.model import Scalar
from golive.sources.kubernetes.graph import Graph
from golive.sources.kubernetes.objects import KeyPath, KubernetesObject, json_path
from golive_gates.streaming.configured.controllers import INGRESSES
from golive_gates.streaming.configured.ingress import Entry, entries, is_canary
from golive_gates.streaming.configured.ingress_nginx import PREFIX

OBEYED = re.compile(r"canary(-.*)?|load-balance|upstream-hash-by.*|affinity.*|session-cookie-.*")
"""Annotations that count on a canary; ingress-nginx takes all others from the main Ingress."""


def canaries(graph: Graph) -> tuple[int, list[Finding]]:
    """How many canary Ingresses there are, and what is wrong with some of them."""
    if not any(is_canary(ingress) for ingress in graph.all(*INGRESSES)):
        return 0, []
    every = list(entries(graph))
    mains: dict[str, list[Entry]] = defaultdict(list)
    for entry in every:
        if not entry.canary:
            mains[entry.host].append(entry)
    found: list[Finding] = []
    looked: dict[int, KubernetesObject] = {}
    for entry in every:
        if not entry.canary:
            continue
        same = mains.get(entry.host, [])
        main = next((m for m in same if m.path == entry.path), None)
        if main is None:
            # The rest of the host may be another release's; a host that is here is whole.
            code, status = ("no-main-path", None) if same else ("no-main", Status.INCONCLUSIVE)
            found.append(_at(entry.ingress, entry.at, code, status, wanted=entry.path))
        elif id(entry.ingress) not in looked:
            found += _lost(entry.ingress, main.ingress)
        looked[id(entry.ingress)] = entry.ingress
    return len(looked), found


def _lost(canary: KubernetesObject, main: KubernetesObject) -> Iterator[Finding]:
    """Annotations of *canary* that are ignored and would have changed something."""
    theirs = main.mapping("metadata", "annotations")
    for key, value in canary.mapping("metadata", "annotations").items():
        if not key.startswith(PREFIX):
            continue
        name = key.removeprefix(PREFIX)
        if OBEYED.fullmatch(name) or theirs.get(key) == value:
            continue
        path: KeyPath = ("metadata", "annotations", key)
        yield _at(canary, path, "ignored", None, name=key, value=str(value), main=str(main.ref))


def _at(
    ingress: KubernetesObject, path: KeyPath, code: str, status: Status | None, **params: Scalar
) -> Finding:
    place = ingress.at(path)
    return Finding(
        str(ingress.ref), Reason(code, params), place, status, ingress.ref, "", json_path(path)
    )
