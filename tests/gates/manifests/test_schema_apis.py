from __future__ import annotations

import pytest

from golive_gates.manifests.settings import Settings
from tests.gates.manifests.snippets import judged
from tests.gates.saying import codes, places

HPA = "{apiVersion: autoscaling/v2beta2, kind: HorizontalPodAutoscaler, metadata: {name: a}}"
CONFIG = "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}"
CUSTOM = "{apiVersion: example.com/v1, kind: Thing, metadata: {name: a}}"
OLD = Settings(kubernetes=("1.25", "1.34"))


def api(name: str) -> str:
    version, kind = name.split()
    return f"{{apiVersion: {version}, kind: {kind}, metadata: {{name: a}}}}"


@pytest.mark.parametrize(
    ("name", "code", "wanted"),
    [
        ("extensions/v1beta1 Ingress", "removed", "networking.k8s.io/v1 Ingress"),
        ("batch/v1beta1 CronJob", "removed", "batch/v1 CronJob"),
        ("policy/v1beta1 PodSecurityPolicy", "removed-for-good", ""),
        ("scheduling.k8s.io/v1beta1 PodGroup", "too-new", ""),
        ("v1 Deployment", "no-such-kind-near", "apps/v1 Deployment"),
        ("apps/v1 Deploymnet", "no-such-kind-near", "apps/v1 Deployment"),
        ("app/v1 Deployment", "no-such-kind-near", "apps/v1 Deployment"),
        ("network.k8s.io/v1 Ingress", "no-such-kind-near", "networking.k8s.io/v1 Ingress"),
        ("v1 Frobnicator", "no-such-kind", ""),
    ],
)
def test_kinds_that_no_target_serves_fail(name: str, code: str, wanted: str) -> None:
    result = judged("removed-apis", api(name))
    assert (result.status, codes(result), places(result)) == ("fail", [code], ["apiVersion"])
    params = result.findings[0].reason.params
    assert wanted in (params["replacement"], params["suggestion"])
    for other in ("schema", "unknown-fields", "deprecated-apis", "custom-resources"):
        assert judged(other, api(name)).status == "not-applicable", other


def test_one_target_that_does_not_serve_it_is_enough() -> None:
    assert judged("removed-apis", HPA, settings=Settings(kubernetes=("1.25",))).status == "pass"
    result = judged("removed-apis", HPA, settings=OLD)
    assert (result.status, codes(result)) == ("fail", ["removed"])
    assert result.findings[0].reason.params["target"] == "1.34"
    assert judged("deprecated-apis", HPA, settings=OLD).status == "not-applicable"


def test_kinds_that_are_served_pass() -> None:
    for check in ("removed-apis", "deprecated-apis"):
        assert judged(check, CONFIG).status == "pass"
        assert judged(check, CONFIG, problems=1).status == "inconclusive"
        assert judged(check, CUSTOM).status == "not-applicable"
        assert judged(check, api("v1 Config")).status == "not-applicable"


@pytest.mark.parametrize(
    ("version", "name", "code"),
    [
        ("1.25", "autoscaling/v2beta2 HorizontalPodAutoscaler", "goes"),
        ("1.34", "storagemigration.k8s.io/v1alpha1 StorageVersionMigration", "goes"),
        ("1.34", "v1 Endpoints", "deprecated"),
        ("1.34", "v1 ComponentStatus", "deprecated-for-good"),
        ("1.34", "resource.k8s.io/v1beta1 ResourceClaim", "deprecated"),
        ("1.33", "resource.k8s.io/v1beta1 ResourceClaim", "off-by-default"),
    ],
)
def test_kinds_on_their_way_out_warn(version: str, name: str, code: str) -> None:
    settings = Settings(kubernetes=(version,))
    result = judged("deprecated-apis", api(name), settings=settings)
    assert (result.status, codes(result)) == ("warn", [code])
    assert judged("removed-apis", api(name), settings=settings).status == "pass"
