"""One cause is one failure: what follows from it is undecided, and names the check that has it."""

from __future__ import annotations

from pathlib import Path

from golive.api import Status
from tests.gates.manifests import live_world as world
from tests.gates.manifests.api_double import Cluster
from tests.gates.manifests.live_run import every, observed
from tests.gates.saying import codes

CRASHING = {
    "state": {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 5m0s"}},
    "restartCount": 9,
}


def crashing() -> Cluster:
    cluster = world.healthy()
    objects = cluster.objects
    objects[world.PODS] = [world.pod(f"web-5d4f-{x}", ready=False, **CRASHING) for x in "abcd"]
    objects[world.DEPLOYMENTS][0]["status"].update(availableReplicas=0)
    objects[world.SLICES][0]["endpoints"] = [{"conditions": {"ready": False}}] * 4
    objects[world.BUDGETS][0]["status"].update(disruptionsAllowed=0, currentHealthy=0)
    objects[world.EVENTS].append(world.event("BackOff", 50))
    return cluster


def test_pods_that_crash_are_reported_once(tmp_path: Path) -> None:
    results = every(observed(crashing(), tmp_path))
    assert [n for n, r in results.items() if r.status is Status.FAIL] == ["live-restarts"]
    assert results["live-rollout"].blocked_by == "manifests.live-restarts"
    assert results["live-endpoints"].blocked_by == "manifests.live-restarts"
    assert results["live-pdb"].blocked_by == "manifests.live-rollout"
    blocked = ("live-rollout", "live-endpoints", "live-pdb")
    assert {results[n].status for n in blocked} == {Status.INCONCLUSIVE}
    assert results["live-events"].status is Status.WARN


def test_pods_that_were_never_made_are_the_rollouts(tmp_path: Path) -> None:
    cluster = world.healthy()
    cluster.objects[world.PODS].clear()
    cluster.objects[world.DEPLOYMENTS][0]["status"].update(
        replicas=0, updatedReplicas=0, availableReplicas=0,
        conditions=[{"type": "ReplicaFailure", "status": "True", "message": "exceeded quota"}],
    )  # fmt: skip
    cluster.objects[world.SLICES].clear()
    results = every(observed(cluster, tmp_path))
    assert [n for n, r in results.items() if r.status is Status.FAIL] == [
        "live-rollout",
        "live-endpoints",
    ]
    assert results["live-restarts"].blocked_by == "manifests.live-rollout"


def test_what_is_missing_is_the_comparisons(tmp_path: Path) -> None:
    cluster = world.healthy()
    for path in (world.DEPLOYMENTS, world.PODS, world.SERVICES, world.SCALERS, world.BUDGETS):
        cluster.objects[path].clear()
    results = every(observed(cluster, tmp_path))
    drift = results.pop("live-drift")
    assert (drift.status, codes(drift)) == (Status.FAIL, ["missing"] * 4)
    assert all(f.location is not None and f.location.line for f in drift.findings)
    for name in ("live-rollout", "live-endpoints", "live-hpa", "live-pdb"):
        assert results[name].status is Status.INCONCLUSIVE, name
        assert results[name].blocked_by == "manifests.live-drift"
    assert not [n for n, r in results.items() if r.status is Status.FAIL]


def test_a_namespace_without_the_release_is_the_clusters(tmp_path: Path) -> None:
    for held in ({}, {world.DEPLOYMENTS: [{"metadata": world.named("other"), "spec": {}}]}):
        cluster = Cluster(dict(held))
        cluster.groups += ("monitoring.coreos.com",)
        results = every(observed(cluster, tmp_path))
        mine = results.pop("live-cluster")
        assert (mine.status, mine.reason.code) == (Status.FAIL, "not-there")
        assert {r.status for r in results.values()} == {Status.INCONCLUSIVE}
        assert {r.blocked_by for r in results.values()} == {"manifests.live-cluster"}


def test_a_budget_without_a_selector_is_not_every_releases(tmp_path: Path) -> None:
    cluster = world.healthy()
    other = {"metadata": world.named("other"), "spec": {}, "status": {"disruptionsAllowed": 0}}
    cluster.objects[world.BUDGETS].append(other)
    assert every(observed(cluster, tmp_path))["live-pdb"].status is Status.PASS
    other["spec"] = {"selector": {}}
    assert every(observed(cluster, tmp_path))["live-pdb"].status is not Status.PASS


def test_an_empty_namespace_without_files_is_no_release(tmp_path: Path) -> None:
    results = every(observed(Cluster(), tmp_path, None))
    assert results.pop("live-cluster").status is Status.FAIL
    assert {r.status for r in results.values()} == {Status.INCONCLUSIVE}
