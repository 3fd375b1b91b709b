from __future__ import annotations

import subprocess
import sys
from textwrap import dedent
from typing import Any

import pytest
import yaml

from golive.sources.kubernetes.objects import json_path
from golive.sources.kubernetes.schema import SchemasMissing, Violation, schemas, shipped_versions

RBAC = "rbac.authorization.k8s.io/v1"
POD = """
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
    - name: web
      image: nginx:1.29
"""


def found(text: str, version: str = "1.34") -> tuple[Violation, ...]:
    data = yaml.safe_load(dedent(text))
    seen = schemas(version).violations(data)
    assert seen is not None
    return seen


def said(text: str, version: str = "1.34") -> list[tuple[str, str]]:
    return [(v.code, json_path(v.path)) for v in found(text, version)]


def pod(**spec: Any) -> list[tuple[str, str]]:
    data = yaml.safe_load(POD)
    data["spec"].update(spec)
    return [(v.code, json_path(v.path)) for v in schemas("1.34").violations(data) or ()]


def container(**fields: Any) -> list[tuple[str, str]]:
    one = {"name": "web", "image": "nginx", **fields}
    return [(c, p.partition("containers[0].")[2]) for c, p in pod(containers=[one])]


def test_null_is_an_absent_field_and_an_empty_item() -> None:
    assert container(ports=None, env=None, resources={"limits": None}) == []
    assert container(args=[None, "a"]) == []
    assert container(resources={"limits": {"cpu": None}}) == []
    assert container(image=None) == [("missing", "image")]
    assert pod(containers=[None]) == [
        ("missing", "spec.containers[0].name"),
        ("missing", "spec.containers[0].image"),
    ]
    assert said("{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: null}") == [
        ("missing", "spec")
    ]


def test_a_misspelt_field_names_the_one_that_was_meant() -> None:
    for wrong, meant in (
        ("readinesProbe", "readinessProbe"),
        ("imagepullpolicy", "imagePullPolicy"),
        ("volumeMount", "volumeMounts"),
        ("liveness-probe", "livenessProbe"),
        ("frobnicate", ""),
    ):
        data = yaml.safe_load(POD)
        data["spec"]["containers"][0][wrong] = None
        (one,) = schemas("1.34").violations(data) or ()
        assert (one.code, one.found, one.suggestion) == ("unknown-field", wrong, meant)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"env": [{"name": "A", "value": 1}]}, ("unquoted", "env[0].value")),
        ({"env": [{"name": "A", "value": True}]}, ("unquoted", "env[0].value")),
        ({"env": {"A": "b"}}, ("wrong-type", "env")),
        ({"ports": [{"containerPort": "80"}]}, ("quoted", "ports[0].containerPort")),
        ({"ports": [{"containerPort": 80.5}]}, ("not-integer", "ports[0].containerPort")),
        ({"ports": [{"containerPort": 0}]}, ("too-small", "ports[0].containerPort")),
        ({"ports": [{"containerPort": 65536}]}, ("too-large", "ports[0].containerPort")),
        ({"ports": [{"containerPort": True}]}, ("wrong-type", "ports[0].containerPort")),
        (
            {"ports": [{"containerPort": 80, "name": "a-much-too-long-name"}]},
            ("bad-port-name", "ports[0].name"),
        ),
        (
            {"ports": [{"containerPort": 80, "protocol": "tcp"}]},
            ("not-allowed", "ports[0].protocol"),
        ),
        ({"tty": "true"}, ("quoted", "tty")),
        ({"tty": "yes please"}, ("wrong-type", "tty")),
        ({"imagePullPolicy": "always"}, ("not-allowed", "imagePullPolicy")),
        ({"image": " nginx"}, ("bad-trimmed", "image")),
        ({"resources": {"limits": {"memory": "1GB"}}}, ("bad-quantity", "resources.limits.memory")),
        ({"resources": {"limits": {"cpu": True}}}, ("wrong-type", "resources.limits.cpu")),
        ({"livenessProbe": {"periodSeconds": 5}}, ("missing-one", "livenessProbe")),
        (
            {"livenessProbe": {"exec": {}, "tcpSocket": {"port": 1}}},
            ("conflict", "livenessProbe.tcpSocket"),
        ),
        (
            {"livenessProbe": {"httpGet": {"port": 80}, "periodSeconds": 2**40}},
            ("too-large", "livenessProbe.periodSeconds"),
        ),
        (
            {"volumeMounts": [{"name": "a", "mountPath": "/a"}, {"name": "b", "mountPath": "/a"}]},
            ("duplicate", "volumeMounts[1].mountPath"),
        ),
        ({"name": "Web_1"}, ("bad-dns-label", "name")),
    ],
)
def test_what_the_server_refuses_in_a_container(
    fields: dict[str, Any], expected: tuple[str, str]
) -> None:
    assert container(**fields) == [expected]


