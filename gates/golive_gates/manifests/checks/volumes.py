"""``manifests.volumes``: every volume is there, and data for one writer has one.

What: claims and mounts name volumes that exist; a volume for one node is not shared by several
replicas, by the new and the old pod of a rolling update, or by another workload that may run on
another node; a database in a file lies on a volume that outlives its pod and is not a network
share. Why: two writers corrupt such data, or the second pod never starts. Remedy: one replica
with strategy Recreate, or a database server.
"""

from __future__ import annotations

from collections.abc import Iterator

from golive.api import Check, CheckResult, CheckSpec, EvidenceLevel, Finding, Observation, Status
from golive.sources.kubernetes.graph import Graph
from golive.sources.kubernetes.pods import Pod
from golive_gates.manifests.looking import finding, graph_of, judged
from golive_gates.manifests.parts import Manifests
from golive_gates.manifests.relations.claims import Claim, claims_of, templates
from golive_gates.manifests.relations.databases import Database, databases
from golive_gates.manifests.relations.scaling import REPLICATED, scale_of, surge_of
from golive_gates.manifests.relations.sharing import shared
from golive_gates.manifests.relations.values import absent, entries, mapping, text
from golive_gates.manifests.settings import Settings

SPEC = CheckSpec("manifests.volumes", needs=EvidenceLevel.STATIC)


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Each mount, each claim and each database of every pod."""
    del settings
    graph = graph_of(observation)
    missing = absent(observation)
    found: list[Finding] = []
    looked = 0
    users: list[tuple[Pod, Claim]] = []
    for pod in graph.pods:
        claims = list(claims_of(graph, pod))
        held = list(databases(graph, pod))
        looked += len(claims) + len(held)
        users += [(pod, claim) for claim in claims if claim.one_node and not claim.per_pod]
        found += _unknown(pod)
        found += (
            finding(pod.owner, c.path, "no-claim", status=missing, name=c.name)
            for c in claims
            if c.found is None and not c.per_pod and not _templated(graph, pod, c)
        )
        found += _writers(graph, pod, claims, held)
        found += _databases(graph, pod, claims, held)
    found += shared(users)
    return judged(SPEC, observation, looked, found)


def _unknown(pod: Pod) -> Iterator[Finding]:
    """Mounts of volumes that the pod does not have."""
    names = {text(v.get("name")) for _, v in entries(pod.spec.get("volumes"))}
    names |= {text(mapping(t.get("metadata")).get("name")) for _, t in templates(pod.owner)}
    for container in pod.containers:
        for field in ("volumeMounts", "volumeDevices"):
            for index, mount in entries(container.get(field)):
                name = text(mount.get("name"))
                if name and name not in names:
                    path = (*container.path, field, index, "name")
                    yield finding(pod.owner, path, "no-volume", container=container.name, name=name)


def _templated(graph: Graph, pod: Pod, claim: Claim) -> bool:
    """Whether a StatefulSet makes the claim: ``<template>-<set>-<number>``."""
    stem, _, number = claim.name.rpartition("-")
    if not number.isdecimal():
        return False
    parts = stem.split("-")
    for cut in range(1, len(parts)):
        owner = graph.find("StatefulSet.apps", pod.owner.namespace, "-".join(parts[cut:]))
        wanted = "-".join(parts[:cut])
        if owner is not None and any(
            mapping(t.get("metadata")).get("name") == wanted for _, t in templates(owner)
        ):
            return True
    return False


def _writers(
    graph: Graph, pod: Pod, claims: list[Claim], held: list[Database]
) -> Iterator[Finding]:
    """One volume with several pods of one workload on it, always or during an update."""
    owner = pod.owner
    if owner.type not in REPLICATED:
        return
    scale = scale_of(graph, owner)
    written = {database.volume for database in held}
    for claim in claims:
        single = claim.one_node or (bool(claim.modes) and claim.volume in written)
        if claim.per_pod or not single:
            continue
        if scale.most > 1:
            code = "several-writers" if claim.one_node else "database-shared"
            yield finding(owner, claim.path, code, name=claim.name, replicas=scale.most)
        elif surge_of(owner, 1):
            place = ("spec", "strategy")
            code = "surge" if claim.one_node else "surge-shared"
            yield finding(
                owner, place, code, name=claim.name, key="strategy" in owner.mapping("spec")
            )


def _databases(
    graph: Graph, pod: Pod, claims: list[Claim], held: list[Database]
) -> Iterator[Finding]:
    """Databases in files, on a volume that does not suit them."""
    by_volume = {claim.volume: claim for claim in claims}
    passing = {text(v.get("name")) for _, v in entries(pod.spec.get("volumes")) if "emptyDir" in v}
    most = scale_of(graph, pod.owner).most if pod.owner.type in REPLICATED else 1
    for database in held:
        claim = by_volume.get(database.volume)
        code, status = "", Status.WARN
        if not database.volume:
            code = "database-unmounted"
        elif database.volume in passing:
            code = "database-lost"
        elif claim is not None and claim.per_pod and most > 1:
            code, status = "database-split", Status.FAIL
        elif claim is not None and "ReadWriteMany" in claim.modes and most == 1:
            code = "database-on-share"
        if code:
            yield finding(
                pod.owner,
                (*database.container.path, "volumeMounts"),
                code,
                container=database.container.name,
                status=status,
                path=database.path,
                replicas=most,
            )


CHECK = Check(SPEC, (Manifests,), judge)
