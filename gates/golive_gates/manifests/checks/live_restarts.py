"""``manifests.live-restarts``: the release's containers run and keep running.

What: no container waits for an image or its configuration, is restarted in a loop, was killed for
memory or ended and was restarted within ``live.restarts_within``. Why: a restart cuts every
stream of the pod, and a pod that restarts under no load will under load. Remedy: read the
container's last log (kubectl logs --previous), then mend image, configuration or memory limit.
"""

from __future__ import annotations

from golive.api import Check, CheckResult, CheckSpec, Fact, Finding, Observation, Reason, Status
from golive_gates.manifests.live.judging import (
    ROLLOUT_CHECK,
    answered,
    concluded_live,
    found,
    release_of,
)
from golive_gates.manifests.live.parts import Live
from golive_gates.manifests.live.resources import PODS
from golive_gates.manifests.live.troubles import Trouble, troubles
from golive_gates.manifests.parts import Manifests
from golive_gates.manifests.settings import Settings

SPEC = CheckSpec("manifests.live-restarts")


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """No container in trouble, now or lately."""
    release = release_of(SPEC, observation)
    if isinstance(release, CheckResult):
        return release
    live = release.live
    if not release.pods and answered(live, PODS) and any(w.wanted for w in release.workloads):
        return SPEC.inconclusive(Reason("no-pods"), blocked_by=ROLLOUT_CHECK)
    within = settings.live.restarts_within
    findings = [_finding(live, t) for p in release.pods for t in troubles(p, live.at, within)]
    waiting = [p for p in release.pods if not p.containers]
    findings += [
        found(live, "Pod", p.name, "not-started", status=Status.INCONCLUSIVE) for p in waiting
    ]
    subjects = sum(len(p.containers) for p in release.pods)
    restarts = sum(c.restarts for p in release.pods for c in p.containers)
    facts = (Fact("restarts", restarts),)
    cause = ROLLOUT_CHECK if waiting else ""
    return concluded_live(SPEC, live, subjects, findings, facts, cause)


def _finding(live: Live, trouble: Trouble) -> Finding:
    state = trouble.container
    return found(
        live,
        "Pod",
        trouble.pod.name,
        trouble.code,
        container=state.name,
        waiting=state.waiting or "-",
        ended=state.ended or "-",
        exit_code="?" if state.exit_code is None else state.exit_code,
        restarts=state.restarts,
        message=state.message or "-",
    )


CHECK = Check(SPEC, (Live, Manifests), judge)
