"""Each live check over a release in which one thing is wrong: that one reports it, alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from golive.api import Status
from golive_gates.manifests.live.settings import LiveSettings
from golive_gates.manifests.settings import Settings
from tests.gates.manifests import live_world as world
from tests.gates.manifests.api_double import Cluster
from tests.gates.manifests.live_run import every, judged, observed
from tests.gates.saying import codes

Change = Callable[[Cluster], None]
FAIL, WARN, OPEN = Status.FAIL, Status.WARN, Status.INCONCLUSIVE


def ago(**delta: float) -> str:
    return (datetime.now(UTC) - timedelta(**delta)).strftime("%Y-%m-%dT%H:%M:%SZ")


def first(cluster: Cluster, path: str) -> Any:
    return cluster.objects[path][0]


def status(path: str, **values: object) -> Change:
    return lambda cluster: first(cluster, path)["status"].update(values)


def spec(path: str, **values: object) -> Change:
    return lambda cluster: first(cluster, path)["spec"].update(values)


def conditions(path: str, *found: tuple[str, str, str]) -> Change:
    rows = [{"type": t, "status": s, "reason": r, "message": "as it says"} for t, s, r in found]
    return status(path, conditions=rows)


def container(**state: object) -> Change:
    return lambda cluster: first(cluster, world.PODS)["status"]["containerStatuses"][0].update(
        state
    )


def ended(reason: str, when: str, code: int = 1) -> dict[str, Any]:
    return {"terminated": {"reason": reason, "exitCode": code, "finishedAt": when}}


def waiting(reason: str) -> dict[str, Any]:
    return {"waiting": {"reason": reason, "message": "back-off"}}


def warned(*found: Any) -> Change:
    return lambda cluster: cluster.objects[world.EVENTS].extend(found)


def stateful(**values: Any) -> Change:
    item = {
        "metadata": world.named("db"),
        "spec": {"replicas": 2, "selector": {"matchLabels": {"app": "db"}}},
        "status": {
            "observedGeneration": 3, "replicas": 2, "updatedReplicas": 2, "availableReplicas": 2,
            **values,
        },
    }  # fmt: skip
    return lambda cluster: cluster.objects[world.STATEFUL].append(item)


def daemon(**values: Any) -> Change:
    item = {
        "metadata": world.named("agent"),
        "spec": {"selector": {"matchLabels": {"app": "agent"}}},
        "status": {
            "observedGeneration": 3, "desiredNumberScheduled": 3, "currentNumberScheduled": 3,
            "updatedNumberScheduled": 3, "numberAvailable": 3, **values,
        },
    }  # fmt: skip
    return lambda cluster: cluster.objects[world.DAEMONS].append(item)


MORE = {
    world.STATEFUL: "---\napiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: db}\n",
    world.DAEMONS: "---\napiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: agent}\n",
}


def files_of(cluster: Cluster) -> str:
    """The release's files, with what a change added to the cluster."""
    return world.RELEASE + "".join(text for path, text in MORE.items() if cluster.objects[path])


ABLE = ("AbleToScale", "True", "ReadyForNewScale")

