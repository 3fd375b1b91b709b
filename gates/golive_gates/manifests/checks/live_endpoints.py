"""``manifests.live-endpoints``: every Service with a selector has a ready endpoint.

What: the EndpointSlices of each such Service hold at least one endpoint that is ready. Why: a
Service without one answers every request with a refused connection. Remedy: compare the Service's
selector with the labels of the pods, and see why these are not ready.
"""

from __future__ import annotations

from golive.api import Check, CheckResult, CheckSpec, Finding, Observation, Status
from golive_gates.manifests.live.judging import (
    DRIFT_CHECK,
    RESTARTS_CHECK,
    ROLLOUT_CHECK,
    answered,
    concluded_live,
    found,
    missing,
    release_of,
)
from golive_gates.manifests.live.parts import Live, ServiceSeen
from golive_gates.manifests.live.release import Release
from golive_gates.manifests.live.resources import PODS, SLICES
from golive_gates.manifests.live.troubles import troubles
from golive_gates.manifests.parts import Manifests
from golive_gates.manifests.settings import Settings

SPEC = CheckSpec("manifests.live-endpoints")
CAUSES = {
    "pods-in-trouble": RESTARTS_CHECK,
    "pods-not-ready": ROLLOUT_CHECK,
    "live-not-there": DRIFT_CHECK,
}
"""Which check reports the cause of an undecided finding."""


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """No Service is left without somebody to answer."""
    release = release_of(SPEC, observation)
    if isinstance(release, CheckResult):
        return release
    services = [s for s in release.services if s.selector and s.type != "ExternalName"]
    # Of Services whose endpoints were not read nothing can be said but that.
    looked_at = services if answered(release.live, SLICES) else []
    findings = [f for s in looked_at if (f := _finding(release, s, settings)) is not None]
    findings += missing(release.live, "Service")
    causes = [CAUSES[f.reason.code] for f in findings if f.reason.code in CAUSES]
    return concluded_live(
        SPEC, release.live, len(services), findings, blocked_by=causes[0] if causes else ""
    )


def _finding(release: Release, service: ServiceSeen, settings: Settings) -> Finding | None:
    slices = [e for e in release.live.endpoints if e.service == service.name]
    if any(e.ready for e in slices):
        return None
    code, status = _cause(release, service, settings)
    return found(
        release.live,
        "Service",
        service.name,
        code,
        status=status,
        not_ready=sum(e.not_ready for e in slices),
        selector=", ".join(f"{k}={v}" for k, v in sorted(service.selector.items())),
    )


def _cause(release: Release, service: ServiceSeen, settings: Settings) -> tuple[str, Status | None]:
    pods = release.pods_behind(service)
    within = settings.live.restarts_within
    if any(any(troubles(p, release.live.at, within)) for p in pods if not p.ready):
        return "pods-in-trouble", Status.INCONCLUSIVE
    names = {p.name for p in pods}
    behind = [w for w in release.workloads if names & {p.name for p in release.pods_of(w)}]
    if any(w.available < w.wanted for w in behind):
        return "pods-not-ready", Status.INCONCLUSIVE
    nobody = not pods and answered(release.live, PODS)
    return ("no-pods" if nobody else "none-ready"), None


CHECK = Check(SPEC, (Live, Manifests), judge)
