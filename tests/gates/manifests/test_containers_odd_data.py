"""YAML holds any type anywhere: no judge of pods and containers may crash over it."""

from __future__ import annotations

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
    "env-secrets",
    "image-digests",
    "image-tags",
    "inline-secrets",
    "pod-security-baseline",
    "pod-security-restricted",
    "probe-liveness",
    "probe-ports",
    "probe-timings",
    "probes",
    "read-only-root",
    "resources",
    "service-account-token",
)
WORDS = """
args command containers data env exec failureThreshold host httpGet httpHeaders image
initContainers initialDelaySeconds labels lifecycle limits livenessProbe matchLabels
memory metadata name namespace path periodSeconds port ports preStop readinessProbe
reference requests resources restartPolicy securityContext selector spec startupProbe
stringData subjects successThreshold targetPort tcpSocket template timeoutSeconds type
value volumes annotations serviceAccountName automountServiceAccountToken cpu pod-
security.kubernetes.io/enforce
"""
KEYS = st.sampled_from(sorted(WORDS.split()))
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-1, 99999)
    | st.floats()
    | st.sampled_from(["app", "http", "web:1", "--password", "CHANGEME", "1Gi", "Always", "a b"])
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=7),
    max_leaves=40,
)
PARTS = st.dictionaries(KEYS, TREES, max_size=8)
KINDS = (
    ("v1", "Pod"),
    ("v1", "Service"),
    ("v1", "Namespace"),
    ("v1", "Secret"),
    ("v1", "ConfigMap"),
    ("v1", "LimitRange"),
    ("v1", "ServiceAccount"),
    ("rbac.authorization.k8s.io/v1", "RoleBinding"),
    ("apps/v1", "Deployment"),
)


@given(spec=PARTS, containers=st.lists(PARTS, max_size=2), top=PARTS)
@trying(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_no_data_makes_a_judge_crash(
    spec: dict[str, object], containers: list[object], top: dict[str, object]
) -> None:
    body = {**spec, "containers": containers}
    objects = tuple(
        KubernetesObject(api, kind, "", "app", {**top, "spec": given_spec}, "a.yaml")
        for api, kind in KINDS
        for given_spec in (body, {**spec, "template": {**top, "spec": body}})
    )
    part = Manifests((), objects, (), (EVIDENCE,))
    seen = Observation({"Manifests": part})
    for name in OURS:
        said(CHECKS[name].evaluate(seen, Settings()))


def test_every_check_of_this_file_exists() -> None:
    assert set(OURS) <= {c.spec.name for c in GATE.checks}
