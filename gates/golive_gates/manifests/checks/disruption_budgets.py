"""``manifests.disruption-budgets``: nodes can be drained, and something goes on serving.

What: each PodDisruptionBudget selects pods, by the labels of the pods, lets at least one go at
the fewest replicas that the workload may have (its autoscaler's minimum included), and is the
only one for them; a serving workload with two replicas or more has one and is spread over nodes.
Why: a budget that lets nothing go blocks every drain and upgrade; none lets a drain take all.
Remedy: ``maxUnavailable: 1``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from posixpath import dirname

from golive.api import Check, CheckResult, CheckSpec, EvidenceLevel, Finding, Observation, Status
from golive.sources.kubernetes.graph import Graph
from golive.sources.kubernetes.objects import KubernetesObject
from golive.sources.kubernetes.pods import Pod
from golive_gates.manifests.looking import finding, graph_of, judged
from golive_gates.manifests.parts import Manifests
from golive_gates.manifests.relations.claims import claims_of
from golive_gates.manifests.relations.databases import databases
from golive_gates.manifests.relations.operators import maker_by_labels
from golive_gates.manifests.relations.owning import mislabelled
from golive_gates.manifests.relations.scaling import REPLICATED, scale_of, serving
from golive_gates.manifests.relations.values import absent, mapping, share
from golive_gates.manifests.settings import Settings

SPEC = CheckSpec("manifests.disruption-budgets", needs=EvidenceLevel.STATIC)
BUDGET = "PodDisruptionBudget.policy"
SELECTOR = ("spec", "selector")


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Each budget, and each serving workload that may have two pods or more."""
    del settings
    graph = graph_of(observation)
    missing = absent(observation)
    found: list[Finding] = []
    looked = 0
    held: dict[int, KubernetesObject] = {}
    empty: set[str] = set()
    for budget in graph.all(BUDGET):
        looked += 1
        pods = graph.pods_selected(budget.get(*SELECTOR), budget.namespace)
        if not pods:
            empty.add(budget.namespace)
            found += _nothing(graph, budget, missing)
        else:
            found += _several(budget, pods, held)
            found += _blocking(graph, budget, pods)
    for pod in graph.pods:
        if serving(graph, pod) and scale_of(graph, pod.owner).least > 1:
            looked += 1
            # A budget that selects nothing may be meant for any.
            guarded = id(pod) in held or not empty.isdisjoint((pod.owner.namespace, ""))
            found += _unguarded(graph, pod, guarded=guarded)
    return judged(SPEC, observation, looked, found)


def _nothing(graph: Graph, budget: KubernetesObject, missing: Status | None) -> Iterator[Finding]:
    wanted = mapping(budget.get(*SELECTOR, "matchLabels"))
    if wanted and mislabelled(graph.pods_owned(wanted, budget.namespace)):
        return
    if maker_by_labels(graph, wanted.values(), budget.namespace) is not None:
        yield finding(budget, SELECTOR, "operator", status=Status.WARN)
    elif wanted and next(graph.pods_owned(wanted, budget.namespace), None) is not None:
        yield finding(budget, SELECTOR, "workload-labels", status=missing)
    elif wanted and next(graph.iter_selected(budget.get(*SELECTOR), ""), None) is not None:
        yield finding(budget, SELECTOR, "other-namespace", status=missing)
    elif next(graph.pods_in(budget.namespace), None) is None:
        yield finding(budget, SELECTOR, "no-pods", status=Status.INCONCLUSIVE)
    else:
        yield finding(budget, SELECTOR, "nothing", status=missing)


def _several(
    budget: KubernetesObject, pods: tuple[Pod, ...], held: dict[int, KubernetesObject]
) -> Iterator[Finding]:
    """A pod with two budgets cannot be evicted at all."""
    others: dict[str, Pod] = {}
    for pod in pods:
        first = held.setdefault(id(pod), budget)
        if first.name != budget.name:
            others.setdefault(first.name, pod)
    for name, pod in others.items():
        owner = f"{pod.owner.kind}/{pod.owner.name}"
        yield finding(budget, SELECTOR, "several", other=name, owner=owner)


def _blocking(graph: Graph, budget: KubernetesObject, pods: tuple[Pod, ...]) -> Iterator[Finding]:
    """A budget that lets nothing go at the fewest pods there may be."""
    owners = list(_once(budget, pods).values())
    if any(owner.type not in REPLICATED for owner in owners):
        return  # Pods that are not counted by replicas.
    scales = [scale_of(graph, owner) for owner in owners]
    total = sum(scale.least for scale in scales)
    if not total:
        return  # Nothing to keep.
    names = ", ".join(f"{o.kind}/{o.name}" for o in owners)
    scaled = any(scale.scaler is not None for scale in scales)
    for field in ("minAvailable", "maxUnavailable"):
        value = budget.get("spec", field)
        kept = share(value, total, up=True)
        if kept is None:
            continue
        lets = total - kept if field == "minAvailable" else kept
        if lets <= 0:
            yield finding(
                budget,
                ("spec", field),
                "blocks-at-minimum" if scaled else "blocks",
                field=field,
                value=str(value),
                replicas=total,
                owner=names,
            )


def _once(
    budget: KubernetesObject, pods: tuple[Pod, ...]
) -> Mapping[tuple[str, str], KubernetesObject]:
    """Workloads of *pods* by kind and name: of one that two folders hold, the budget's own."""
    found: dict[tuple[str, str], KubernetesObject] = {}
    for pod in pods:
        owner = pod.owner
        named = (owner.kind, owner.name)
        if named not in found or dirname(owner.path) == dirname(budget.path):
            found[named] = owner
    return found


def _unguarded(graph: Graph, pod: Pod, *, guarded: bool) -> Iterator[Finding]:
    written = {database.volume for database in databases(graph, pod)}
    if any(claim.single or claim.volume in written for claim in claims_of(graph, pod)):
        return  # `volumes` says what is wrong with more than one of them.
    least = scale_of(graph, pod.owner).least
    if not guarded:
        yield finding(pod.owner, ("spec",), "none", status=Status.WARN, replicas=least, key=True)
    if not _spread(pod):
        yield finding(pod.owner, pod.path, "not-spread", status=Status.WARN, replicas=least)


def _spread(pod: Pod) -> bool:
    """Whether the file says to spread the pods; either way of saying so counts."""
    affinity = mapping(mapping(pod.spec.get("affinity")).get("podAntiAffinity"))
    return any(affinity.values()) or bool(pod.spec.get("topologySpreadConstraints"))


CHECK = Check(SPEC, (Manifests,), judge)
