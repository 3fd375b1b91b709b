"""Timings that cannot work, and those that can."""

from __future__ import annotations

import pytest

from tests.gates.manifests.snippets import judged
from tests.gates.saying import codes, places

DEPLOYMENT = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  # deadline
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: web:1
          ports: [{containerPort: 8000}]
"""
SERVICE = """
apiVersion: v1
kind: Service
metadata: {name: front}
spec: {selector: {app: web}, ports: [{port: 8000}]}
"""
CONTAINER = "spec.template.spec.containers[0]"


def text(**probes: str) -> str:
    lines = (
        f"          {kind}Probe: {{httpGet: {{port: 8000, path: /{kind}}}, {timings}}}\n"
        for kind, timings in probes.items()
    )
    return DEPLOYMENT + "".join(lines)


@pytest.mark.parametrize(
    ("liveness", "readiness", "expected"),
    [
        # The defaults: gives up 0 + 2 x 10 + 1 s after the start.
        ("periodSeconds: 10", "initialDelaySeconds: 20", []),
        ("periodSeconds: 10", "initialDelaySeconds: 21", ["kills-before-ready"]),
        ("initialDelaySeconds: 30", "initialDelaySeconds: 30", []),
        ("periodSeconds: 5", "initialDelaySeconds: 60", ["kills-before-ready"]),
        ("periodSeconds: 2", "initialDelaySeconds: 1", ["little-start"]),
        ("periodSeconds: 2, failureThreshold: 30", "initialDelaySeconds: 1", []),
        ("initialDelaySeconds: 30, failureThreshold: 1", "periodSeconds: 5", ["one-failure"]),
    ],
)
def test_liveness_leaves_the_container_the_time_to_start(
    liveness: str, readiness: str, expected: list[str]
) -> None:
    result = judged("probe-timings", text(liveness=liveness, readiness=readiness))
    assert codes(result) == expected
    assert places(result) == [f"{CONTAINER}.livenessProbe"] * len(expected)


def test_a_startup_probe_holds_liveness_back() -> None:
    probes = text(
        startup="failureThreshold: 30",
        liveness="periodSeconds: 1, failureThreshold: 1",
        readiness="initialDelaySeconds: 60",
    )
    assert judged("probe-timings", probes).status == "pass"


@pytest.mark.parametrize(
    ("readiness", "seconds"),
    [
        ("periodSeconds: 10", 0),
        ("periodSeconds: 5, failureThreshold: 7", 0),
        ("periodSeconds: 12", 0),
        ("periodSeconds: 13", 39),
        ("periodSeconds: 30", 90),
        ("periodSeconds: 60, failureThreshold: 1", 60),
        ("failureThreshold: 4", 40),
        ("periodSeconds: 0, failureThreshold: 0", 0),
    ],
)
def test_readiness_notices_an_outage_before_it_costs_one_percent_of_an_hour(
    readiness: str, seconds: int
) -> None:
    result = judged("probe-timings", text(readiness=readiness), SERVICE)
    assert codes(result) == (["slow-readiness"] if seconds else [])
    assert [f.reason.params["seconds"] for f in result.findings] == ([seconds] if seconds else [])


def test_readiness_behind_no_service_may_take_its_time() -> None:
    assert judged("probe-timings", text(readiness="periodSeconds: 60")).status == "pass"


@pytest.mark.parametrize(
    ("kind", "timings", "expected", "status"),
    [
        ("liveness", "successThreshold: 2", ["success-threshold"], "fail"),
        ("startup", "successThreshold: 3", ["success-threshold"], "fail"),
        ("readiness", "successThreshold: 3", [], "pass"),
        ("liveness", "successThreshold: 1", [], "pass"),
        ("readiness", "periodSeconds: 5, timeoutSeconds: 6", ["timeout-over-period"], "warn"),
        ("readiness", "periodSeconds: 5, timeoutSeconds: 5", [], "pass"),
        ("liveness", "timeoutSeconds: 11", ["timeout-over-period"], "warn"),
        ("startup", "failureThreshold: 60", [], "pass"),
        ("startup", "failureThreshold: 61", ["past-deadline"], "warn"),
        ("startup", "failureThreshold: many, periodSeconds: []", [], "pass"),
    ],
)
def test_a_probe_on_its_own(kind: str, timings: str, expected: list[str], status: str) -> None:
    result = judged("probe-timings", text(**{kind: timings}))
    assert (codes(result), result.status) == (expected, status)


def test_the_roll_out_has_to_wait_for_the_startup_probe() -> None:
    slow = text(startup="failureThreshold: 90")
    assert codes(judged("probe-timings", slow)) == ["past-deadline"]
    raised = slow.replace("# deadline", "progressDeadlineSeconds: 900")
    assert judged("probe-timings", raised).status == "pass"
