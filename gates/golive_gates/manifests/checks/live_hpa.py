"""``manifests.live-hpa``: every HorizontalPodAutoscaler can scale, and reads all its metrics.

What: the conditions AbleToScale and ScalingActive hold, and the autoscaler has a value of each
metric that it is given. Why: an autoscaler without metrics looks configured and never scales.
Remedy: install the metrics API that is named (metrics-server, prometheus-adapter) or mend the
metric's name and selector; kubectl describe hpa shows what the controller says.
"""

from __future__ import annotations

from golive.api import Check, CheckResult, CheckSpec, Finding, Observation, Status
from golive_gates.manifests.live.judging import (
    DRIFT_CHECK,
    concluded_live,
    found,
    missing,
    release_of,
)
from golive_gates.manifests.live.parts import Autoscaler, Condition, Live
from golive_gates.manifests.parts import Manifests
from golive_gates.manifests.settings import Settings

SPEC = CheckSpec("manifests.live-hpa")

APIS = {
    "Resource": "metrics.k8s.io",
    "ContainerResource": "metrics.k8s.io",
    "Pods": "custom.metrics.k8s.io",
    "Object": "custom.metrics.k8s.io",
    "External": "external.metrics.k8s.io",
}
"""The API that serves each type of metric."""


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Able to scale, by metrics that it reads."""
    del settings
    release = release_of(SPEC, observation)
    if isinstance(release, CheckResult):
        return release
    live = release.live
    absent = missing(live, "HorizontalPodAutoscaler")
    findings = [f for a in release.autoscalers if (f := _finding(live, a)) is not None]
    return concluded_live(
        SPEC,
        live,
        len(release.autoscalers),
        (*findings, *absent),
        blocked_by=DRIFT_CHECK if absent else "",
    )


def _finding(live: Live, scaler: Autoscaler) -> Finding | None:
    code, status, condition = _state(live, scaler)
    if not code:
        return None
    return found(
        live,
        "HorizontalPodAutoscaler",
        scaler.name,
        code,
        status=status,
        reason=condition.reason if condition else "-",
        message=(condition.message if condition else "") or "-",
        api=", ".join(_missing(live, scaler)) or "-",
        read=scaler.read,
        metrics=scaler.metrics,
        most=scaler.most if scaler.most is not None else "?",
    )


def _state(live: Live, scaler: Autoscaler) -> tuple[str, Status | None, Condition | None]:
    conditions = {c.type: c for c in scaler.conditions}
    able, active = conditions.get("AbleToScale"), conditions.get("ScalingActive")
    limited = conditions.get("ScalingLimited")
    if able is None and active is None:
        return "no-conditions", Status.INCONCLUSIVE, None
    if able is not None and able.status != "True":
        return "not-able", None, able
    if active is not None and active.status != "True":
        if active.reason == "ScalingDisabled":
            return "disabled", Status.WARN, active
        return ("api-missing" if _missing(live, scaler) else "not-active"), None, active
    if scaler.read < scaler.metrics:
        return ("api-missing" if _missing(live, scaler) else "metric-unread"), None, active
    at_most = scaler.most is not None and scaler.current == scaler.most
    if limited is not None and limited.status == "True" and at_most:
        return "at-limit", Status.WARN, limited
    return "", None, None


def _missing(live: Live, scaler: Autoscaler) -> list[str]:
    """The metrics APIs that it needs and the cluster does not serve; none if that is unknown."""
    if live.apis is None:
        return []
    needed = {APIS[t] for t in scaler.metric_types if t in APIS}
    return sorted(needed - set(live.apis))


CHECK = Check(SPEC, (Live, Manifests), judge)
