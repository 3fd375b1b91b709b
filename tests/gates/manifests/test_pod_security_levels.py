"""Levels as facts, Namespaces that enforce one, every kind that makes pods, and odd data."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golive.sources.kubernetes.objects import KubernetesObject
from golive.sources.kubernetes.pods import POD_PATHS, pod_of
from golive_gates.manifests.pod_security.standards import assess
from golive_gates.manifests.settings import Settings
from tests.gates.manifests.snippets import judged
from tests.gates.saying import codes

SPEC = """
  securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
  containers:
    - name: c
      image: web:1
      securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
"""
POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: NAME, namespace: app}\nspec:" + SPEC
RESTRICTED = POD.replace("NAME", "restricted")
BASELINE = POD.replace("NAME", "baseline").replace("runAsNonRoot: true, ", "")
PRIVILEGED = POD.replace("NAME", "privileged").replace("spec:", "spec:\n  hostPID: true", 1)
NAMESPACE = """
apiVersion: v1
kind: Namespace
metadata:
  name: app
  labels:
    pod-security.kubernetes.io/enforce: LEVEL
"""


def namespace(level: str, version: str = "") -> str:
    label = f"    pod-security.kubernetes.io/enforce-version: {version}\n" if version else ""
    return NAMESPACE.replace("LEVEL", level) + label


def test_the_level_of_each_workload_is_a_fact() -> None:
    result = judged("pod-security-baseline", RESTRICTED, BASELINE, PRIVILEGED)
    assert {f.name: f.value for f in result.facts} == {
        "pods_privileged": 1,
        "pods_baseline": 1,
        "pods_restricted": 1,
        "Pod/app/restricted": "restricted",
        "Pod/app/baseline": "baseline (non-root-unset)",
        "Pod/app/privileged": "privileged (host-namespaces)",
    }


@pytest.mark.parametrize(
    ("level", "baseline", "restricted"),
    [
        ("privileged", ["host-namespaces"], ["non-root-unset"]),
        ("baseline", ["host-namespaces", "rejected"], ["non-root-unset"]),
        ("restricted", ["host-namespaces", "rejected"], ["non-root-unset", "rejected"]),
    ],
)
def test_a_namespace_rejects_what_its_label_forbids(
    level: str, baseline: list[str], restricted: list[str]
) -> None:
    texts = (RESTRICTED, BASELINE, PRIVILEGED, namespace(level))
    assert codes(judged("pod-security-baseline", *texts)) == baseline
    assert codes(judged("pod-security-restricted", *texts)) == restricted


def test_a_rejection_names_the_controls_and_is_told_once() -> None:
    text = PRIVILEGED.replace("runAsNonRoot: true, ", "")
    result = judged("pod-security-baseline", text, namespace("restricted"))
    assert result.findings[1].reason.params["controls"] == "host-namespaces"
    assert codes(judged("pod-security-restricted", text, namespace("restricted"))) == [
        "non-root-unset"
    ]


def test_a_pinned_version_enforces_the_older_policy() -> None:
    sysctl = RESTRICTED.replace(
        "runAsNonRoot: true", "sysctls: [{name: net.ipv4.tcp_rmem, value: '1'}], runAsNonRoot: true"
    )
    assert codes(judged("pod-security-baseline", sysctl, namespace("restricted"))) == []
    pinned = judged("pod-security-baseline", sysctl, namespace("restricted", "v1.31"))
    assert codes(pinned) == ["rejected"]
    newer = judged("pod-security-baseline", sysctl, namespace("restricted", "v1.99"))
    assert newer.status == "pass"


def test_a_pin_newer_than_the_cluster_does_not_relax_it() -> None:
    text = RESTRICTED.replace("runAsNonRoot: true, ", "").replace(
        "spec:", "spec:\n  hostUsers: false", 1
    )
    settings = Settings(kubernetes=("1.34",))
    result = judged(
        "pod-security-restricted", text, namespace("restricted", "v1.35"), settings=settings
    )
    assert codes(result) == ["non-root-unset", "rejected"]


@pytest.mark.parametrize(
    ("level", "version"), [("Restricted", ""), ("strict", ""), ("baseline", "1.34")]
)
def test_labels_that_the_api_server_refuses(level: str, version: str) -> None:
    result = judged("pod-security-baseline", RESTRICTED, namespace(level, version))
    assert codes(result) == ["wrong-label"]


def test_other_namespaces_enforce_nothing() -> None:
    other = namespace("restricted").replace("name: app", "name: other")
    assert "rejected" not in codes(judged("pod-security-baseline", PRIVILEGED, other))


@pytest.mark.parametrize("check", ["pod-security-baseline", "pod-security-restricted"])
def test_no_pod_and_unread_files_are_no_pass(check: str) -> None:
    assert judged(check, namespace("restricted")).status == "not-applicable"
    assert judged(check, RESTRICTED).status == "pass"
    assert judged(check, RESTRICTED, problems=1).status == "inconclusive"


@pytest.mark.parametrize("kind", sorted(POD_PATHS))
def test_every_kind_that_makes_pods_is_looked_at(kind: str) -> None:
    name, _, group = kind.partition(".")
    spec: object = {"hostIPC": True, "containers": [{"name": "c", "image": "web:1"}]}
    data: object = {"spec": spec}
    for key in reversed(POD_PATHS[kind]):
        data = {key: data}
    api = f"{group}/v1" if group else "v1"
    owner = KubernetesObject(api, name, "", "x", data, "a.yaml")  # type: ignore[arg-type]
    pod = pod_of(owner)
    assert pod is not None
    assert [v.control for v in assess(pod, (34,)).baseline] == ["host-namespaces"]
    assert assess(pod, (34,)).baseline[0].path == (*POD_PATHS[kind], "spec", "hostIPC")


KEYS = st.sampled_from(
    [
        "spec",
        "securityContext",
        "containers",
        "initContainers",
        "ephemeralContainers",
        "volumes",
        "ports",
        "hostPort",
        "capabilities",
        "add",
        "drop",
        "seccompProfile",
        "type",
        "seLinuxOptions",
        "user",
        "appArmorProfile",
        "procMount",
        "name",
        "sysctls",
        "windowsOptions",
        "hostProcess",
        "livenessProbe",
        "httpGet",
        "host",
        "lifecycle",
        "preStop",
        "os",
        "hostUsers",
        "hostNetwork",
        "hostPath",
        "privileged",
        "runAsNonRoot",
        "runAsUser",
        "allowPrivilegeEscalation",
        "annotations",
        "metadata",
        "container.apparmor.security.beta.kubernetes.io/c",
    ]
)
LEAVES = st.none() | st.booleans() | st.integers(-1, 3) | st.floats() | st.text(max_size=5)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=30,
)
CONTAINERS = st.lists(st.dictionaries(KEYS, TREES, max_size=5), max_size=2)


@given(
    st.dictionaries(KEYS, TREES, max_size=8),
    CONTAINERS,
    st.dictionaries(KEYS, TREES, max_size=3),
)
def test_no_data_makes_a_control_crash(
    spec: dict[str, object], containers: list[object], metadata: dict[str, object]
) -> None:
    data = {"metadata": metadata, "spec": {**spec, "containers": containers}}
    pod = pod_of(KubernetesObject("v1", "Pod", "", "x", data, "a.yaml"))
    assert pod is not None
    seen = assess(pod, (30, 37))
    for violation in (*seen.baseline, *seen.restricted):
        assert violation.control
        assert pod.owner.at(violation.path).path == "a.yaml"
