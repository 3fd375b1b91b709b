"""YAML holds any type anywhere: no judge of relations may crash over it."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as trying
from hypothesis import strategies as st

from golive.api import Observation
from golive.sources.kubernetes.objects import KubernetesObject
from golive_gates.manifests import GATE
from golive_gates.manifests.parts import Manifests
from golive_gates.manifests.settings import Settings
from tests.gates.manifests.snippets import CHECKS, EVIDENCE
from tests.gates.saying import said

OURS = (
    "disruption-budgets", "hpa-metrics", "hpa-replicas", "hpa-target", "ingress-backends",
    "network-policies", "quotas", "references", "service-ports",
    "service-selectors", "tls-secrets", "volumes", "workload-selectors",
)  # fmt: skip
KEYS = (
    "accessModes affinity annotations args backend backendRefs certificateRefs cidr claimName "
    "configMap configMapKeyRef configMapRef container containerPort containers cpu data "
    "defaultBackend dnsNames egress emptyDir endpoints env envFrom from hard host hostname "
    "hostnames hosts http image ingress initContainers interval ipBlock issuerRef items "
    "jobTemplate key kind labelSelector labels limits listeners matchExpressions matchLabels "
    "matchNames max maxReplicas maxSurge maxUnavailable metadata metrics min minAvailable "
    "minReplicas mountPath name namespace namespaceSelector number operator parentRefs paths "
    "persistentVolumeClaim podAffinity podMetricsEndpoints podSelector pods policyTypes port "
    "ports projected protocol replicas requests requiredDuringSchedulingIgnoredDuringExecution "
    "resource resources roleRef rollingUpdate rules scaleTargetRef scopes secret secretName "
    "secretRef sectionName selector service serviceAccountName serviceName sources spec "
    "strategy subjects target targetPort template tls to topologyKey type value valueFrom "
    "values volumeClaimTemplates volumeMounts volumes"
)
NAMES = st.sampled_from(KEYS.split())
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-1, 99999)
    | st.floats()
    | st.sampled_from(["app", "http", "50%", "Resource", "1Gi", "ReadWriteOnce", "/data/x.db"])
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=6),
    max_leaves=30,
)
PARTS = st.dictionaries(NAMES, TREES, max_size=9)
LABELS = {"labels": {"app": "app"}}
TYPES = (
    ("v1", "Pod"), ("v1", "Service"), ("v1", "Secret"), ("v1", "ConfigMap"),
    ("v1", "LimitRange"), ("v1", "ResourceQuota"), ("v1", "PersistentVolumeClaim"),
    ("apps/v1", "Deployment"), ("apps/v1", "StatefulSet"), ("apps/v1", "DaemonSet"),
    ("batch/v1", "CronJob"), ("autoscaling/v2", "HorizontalPodAutoscaler"),
    ("policy/v1", "PodDisruptionBudget"), ("networking.k8s.io/v1", "Ingress"),
    ("networking.k8s.io/v1", "NetworkPolicy"),
    ("gateway.networking.k8s.io/v1", "Gateway"), ("gateway.networking.k8s.io/v1", "HTTPRoute"),
    ("gateway.networking.k8s.io/v1", "ReferenceGrant"),
    ("monitoring.coreos.com/v1", "ServiceMonitor"), ("monitoring.coreos.com/v1", "PodMonitor"),
    ("cert-manager.io/v1", "Certificate"), ("external-secrets.io/v1", "ExternalSecret"),
    ("keda.sh/v1alpha1", "ScaledObject"), ("rbac.authorization.k8s.io/v1", "RoleBinding"),
    ("discovery.k8s.io/v1", "EndpointSlice"),
)  # fmt: skip


@given(spec=PARTS, pod=PARTS, container=PARTS, ref=PARTS)
@trying(max_examples=100, suppress_health_check=list(HealthCheck))
def test_no_data_makes_a_judge_crash(
    spec: dict[str, object],
    pod: dict[str, object],
    container: dict[str, object],
    ref: dict[str, object],
) -> None:
    body = {**pod, "containers": [container, ref]}
    refs = {
        "backendRefs": [ref], "rules": [{"backendRefs": [ref]}, ref], "parentRefs": [ref],
        "metrics": [ref], "endpoints": [ref], "ingress": [{"from": [ref], "ports": [ref]}],
        "scaleTargetRef": {"kind": "Deployment", "name": "app"}, "hard": ref, "limits": [ref],
        "selector": {"app": "app", "matchLabels": {"app": "app"}}, "ports": [ref],
        "podSelector": {}, "listeners": [ref], "tls": [ref],
    }  # fmt: skip
    template = {"metadata": LABELS, "spec": body}
    jobs = {"jobTemplate": {"spec": {"template": template}}}
    bodies = (
        {**spec, "template": template, **jobs, **body},
        {**refs, "template": template, **jobs, **body},
        {**refs, **spec, "template": template},
    )
    objects = tuple(
        KubernetesObject(api, kind, space, "app", {"metadata": LABELS, **ref, "spec": b}, "a.yaml")
        for api, kind in TYPES
        for space, b in zip(("", "app", ""), bodies, strict=True)
    )
    observation = Observation({"Manifests": Manifests((), objects, (), (EVIDENCE,))})
    for name in OURS:
        said(CHECKS[name].evaluate(observation, Settings()))


@pytest.mark.parametrize("name", OURS)
def test_every_check_of_this_file_exists(name: str) -> None:
    assert name in {c.spec.name for c in GATE.checks}