@pytest.mark.parametrize(
    "fields",
    [
        {"ports": [{"containerPort": 80.0}]},
        {"resources": {"limits": {"cpu": 0.5, "memory": "1.5Gi", "nvidia.com/gpu": 1}}},
        {"resources": {"limits": {"cpu": "1e3", "memory": " 64Mi "}}},
        {"env": [{"name": "A", "value": "", "valueFrom": {"fieldRef": {"fieldPath": "a"}}}]},
        {"imagePullPolicy": ""},
        {"livenessProbe": {"httpGet": {"port": "http"}}},
        {"volumeMounts": [{"name": "a", "mountPath": "/a"}, {"name": "a", "mountPath": "/b"}]},
    ],
)
def test_what_the_server_takes_is_not_flagged(fields: dict[str, Any]) -> None:
    assert container(**fields) == []


def test_names_labels_and_annotations() -> None:
    text = """
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: My_App
      namespace: prod.eu
      labels: {"app kubernetes": a, ok: "-no-", n: 1, "": x, "Example.com/a": b}
      annotations: {"example.com/with space": "", Anything.Goes/Here_1: "x y"}
    spec:
      selector: {matchLabels: {app: "a b"}}
      template:
        metadata: {labels: {app: a}}
        spec: {containers: [{name: a, image: b}]}
    """
    assert sorted(said(text)) == sorted(
        [
            ("bad-dns-subdomain", "metadata.name"),
            ("bad-dns-label", "metadata.namespace"),
            ("bad-label-key", "metadata.labels.app kubernetes"),
            ("bad-label-value", "metadata.labels.ok"),
            ("unquoted", "metadata.labels.n"),
            ("bad-label-key", "metadata.labels['']"),
            ("bad-label-key", "metadata.labels['Example.com/a']"),
            ("bad-annotation-key", "metadata.annotations['example.com/with space']"),
            ("bad-label-value", "spec.selector.matchLabels.app"),
        ]
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{apiVersion: v1, kind: Namespace, metadata: {name: a.b}}", "bad-dns-label"),
        ("{apiVersion: v1, kind: ConfigMap, metadata: {name: a.b}}", None),
        ("{apiVersion: v1, kind: ConfigMap, metadata: {generateName: a-}}", None),
        ("{apiVersion: v1, kind: ConfigMap, metadata: {}}", "missing-one"),
        ("{apiVersion: v1, kind: ConfigMap}", "missing"),
        (
            "{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: 'system:a'}}",
            None,
        ),
        ("{apiVersion: v1, kind: Service, metadata: {name: 1a}, spec: {}}", "bad-dns-1035-label"),
        ("{apiVersion: v1, kind: Secret, metadata: {name: a}, data: {k: 'a b'}}", "bad-byte"),
        ("{apiVersion: v1, kind: Secret, metadata: {name: a}, data: {k: '<masked: 9'}}", None),
        (
            "{apiVersion: v1, kind: Secret, metadata: {name: a}, data: {'a b': ''}}",
            "bad-config-key",
        ),
        ("{apiVersion: v1, kind: Secret, metadata: {name: a}, data: {k: 1234}}", "unquoted"),
    ],
)
def test_names_by_kind(text: str, expected: str | None) -> None:
    assert [v.code for v in found(text)] == ([expected] if expected else [])


