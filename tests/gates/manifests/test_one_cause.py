"""One cause is one finding: of all checks that could tell it, one does."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.manifests.objects import (
    Object,
    budget,
    check,
    hpa,
    ingress,
    obj,
    path,
    service,
    verdict,
    workload,
)

SPREAD = {"topologySpreadConstraints": [{"topologyKey": "kubernetes.io/hostname"}]}
CPU = {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization"}}}
MEMORY_ONLY = {"requests": {"memory": "1Gi"}, "limits": {"memory": "1Gi"}}


def asked(resource: str, share: int = 70, **source: Any) -> Object:
    target = {"type": "Utilization", "averageUtilization": share}
    named = {"name": resource, "target": target, **source}
    kind = "containerResource" if source else "resource"
    return {"type": kind[0].upper() + kind[1:], kind: named}


def test_a_request_that_an_autoscaler_needs_is_the_autoscalers() -> None:
    bare = workload(container={"resources": MEMORY_ONLY})
    assert verdict("hpa-metrics", bare, hpa()) == ("fail", ["no-request"])
    assert verdict("resources", bare, hpa()) == ("pass", [])
    # Without the autoscaler it is the containers', as is all that it does not ask for.
    assert verdict("resources", bare) == ("fail", ["missing"])
    found = check("resources", workload(), hpa()).findings
    assert [f.reason.params["missing"] for f in found] == ["requests.memory, limits.memory"]


def test_two_autoscalers_tell_a_missing_request_once() -> None:
    bare = workload(container={"resources": MEMORY_ONLY})
    assert verdict("hpa-metrics", bare, hpa(), hpa())[1] == ["no-request"]
    both = hpa(spec={"metrics": [asked("cpu"), asked("cpu", container="web")]})
    assert verdict("hpa-metrics", bare, both)[1] == ["no-request"]


def test_each_of_two_workloads_with_one_name_is_held_against_the_autoscaler() -> None:
    full = {"resources": {"requests": {"cpu": "1", "memory": "1Gi"}, "limits": {"memory": "1Gi"}}}
    found = (workload(container=full), workload(container={"resources": MEMORY_ONLY}), hpa())
    assert verdict("hpa-metrics", *found) == ("fail", ["no-request"])
    assert verdict("resources", *found) == ("pass", [])


def test_an_autoscaler_of_nothing_says_nothing_of_its_metrics() -> None:
    lost = hpa(target={"apiVersion": "apps/v1", "kind": "Deployment", "name": "gone"})
    assert verdict("hpa-metrics", workload(), lost) == ("not-applicable", [])
    assert verdict("hpa-target", workload(), lost) == ("fail", ["no-target"])
    # The replicas that it would set are no second finding.
    assert verdict("hpa-replicas", workload(), service(), lost) == ("pass", [])


def test_labels_that_are_not_the_templates_are_the_selectors_cause() -> None:
    web = workload(pod=SPREAD)
    web["spec"]["template"]["metadata"]["labels"] = {"app": "wbe"}
    web["metadata"]["labels"] = {"app": "web"}
    assert verdict("workload-selectors", web) == ("fail", ["not-its-own"])
    assert verdict("service-selectors", web, service()) == ("pass", [])
    assert verdict("disruption-budgets", web, budget(maxUnavailable=1)) == ("pass", [])


def job(name: str = "migrate", **labels: str) -> Object:
    template = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "m"}]}}
    return obj("Job", name, "batch/v1", spec={"template": template})


def test_a_job_with_the_labels_of_a_workload() -> None:
    found = (workload(), service(), job(app="web"))
    assert verdict("workload-selectors", *found) == ("warn", ["overlap (warn)"])
    # An autoscaler counts the pods of the job among those of the workload.
    assert verdict("workload-selectors", *found, hpa()) == ("fail", ["overlap"])
    assert verdict("service-selectors", *found) == ("pass", [])
    assert verdict("service-ports", *found) == ("pass", [])


def test_a_job_that_only_the_service_selects() -> None:
    web = workload(labels={"app": "web", "part": "server"})
    found = (web, service(), job(app="web", part="job"))
    assert verdict("workload-selectors", *found) == ("pass", [])
    assert verdict("service-selectors", *found) == ("warn", ["several (warn)"])
    assert verdict("service-ports", *found) == ("pass", [])


def test_a_budget_of_nothing_is_not_missing_as_well() -> None:
    web = workload(pod=SPREAD, spec={"replicas": 2})
    astray = budget(selector={"matchLabels": {"app": "wbe"}}, maxUnavailable=1)
    assert verdict("disruption-budgets", web, service(), astray) == ("fail", ["nothing"])


@pytest.mark.parametrize(
    "probe",
    [{"httpGet": {"port": 80}, "tcpSocket": {"port": 80}}, {"periodSeconds": 5}],
)
def test_a_probe_that_the_schema_refuses(probe: Object) -> None:
    web = workload(container={"livenessProbe": probe})
    assert verdict("schema", web)[0] == "fail"
    assert verdict("probes", web) == ("pass", [])
    rollout = {**web, "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout"}
    assert verdict("probes", rollout)[0] == "fail"


def test_a_misspelt_probe_is_no_missing_one() -> None:
    probe = {"httpGet": {"port": 8000}}
    web = workload(container={"readinesProbe": probe, "livenessProbe": probe})
    assert verdict("unknown-fields", web) == ("fail", ["unknown-field-near"])
    assert verdict("probes", web, service()) == ("pass", [])
    other = workload(container={"livenessProbe": probe})
    assert verdict("probes", other, service()) == ("fail", ["no-readiness"])


def test_a_file_alone_leaves_open_what_it_refers_to() -> None:
    assert verdict("ingress-backends", ingress(path())) == (
        "inconclusive",
        ["no-service (inconclusive)"],
    )
    assert verdict("ingress-backends", workload(), ingress(path()))[0] == "fail"
    assert verdict("hpa-target", hpa()) == ("inconclusive", ["no-target (inconclusive)"])
    assert verdict("hpa-target", workload(name="api"), hpa())[0] == "fail"


def test_a_rollout_that_takes_over_a_deployment_has_its_replicas() -> None:
    web = workload(spec={"replicas": 0})
    taken = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
    spec = {"workloadRef": taken, "replicas": 1}
    rollout = obj("Rollout", "roll", "argoproj.io/v1alpha1", spec=spec)
    aimed = {"apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "name": "roll"}
    assert verdict("hpa-replicas", web, service()) == ("warn", ["none (warn)"])
    assert verdict("hpa-replicas", web, service(), rollout) == ("warn", ["single (warn)"])
    found = (web, service(), rollout, hpa(target=aimed))
    assert verdict("hpa-replicas", *found) == ("fail", ["static"])
    assert verdict("hpa-metrics", *found) == ("fail", ["no-request"])


BOUNDED = {"requests": {"cpu": "1", "memory": "1Gi"}, "limits": {"memory": "1Gi"}}


@pytest.mark.parametrize(
    "container",
    [
        {"resource": BOUNDED},
        {"resources": {"request": BOUNDED["requests"], "limits": BOUNDED["limits"]}},
        {"resources": {**BOUNDED, "requests": {"cpu": "abc", "memory": "1Gi"}}},
    ],
)
def test_resources_that_the_schema_reports(container: Object) -> None:
    web = workload(container=container)
    refused = {verdict(name, web)[0] for name in ("schema", "unknown-fields")}
    assert "fail" in refused
    assert verdict("resources", web, hpa()) == ("pass", [])
    assert verdict("hpa-metrics", web, hpa()) == ("pass", [])


def test_other_values_that_the_schema_reports() -> None:
    misspelt = workload(container={"securityContext": {"readOnlyRootFileSystem": True}})
    assert verdict("read-only-root", misspelt) == ("pass", [])
    quoted = workload(pod={"automountServiceAccountToken": "false"})
    assert verdict("service-account-token", quoted) == ("pass", [])
    unlisted = workload()
    unlisted["spec"]["template"]["spec"]["containers"] = {"name": "web"}
    assert verdict("service-ports", unlisted, service()) == ("pass", [])


def test_a_missing_request_is_told_where_it_belongs() -> None:
    (found,) = check("hpa-metrics", workload(container={"resources": MEMORY_ONLY}), hpa()).findings
    assert (str(found.resource), found.container) == ("Deployment/app/web", "web")
    assert found.json_path == "spec.template.spec.containers[0].resources.requests"
    assert found.reason.params["scaler"] == "HorizontalPodAutoscaler/web"
