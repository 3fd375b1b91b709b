"""Probes: who needs them, where they ask, and liveness apart from readiness."""

from __future__ import annotations

import pytest

from tests.gates.manifests.snippets import judged
from tests.gates.saying import codes, places

DEPLOYMENT = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: web:1
          ports: [{name: http, containerPort: 8000}]
"""
SERVICE = """
apiVersion: v1
kind: Service
metadata: {name: front}
spec:
  selector: {app: web}
  ports: [{port: 80, targetPort: http}]
"""
READY = "          readinessProbe: {httpGet: {path: /readyz, port: http}}\n"
ALIVE = "          livenessProbe: {httpGet: {path: /healthz, port: http}}\n"
PROXY = "        - {name: proxy, image: 'proxy:1', ports: [{name: metrics, containerPort: 9000}]}\n"
CONTAINER = "spec.template.spec.containers[0]"


def test_a_container_behind_a_service_needs_readiness_and_should_have_liveness() -> None:
    assert judged("probes", DEPLOYMENT + READY + ALIVE, SERVICE).status == "pass"
    ready = judged("probes", DEPLOYMENT + READY, SERVICE)
    assert (ready.status, codes(ready)) == ("warn", ["no-liveness"])
    none = judged("probes", DEPLOYMENT, SERVICE)
    assert (none.status, codes(none)) == ("fail", ["no-readiness", "no-liveness"])
    assert places(none)[0] == f"{CONTAINER}.readinessProbe"
    assert none.findings[0].reason.params == {"service": "front"}


def test_the_container_that_declares_the_port_is_meant() -> None:
    text = DEPLOYMENT + READY + ALIVE + PROXY
    assert judged("probes", text, SERVICE).status == "pass"
    result = judged("probes", text, SERVICE.replace("targetPort: http", "targetPort: metrics"))
    assert {f.container for f in result.findings} == {"proxy"}


def test_one_probe_is_enough_where_no_container_declares_the_port() -> None:
    service = SERVICE.replace("targetPort: http", "targetPort: 1234")
    assert judged("probes", DEPLOYMENT + READY + ALIVE + PROXY, service).status == "pass"
    assert codes(judged("probes", DEPLOYMENT + PROXY, service)) == ["no-readiness", "no-liveness"]


def test_two_services_on_one_container_are_one_finding() -> None:
    other = SERVICE.replace("name: front", "name: other")
    assert len(codes(judged("probes", DEPLOYMENT + ALIVE, SERVICE, other))) == 1


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("selector: {app: web}", "selector: {app: other}"),
        ("selector: {app: web}", "clusterIP: None"),
        ("selector: {app: web}", "publishNotReadyAddresses: true\n  selector: {app: web}"),
    ],
)
def test_no_readiness_is_asked_where_nothing_waits_for_it(old: str, new: str) -> None:
    result = judged("probes", DEPLOYMENT, SERVICE.replace(old, new))
    assert result.status == "not-applicable"


def test_jobs_are_exempt_and_sidecars_are_not() -> None:
    job = DEPLOYMENT.replace("apps/v1", "batch/v1").replace("Deployment", "Job")
    assert judged("probes", job, SERVICE).status == "not-applicable"
    sidecar = """
      initContainers:
        - name: proxy
          image: proxy:1
          restartPolicy: Always
          ports: [{name: tls, containerPort: 8443}]
    """
    service = SERVICE.replace("targetPort: http", "targetPort: tls")
    result = judged("probes", DEPLOYMENT + READY + ALIVE + sidecar.rstrip() + "\n", service)
    assert [f.container for f in result.findings] == ["proxy", "proxy"]


@pytest.mark.parametrize(
    ("probe", "code"),
    [
        ("{}", "asks-nothing"),
        ("{periodSeconds: 5}", "asks-nothing"),
        ("{exec: {command: [x]}, tcpSocket: {port: 1}}", "asks-twice"),
    ],
)
def test_a_probe_asks_one_thing(probe: str, code: str) -> None:
    text = f"{DEPLOYMENT}          startupProbe: {probe}\n"
    # Of kinds with a schema that is the schema's to say.
    assert (judged("probes", text).status, judged("schema", text).status) == ("pass", "fail")
    rollout = text.replace("apps/v1", "argoproj.io/v1alpha1").replace("Deployment", "Rollout")
    result = judged("probes", rollout)
    assert (codes(result), places(result)) == ([code], [f"{CONTAINER}.startupProbe"])


def test_an_init_container_has_no_probe() -> None:
    init = "      initContainers: [{name: i, image: 'web:1', livenessProbe: {grpc: {port: 1}}}]\n"
    assert codes(judged("probes", DEPLOYMENT + init)) == ["not-staying"]


@pytest.mark.parametrize(
    ("probe", "expected"),
    [
        ("livenessProbe: {httpGet: {port: http}}", []),
        ("livenessProbe: {httpGet: {port: 8000}}", []),
        ("livenessProbe: {httpGet: {port: htpp}}", ["no-such-port"]),
        ("readinessProbe: {tcpSocket: {port: metrics}}", ["no-such-port"]),
        ("readinessProbe: {tcpSocket: {port: 9000}}", []),
        ("startupProbe: {grpc: {port: 8001}}", ["undeclared"]),
        ("startupProbe: {httpGet: {port: 0}}", ["out-of-range"]),
        ("startupProbe: {httpGet: {port: 65536}}", ["out-of-range"]),
        ("startupProbe: {httpGet: {port: '8000'}}", ["quoted-number"]),
        ("livenessProbe: {httpGet: {port: 1, host: other}}", []),
        ("livenessProbe: {exec: {command: [x]}}", []),
        ("lifecycle: {preStop: {httpGet: {port: drain}}}", ["no-such-port"]),
    ],
)
def test_where_probes_and_hooks_ask(probe: str, expected: list[str]) -> None:
    text = f"{DEPLOYMENT}          {probe}\n{PROXY}"
    assert codes(judged("probe-ports", text)) == expected


def test_a_number_may_be_asked_where_no_port_is_declared() -> None:
    text = DEPLOYMENT.replace("          ports: [{name: http, containerPort: 8000}]\n", "")
    assert judged("probe-ports", f"{text}          livenessProbe: {{tcpSocket: {{port: 1}}}}\n"
                  ).status == "pass"  # fmt: skip


def test_an_undeclared_number_only_warns() -> None:
    text = f"{DEPLOYMENT}          livenessProbe: {{httpGet: {{port: 8001}}}}\n"
    result = judged("probe-ports", text)
    assert (result.status, places(result)) == (
        "warn",
        [f"{CONTAINER}.livenessProbe.httpGet.port"],
    )


@pytest.mark.parametrize(
    ("liveness", "expected"),
    [
        ("{httpGet: {path: /readyz, port: http}}", ["as-readiness"]),
        ("{httpGet: {path: /readyz, port: 8000, scheme: HTTP}}", ["as-readiness"]),
        ("{httpGet: {path: /readyz, port: http}, failureThreshold: 2}", ["as-readiness"]),
        ("{httpGet: {path: /readyz, port: http}, failureThreshold: 6}", ["asks-readiness"]),
        ("{httpGet: {path: /api/ready, port: http}}", ["asks-readiness"]),
        ("{httpGet: {path: /health/readiness, port: http}}", ["asks-readiness"]),
        ("{httpGet: {path: /already, port: http}}", []),
        ("{httpGet: {path: /healthz, port: http}}", []),
        ("{httpGet: {path: /readyz, port: 9000}}", ["asks-readiness"]),
        ("{exec: {command: [alive]}}", []),
    ],
)
def test_liveness_is_not_readiness(liveness: str, expected: list[str]) -> None:
    text = f"{DEPLOYMENT}{READY}          livenessProbe: {liveness}\n"
    assert codes(judged("probe-liveness", text)) == expected


def test_the_same_endpoint_with_more_patience_is_accepted() -> None:
    probe = "{httpGet: {path: /health, port: http}, failureThreshold: 2}"
    patient = probe.replace("2", "5")
    lines = f"          readinessProbe: {probe}\n          livenessProbe: {patient}\n"
    assert judged("probe-liveness", DEPLOYMENT + lines).status == "pass"
    same = lines.replace("5", "2")
    result = judged("probe-liveness", DEPLOYMENT + same)
    assert (result.status, codes(result)) == ("fail", ["as-readiness"])


def test_a_connection_alone_is_no_dependency() -> None:
    lines = "".join(
        f"          {kind}: {{tcpSocket: {{port: http}}}}\n"
        for kind in ("readinessProbe", "livenessProbe")
    )
    assert judged("probe-liveness", DEPLOYMENT + lines).status == "pass"


@pytest.mark.parametrize("check", ["probes", "probe-ports", "probe-liveness", "probe-timings"])
def test_no_probe_and_unread_files_are_no_pass(check: str) -> None:
    text = DEPLOYMENT + READY + ALIVE
    assert judged(check, text, SERVICE).status == "pass"
    assert judged(check, text, SERVICE, problems=1).status == "inconclusive"
    assert judged(check, DEPLOYMENT).status == "not-applicable"