def test_a_secret_value_is_never_part_of_what_is_said() -> None:
    text = "{apiVersion: v1, kind: Secret, metadata: {name: a}, data: {a: hunter2!, b: 24680}}"
    assert [v.code for v in found(text)] == ["bad-byte", "unquoted"]
    assert "hunter2" not in repr(found(text))
    assert "24680" not in repr(found(text))


def test_lists_whose_names_are_unique_and_restart_policies() -> None:
    two = [{"name": "a", "image": "b"}, {"name": "a", "image": "c"}]
    assert pod(containers=two) == [("duplicate", "spec.containers[1].name")]
    assert pod(initContainers=[{"name": "web", "image": "b"}]) == [
        ("duplicate", "spec.containers[0].name")
    ]
    job = """
    apiVersion: batch/v1
    kind: Job
    metadata: {name: a}
    spec: {template: {spec: {containers: [{name: a, image: b}]}}}
    """
    assert said(job) == [("restart-policy", "spec.template.spec.restartPolicy")]
    assert said(job.replace("{containers", "{restartPolicy: Never, containers")) == []
    ports = "{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {ports: [PORTS]}}"
    assert said(ports.replace("PORTS", "{port: 1}, {port: 2, name: b}")) == [
        ("missing", "spec.ports[0].name")
    ]


def test_what_the_server_fills_in_is_not_required() -> None:
    role = "roleRef: {kind: Role, name: a}"
    for text in (
        f"{{apiVersion: {RBAC}, kind: RoleBinding, metadata: {{name: a}}, {role}}}",
        "{apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: a}}",
        "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: a}, spec: {}}",
    ):
        assert said(text, "1.25") == []


def test_the_status_of_an_exported_object_is_not_looked_at() -> None:
    text = """
    apiVersion: policy/v1
    kind: PodDisruptionBudget
    metadata: {name: a, creationTimestamp: null}
    spec: {minAvailable: 1, selector: {}}
    status: {}
    """
    assert said(text) == []
    assert said(text.replace("status: {}", "status: {anything: [1]}")) == []


def test_a_field_belongs_to_the_version_that_has_it() -> None:
    sleep = POD + "      lifecycle: {preStop: {sleep: {seconds: 5}}}\n"
    assert said(sleep, "1.34") == []
    assert ("unknown-field", "spec.containers[0].lifecycle.preStop.sleep") in said(sleep, "1.25")


def test_kinds_of_strangers_and_misspellings_are_not_served() -> None:
    kinds = schemas("1.34")
    assert kinds.serves("apps/v1", "Deployment")
    for api_version, kind in (
        ("networking.istio.io/v1", "Ingress"),
        ("apps/v1", "deployment"),
        ("apps/v1", "DeploymentSpec"),
        ("apps/v1beta1", "Deployment"),
        ("v1", "Status"),
        ("../../x/v1", "Pod"),
        ("", ""),
    ):
        assert not kinds.serves(api_version, kind), (api_version, kind)
        assert kinds.violations({"apiVersion": api_version, "kind": kind}) is None


def test_a_version_that_is_not_shipped_names_what_is() -> None:
    assert {"1.25", "1.34"} <= set(shipped_versions())
    assert list(shipped_versions()) == sorted(shipped_versions(), key=lambda v: int(v[2:]))
    with pytest.raises(SchemasMissing, match=r"1\.99.*1\.34"):
        schemas("1.99")


def test_the_package_of_the_data_is_never_imported() -> None:
    code = """
    import sys
    from golive.sources.kubernetes.schema import schemas
    assert schemas("1.34").serves("v1", "Pod")
    assert not {"kubernetes_validate", "jsonschema"} & set(sys.modules)
    """
    subprocess.run([sys.executable, "-c", dedent(code)], check=True)
