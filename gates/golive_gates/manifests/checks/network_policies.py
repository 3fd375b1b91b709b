"""``manifests.network-policies``: policies let in and out what the release needs.

What: where policies restrict a pod, some rule admits Prometheus to each port that is scraped,
and the ingress controller or Gateway to each port behind a route; a pod that may reach others by
name may ask DNS. Why: a policy that forgets them cuts off metrics, users or every name. Remedy:
add the rule. Peers that files do not tell apart are taken as admitted. A policy that selects no
pod is questioned.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from golive.api import Check, CheckResult, CheckSpec, EvidenceLevel, Finding, Observation, Status
from golive.sources.kubernetes.graph import Graph
from golive.sources.kubernetes.objects import KubernetesObject
from golive.sources.kubernetes.pods import Pod
from golive_gates.manifests.looking import finding, graph_of, judged
from golive_gates.manifests.parts import Manifests
from golive_gates.manifests.relations.backends import backends
from golive_gates.manifests.relations.monitors import scrapes
from golive_gates.manifests.relations.operators import foreign, maker_by_labels
from golive_gates.manifests.relations.owning import mislabelled
from golive_gates.manifests.relations.policies import (
    POLICY,
    Caller,
    may_be,
    peers,
    policies_by_pod,
    port_admitted,
    restricting,
    rules,
)
from golive_gates.manifests.relations.ports import (
    Port,
    port_in,
    protocol,
    service_port,
    target_of,
)
from golive_gates.manifests.relations.values import absent, mapping, text
from golive_gates.manifests.settings import Settings

SPEC = CheckSpec("manifests.network-policies", needs=EvidenceLevel.STATIC)
DNS = (Port("dns", 53, "UDP"), Port("dns", 53, "TCP"))
EVERYWHERE = ("0.0.0.0/0", "::/0")


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Each pod that policies select."""
    del settings
    graph = graph_of(observation)
    missing = absent(observation)
    held = policies_by_pod(graph)
    found = [
        *_cut(graph, held, _scraped(graph), Caller.PROMETHEUS, missing),
        *_cut(graph, held, _routed(graph), Caller.GATE, missing),
    ]
    found += _astray(graph, missing)
    for pod in graph.pods:
        found += _names(pod, held.get(id(pod), []), missing)
    return judged(SPEC, observation, len(held), found)


def _astray(graph: Graph, missing: Status | None) -> Iterator[Finding]:
    """Policies that select no pod, beside pods that they may be meant for."""
    for policy in graph.all(POLICY):
        place, space = ("spec", "podSelector"), policy.namespace
        if next(graph.iter_selected(policy.get(*place), space), None) is not None:
            continue
        wanted = mapping(policy.get(*place, "matchLabels"))
        if (
            next(graph.pods_in(space), None) is not None
            and not foreign(wanted)
            and maker_by_labels(graph, wanted.values(), space) is None
            and not mislabelled(graph.pods_owned(wanted, space) if wanted else ())
        ):
            yield finding(policy, place, "nothing", status=missing or Status.WARN)


Reached = Iterator[tuple[Pod, Port | None, str]]
"""Pods with the port at which they are reached, and by what."""


def _scraped(graph: Graph) -> Reached:
    return ((scrape.pod, scrape.port, scrape.by) for scrape in scrapes(graph))


def _routed(graph: Graph) -> Reached:
    for backend in backends(graph):
        service = graph.find("Service", backend.namespace, backend.name)
        port = None if service is None else mapping(service_port(service, backend.port))
        if service is None or not port:
            continue
        target, transport = target_of(port), protocol(port)
        for pod in graph.pods_of_service(service):
            found = None if target is None else port_in(pod, target, transport)
            if found is None and isinstance(target, int):
                found = Port("", target, transport)
            yield pod, found, str(backend.owner.ref)


def _cut(
    graph: Graph,
    held: Mapping[int, list[KubernetesObject]],
    reached: Reached,
    caller: Caller,
    missing: Status | None,
) -> Iterator[Finding]:
    """Pods that *caller* has to reach and no rule lets it."""
    seen: set[tuple[int, Port | None]] = set()
    for pod, port, by in reached:
        policies = restricting(held.get(id(pod), []), "Ingress")
        if not policies or (id(pod), port) in seen:
            continue
        seen.add((id(pod), port))
        for rule in rules(policies, "Ingress"):
            callers = peers(rule, "from")
            admitted = not callers or any(may_be(graph, p, caller, pod) for p in callers)
            if admitted and port_admitted(rule, port):
                break
        else:
            policy = _telling(policies, "ingress")
            code = "prometheus-cut" if caller is Caller.PROMETHEUS else "gate-cut"
            yield finding(
                policy,
                ("spec", "ingress") if "ingress" in policy.mapping("spec") else ("spec",),
                code,
                status=missing,
                owner=f"{pod.owner.kind}/{pod.owner.name}",
                port="?" if port is None else str(port.number),
                by=by,
            )


def _telling(policies: list[KubernetesObject], field: str) -> KubernetesObject:
    """The policy to name: the last one that admits anything, else the last."""
    return next((p for p in reversed(policies) if p.sequence("spec", field)), policies[-1])


def _names(pod: Pod, policies: list[KubernetesObject], missing: Status | None) -> Iterator[Finding]:
    """A pod that may reach others, and may not ask for their addresses."""
    leaving = restricting(policies, "Egress")
    allowed = list(rules(leaving, "Egress"))
    if not allowed or any(port_admitted(rule, port) for rule in allowed for port in DNS):
        return
    blocks = [mapping(peer.get("ipBlock")) for rule in allowed for peer in peers(rule, "to")]
    fixed = bool(blocks) and all(text(b.get("cidr")) not in ("", *EVERYWHERE) for b in blocks)
    policy = _telling(leaving, "egress")
    yield finding(
        policy,
        ("spec", "egress"),
        "no-dns",
        # Addresses may be all that the pod needs.
        status=Status.WARN if fixed else missing,
        owner=f"{pod.owner.kind}/{pod.owner.name}",
    )


CHECK = Check(SPEC, (Manifests,), judge)