WRONG: tuple[tuple[str, str, Status, Change], ...] = (
    ("live-rollout", "stopped", FAIL,
     conditions(world.DEPLOYMENTS, ("Progressing", "False", "ProgressDeadlineExceeded"))),
    ("live-rollout", "replica-failure", FAIL,
     conditions(world.DEPLOYMENTS, ("ReplicaFailure", "True", "FailedCreate"))),
    ("live-rollout", "not-observed", FAIL, status(world.DEPLOYMENTS, observedGeneration=2)),
    ("live-rollout", "not-updated", FAIL, status(world.DEPLOYMENTS, updatedReplicas=3)),
    ("live-rollout", "old-remain", FAIL, status(world.DEPLOYMENTS, replicas=5)),
    ("live-rollout", "unavailable", FAIL, status(world.DEPLOYMENTS, availableReplicas=3)),
    ("live-rollout", "paused", WARN, spec(world.DEPLOYMENTS, paused=True)),
    ("live-rollout", "unavailable", FAIL, stateful(availableReplicas=1)),
    ("live-rollout", "not-updated", FAIL, stateful(updatedReplicas=1)),
    ("live-rollout", "unavailable", FAIL, daemon(numberAvailable=2)),
    ("live-rollout", "no-node", WARN,
     daemon(desiredNumberScheduled=0, currentNumberScheduled=0, updatedNumberScheduled=0)),
    ("live-restarts", "image", FAIL, container(state=waiting("ImagePullBackOff"))),
    ("live-restarts", "image", FAIL, container(state=waiting("ErrImagePull"))),
    ("live-restarts", "config", FAIL, container(state=waiting("CreateContainerConfigError"))),
    ("live-restarts", "crash-loop", FAIL, container(
        state=waiting("CrashLoopBackOff"), restartCount=7,
        lastState=ended("Error", ago(minutes=3)))),
    ("live-restarts", "out-of-memory", FAIL, container(
        restartCount=1, lastState=ended("OOMKilled", ago(hours=2), 137))),
    ("live-restarts", "restarted", FAIL, container(
        restartCount=1, lastState=ended("Error", ago(hours=2)))),
    ("live-hpa", "not-able", FAIL, conditions(world.SCALERS, ("AbleToScale", "False", "Failed"))),
    ("live-hpa", "not-active", FAIL, conditions(
        world.SCALERS, ABLE, ("ScalingActive", "False", "FailedGetPodsMetric"))),
    ("live-hpa", "disabled", WARN, conditions(
        world.SCALERS, ABLE, ("ScalingActive", "False", "ScalingDisabled"))),
    ("live-hpa", "metric-unread", FAIL, status(world.SCALERS, currentMetrics=[{"type": ""}])),
    ("live-hpa", "no-conditions", OPEN, conditions(world.SCALERS)),
    ("live-pdb", "none-allowed", FAIL,
     status(world.BUDGETS, disruptionsAllowed=0, desiredHealthy=4)),
    ("live-pdb", "not-computed", OPEN, status(world.BUDGETS, observedGeneration=2)),
    ("live-pdb", "selects-none", WARN,
     status(world.BUDGETS, disruptionsAllowed=0, expectedPods=0, currentHealthy=0)),
    ("live-endpoints", "none-ready", FAIL,
     lambda c: first(c, world.SLICES)["endpoints"].__setitem__(
         slice(None), [{"conditions": {"ready": False}}])),
    ("live-endpoints", "none-ready", FAIL, lambda c: c.objects[world.SLICES].clear()),
    ("live-events", "repeated", FAIL, warned(world.event("Unhealthy", 40))),
    ("live-events", "repeated", FAIL,
     warned(*(world.event("FailedMount") for _ in range(10)))),
    ("live-events", "warned", WARN, warned(world.event("Unhealthy", 2))),
    ("live-events", "warned", WARN, warned(world.event("BackOff", 2, name="web-77c-gone"))),
)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "code", "expected", "change"),
    WRONG,
    ids=[f"{n}-{c}-{i}" for i, (n, c, _, _) in enumerate(WRONG)],
)
def test_one_wrong_thing_is_one_checks(
    tmp_path: Path, name: str, code: str, expected: Status, change: Change
) -> None:
    cluster = world.healthy()
    change(cluster)
    results = every(observed(cluster, tmp_path, files_of(cluster)))
    result = results.pop(name)
    assert (result.status, codes(result)) == (expected, [code]), result.reason
    assert {n: r.findings for n, r in results.items() if r.status is not Status.PASS} == {}


QUIET: tuple[tuple[str, Change], ...] = (
    ("an old restart", container(restartCount=3, lastState=ended("Error", ago(days=3)))),
    ("an old event", warned(world.event("Unhealthy", 40, ago=7200))),
    ("an event of another release", warned(world.event("Unhealthy", 40, name="other-1"))),
    ("a StatefulSet with a partition",
     lambda c: (stateful(updatedReplicas=1)(c), c.objects[world.STATEFUL][0]["spec"].update(
         updateStrategy={"rollingUpdate": {"partition": 1}}))[0]),
    ("a StatefulSet on delete",
     lambda c: (stateful(updatedReplicas=0)(c), c.objects[world.STATEFUL][0]["spec"].update(
         updateStrategy={"type": "OnDelete"}))[0]),
    ("an ExternalName", lambda c: c.objects[world.SERVICES].append(
        {"metadata": world.named("out"), "spec": {"type": "ExternalName"}})),
    ("an endpoint that does not say", lambda c: first(c, world.SLICES).update(endpoints=[{}])),
    ("another release's Deployment", lambda c: c.objects[world.DEPLOYMENTS].append(
        {"metadata": world.named("other"), "spec": {"replicas": 3}, "status": {}})),
)  # fmt: skip


@pytest.mark.parametrize(("_name", "change"), QUIET, ids=[n for n, _ in QUIET])
def test_what_is_no_trouble(tmp_path: Path, _name: str, change: Change) -> None:
    cluster = world.healthy()
    change(cluster)
    results = every(observed(cluster, tmp_path, files_of(cluster)))
    assert {n: r.findings for n, r in results.items() if r.status is not Status.PASS} == {}


def test_a_metrics_api_that_is_not_installed_is_named(tmp_path: Path) -> None:
    cluster = world.healthy()
    cluster.groups = tuple(g for g in cluster.groups if g != "custom.metrics.k8s.io")
    conditions(world.SCALERS, ABLE, ("ScalingActive", "False", "FailedGetPodsMetric"))(cluster)
    result = judged("live-hpa", observed(cluster, tmp_path))
    assert (result.status, codes(result)) == (FAIL, ["api-missing"])
    assert result.findings[0].reason.params["api"] == "custom.metrics.k8s.io"


def test_settings_move_the_limits(tmp_path: Path) -> None:
    cluster = world.healthy()
    warned(world.event("Unhealthy", 3, ago=7200, name="web-5d4f-b"))(cluster)
    container(restartCount=1, lastState=ended("Error", ago(days=2)))(cluster)
    seen = observed(cluster, tmp_path)
    wide = Settings(live=LiveSettings(
        certificate_left=200 * 86_400.0, events_within=3 * 3600.0, events_at_most=3,
        restarts_within=3 * 86_400.0,
    ))  # fmt: skip
    assert judged("live-events", seen, wide).status is FAIL
    assert judged("live-restarts", seen, wide).status is FAIL
    assert judged("live-certificates", seen, wide).status is FAIL
    assert {r.status for r in every(seen).values()} == {Status.PASS}
