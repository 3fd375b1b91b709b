"""The contract cases of the live checks: the healthy release, and it with one thing wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from golive.api import EvidenceRef, Observation, Reason, Unavailable
from golive_gates.manifests.live import seeing, x509
from golive_gates.manifests.live.parts import Call, Certificate, Live
from golive_gates.manifests.live.resources import ALWAYS, SECRETS
from golive_gates.manifests.live.wanted import resources, wanted
from golive_gates.manifests.settings import Settings
from tests.gates.manifests import live_world as world
from tests.gates.manifests.api_double import Cluster
from tests.gates.manifests.snippets import manifests

Case = tuple[Observation, Settings]
EVIDENCE = EvidenceRef("live-requests.json", "live-requests.json", "0" * 64, 1, "application/json")


@dataclass(frozen=True)
class Cases:
    """Observation and settings by the status that a judge has to give."""

    passing: Case
    failing: Case
    no_evidence: Case


def seen(change: Callable[[Cluster], Any] = lambda _: None, *, refused: str = "") -> Observation:
    """What the observer makes of the healthy release after *change*, without a server."""
    cluster = world.healthy()
    change(cluster)
    files = manifests(world.RELEASE)
    objects = wanted(files.objects, world.NAMESPACE)
    work = resources(ALWAYS, objects, {})
    answers = {
        versioned: None
        if resource.plural == refused
        else cluster.objects.get(resource.path(world.NAMESPACE), [])
        for versioned, (resource, _) in work.items()
    }
    calls = tuple(
        Call(
            resource.verb,
            resource.name,
            checks,
            "forbidden" if resource.plural == refused else "ok",
        )
        for resource, checks in work.values()
    )
    secret_refused = refused == SECRETS.plural
    outcome = "forbidden" if secret_refused else "ok"
    calls += (Call("get", "secrets/web-tls", SECRETS.checks, outcome),)
    valid = x509.leaf(world.certificate(1 if cluster.page == 1 else 90))
    stored = Certificate(
        "secret", "web-tls", "web-tls", valid.not_before, valid.not_after, valid.names
    )
    live = Live(
        namespace=world.NAMESPACE,
        # After the certificate was made, which is valid from the second of its making on.
        at=datetime.now(UTC),
        version="v1.34.0",
        calls=calls,
        tls=tuple(seeing.tls_uses(objects, answers)),
        certificates=() if secret_refused else (stored,),
        evidence=(EVIDENCE,),
    )
    found = seeing.with_objects(live, answers, objects, ())
    return Observation({"Live": found, "Manifests": files})


def _cases(failing: Callable[[Cluster], Any], refused: str) -> Cases:
    usual = Settings()
    return Cases((seen(), usual), (seen(failing), usual), (seen(refused=refused), usual))


def _set(path: str, **values: object) -> Callable[[Cluster], Any]:
    return lambda cluster: cluster.objects[path][0]["status"].update(values)


def _ending(cluster: Cluster) -> None:
    cluster.page = 1  # the sign for `seen` to take a certificate that ends


def _crash(cluster: Cluster) -> None:
    waiting = {"waiting": {"reason": "CrashLoopBackOff"}}
    cluster.objects[world.PODS][0]["status"]["containerStatuses"][0]["state"] = waiting


_UNREACHED = Observation(
    {
        "Live": Unavailable(Reason("live-unreachable", {"host": "h", "detail": "refused"})),
        "Manifests": manifests(world.RELEASE),
    }
)

CASES: dict[str, Cases] = {
    "manifests.live-cluster": replace(
        _cases(lambda c: c.objects.update({path: [] for path in c.objects}), ""),
        no_evidence=(_UNREACHED, Settings()),
    ),
    "manifests.live-drift": _cases(lambda c: c.objects[world.SERVICES].clear(), "deployments"),
    "manifests.live-rollout": _cases(_set(world.DEPLOYMENTS, availableReplicas=1), "deployments"),
    "manifests.live-restarts": _cases(_crash, "pods"),
    "manifests.live-endpoints": _cases(lambda c: c.objects[world.SLICES].clear(), "endpointslices"),
    "manifests.live-hpa": _cases(
        _set(world.SCALERS, currentMetrics=[]), "horizontalpodautoscalers"
    ),
    "manifests.live-pdb": _cases(_set(world.BUDGETS, disruptionsAllowed=0), "poddisruptionbudgets"),
    "manifests.live-events": _cases(
        lambda c: c.objects[world.EVENTS].append(world.event("Unhealthy", 99)), "events"
    ),
    "manifests.live-certificates": _cases(_ending, "secrets"),
}
