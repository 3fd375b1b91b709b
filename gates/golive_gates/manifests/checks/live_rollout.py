"""``manifests.live-rollout``: every workload of the release is rolled out.

What: the controller has seen the last change, all replicas are of the new revision and
available, and none is reported to have failed: Deployments, StatefulSets and DaemonSets. Why: a
rollout that stands still serves two versions, or fewer replicas than were sized for the load.
Remedy: kubectl rollout status and kubectl describe tell what it waits for.
"""

from __future__ import annotations

from golive.api import Check, CheckResult, CheckSpec, Finding, Observation, Status
from golive_gates.manifests.live.judging import (
    DRIFT_CHECK,
    RESTARTS_CHECK,
    concluded_live,
    found,
    missing,
    release_of,
)
from golive_gates.manifests.live.parts import Live, Workload
from golive_gates.manifests.live.release import KINDS, Release
from golive_gates.manifests.live.troubles import troubles
from golive_gates.manifests.parts import Manifests
from golive_gates.manifests.settings import Settings

SPEC = CheckSpec("manifests.live-rollout")

_FAILURES = (
    ("ReplicaFailure", "True", "replica-failure"),
    ("Progressing", "False", "stopped"),
)


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """No workload waits for anything."""
    release = release_of(SPEC, observation)
    if isinstance(release, CheckResult):
        return release
    absent = missing(release.live, *KINDS)
    findings = [f for w in release.workloads if (f := _finding(release, w, settings)) is not None]
    held_up = any(f.reason.code == "held-up" for f in findings)
    return concluded_live(
        SPEC,
        release.live,
        len(release.workloads),
        (*findings, *absent),
        blocked_by=RESTARTS_CHECK if held_up else DRIFT_CHECK if absent else "",
    )


def _finding(release: Release, load: Workload, settings: Settings) -> Finding | None:
    live = release.live
    code, message = _state(load)
    if not code:
        return None
    status = Status.WARN if code in ("paused", "no-node") else None
    if status is None and _in_trouble(release, load, settings):
        # Its pods cannot run: `manifests.live-restarts` says why.
        code, status = "held-up", Status.INCONCLUSIVE
    return found(
        live,
        load.kind,
        load.name,
        code,
        status=status,
        wanted=load.wanted,
        updated=load.updated,
        available=load.available,
        present=load.present,
        message=message or "-",
    )


def _state(load: Workload) -> tuple[str, str]:
    """The first thing that is not as it should be, and what the controller says of it."""
    for kind, status, code in _FAILURES:
        said = next((c for c in load.conditions if (c.type, c.status) == (kind, status)), None)
        if said is not None:
            return code, said.message or said.reason
    wanted = max(0, load.wanted - load.partition)
    states = (
        ("not-observed", (load.observed_generation or 0) < (load.generation or 0)),
        ("not-updated", not load.on_delete and load.updated < wanted),
        ("old-remain", load.kind == "Deployment" and load.present > load.updated),
        ("unavailable", load.available < load.wanted),
        ("paused", load.paused),
        ("no-node", load.kind == "DaemonSet" and not load.wanted),
    )
    return next((code for code, holds in states if holds), ""), ""


def _in_trouble(release: Release, load: Workload, settings: Settings) -> bool:
    within = settings.live.restarts_within
    return any(
        any(troubles(p, release.live.at, within)) for p in release.pods_of(load) if not p.ready
    )


CHECK = Check(SPEC, (Live, Manifests), judge)
