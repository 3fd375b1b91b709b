"""What other tools are known to report without cause: each is a test here.

Sources: the issue trackers of kube-linter, kube-score and Polaris.
"""

from __future__ import annotations

from tests.gates.manifests.objects import (
    Object,
    budget,
    check,
    claim,
    hpa,
    ingress,
    obj,
    path,
    policy,
    service,
    verdict,
    workload,
)

SPREAD = {"topologySpreadConstraints": [{"topologyKey": "kubernetes.io/hostname"}]}


def test_a_budget_is_judged_against_the_autoscalers_minimum() -> None:
    web = workload(pod=SPREAD)
    assert verdict("disruption-budgets", web, hpa(least=3), budget(minAvailable=2)) == ("pass", [])
    assert verdict("disruption-budgets", web, hpa(least=2), budget(minAvailable=2))[0] == "fail"


def test_an_autoscaler_with_a_minimum_of_one_excuses_no_single_replica() -> None:
    assert verdict("hpa-replicas", workload(), service(), hpa(least=1))[0] == "warn"
    assert verdict("hpa-replicas", workload(), service(), hpa(least=2))[0] == "pass"


def test_topology_spread_counts_as_anti_affinity() -> None:
    web = workload(pod=SPREAD, spec={"replicas": 2})
    found = verdict("disruption-budgets", web, service(), budget(maxUnavailable=1))
    assert found == ("pass", [])


def test_a_service_with_endpoints_needs_no_selector_that_finds_pods() -> None:
    bare: Object = obj("Service", "db", spec={"ports": [{"port": 5432}]})
    assert verdict("service-selectors", workload(), bare) == ("not-applicable", [])
    by_hand = service("db")
    assert verdict("service-selectors", workload(), by_hand, obj("Endpoints", "db"))[0] == "pass"
    labels = {"kubernetes.io/service-name": "db"}
    sliced = obj("EndpointSlice", "db-1", "discovery.k8s.io/v1", labels=labels)
    assert verdict("service-selectors", workload(), by_hand, sliced)[0] == "pass"
    assert verdict("service-selectors", workload(), by_hand)[0] == "fail"


def test_an_external_name_is_a_backend() -> None:
    external = service(spec={"type": "ExternalName", "externalName": "x.example.com"})
    assert verdict("ingress-backends", external, ingress(path("web", number=443)))[0] == "pass"
    assert verdict("service-selectors", external) == ("not-applicable", [])


def test_a_backend_that_is_an_annotation_does_not_dangle() -> None:
    redirect = path("redirect", name="use-annotation")
    assert verdict("ingress-backends", service(), ingress(redirect, path()))[0] == "pass"


def test_a_backend_that_is_a_resource_does_not_dangle() -> None:
    bucket = {"path": "/", "backend": {"resource": {"kind": "Bucket", "name": "static"}}}
    assert verdict("ingress-backends", service(), ingress(bucket, path()))[0] == "pass"


def test_an_empty_pod_selector_selects_every_pod() -> None:
    deny = policy("deny")
    routed = (workload(), service(), ingress(path()))
    assert verdict("network-policies", *routed, deny) == ("fail", ["gate-cut"])
    everything = budget(selector={}, maxUnavailable=1)
    assert verdict("disruption-budgets", workload(), everything) == ("pass", [])


def test_a_budget_matches_labels_of_pods() -> None:
    web = workload(labels={"app": "web", "tier": "front"}, pod=SPREAD)
    labelled = {**web, "metadata": {**web["metadata"], "labels": {"on": "workload"}}}
    by_pod = budget(selector={"matchLabels": {"tier": "front"}}, maxUnavailable=1)
    assert verdict("disruption-budgets", labelled, by_pod) == ("pass", [])
    by_owner = budget(selector={"matchLabels": {"on": "workload"}}, maxUnavailable=1)
    assert verdict("disruption-budgets", labelled, by_owner) == ("fail", ["workload-labels"])


def test_init_containers_count() -> None:
    helper = {"name": "init", "image": "i:latest", "envFrom": [{"configMapRef": {"name": "x"}}]}
    web = workload(pod={"initContainers": [helper]})
    assert verdict("references", web) == ("fail", ["no-config-map"])
    assert verdict("image-tags", web)[0] == "fail"


def test_an_unread_file_blocks_what_it_may_decide() -> None:
    lost = (workload(), service(selector={"app": "x"}))
    assert verdict("service-selectors", *lost)[0] == "fail"
    result = check("service-selectors", *lost, problems=1)
    assert (result.status, result.blocked_by) == ("inconclusive", "manifests.parse")
    # What stands in the files that were read is not undone by others.
    assert verdict("hpa-target", workload(), hpa(least=9, most=2), problems=1)[0] == "fail"


def test_not_applicable_is_not_green() -> None:
    for name in ("tls-secrets", "quotas", "hpa-target", "network-policies"):
        assert verdict(name, workload()) == ("not-applicable", [])
        assert verdict(name, workload(), problems=1)[0] == "inconclusive"


def test_contested_practices_do_not_fail() -> None:
    requests = {"requests": {"cpu": "1", "memory": "1Gi"}, "limits": {"memory": "1Gi"}}
    web = workload(container={"imagePullPolicy": "Always", "resources": requests})
    for name in ("resources", "image-tags", "image-digests"):
        assert verdict(name, web)[0] in ("pass", "warn")
    secret = workload(container={"envFrom": [{"secretRef": {"name": "keys"}}]})
    assert verdict("references", secret) == ("warn", ["no-secret (warn)"])


def test_what_an_operator_makes_is_not_missing() -> None:
    cluster = obj("Cluster", "db", "postgresql.cnpg.io/v1", spec={})
    by_label = service("db-read", {"cluster": "db", "role": "replica"})
    other = workload(name="api")
    assert verdict("service-selectors", other, by_label, cluster)[0] == "warn"
    assert verdict("service-selectors", other, by_label)[0] == "fail"
    to_service = ingress(path("db-rw"))
    assert verdict("ingress-backends", service(), to_service, cluster)[0] == "warn"
    assert verdict("ingress-backends", service(), to_service)[0] == "fail"
    prometheus = obj("Prometheus", "k8s", "monitoring.coreos.com/v1", spec={})
    kept = budget(selector={"matchLabels": {"app": "prometheus"}}, minAvailable=1)
    assert verdict("disruption-budgets", other, kept, prometheus)[0] == "warn"
    # A monitor makes no pods, whatever its name.
    monitor = obj("PodMonitor", "prometheus", "monitoring.coreos.com/v1", spec={})
    assert verdict("disruption-budgets", other, kept, monitor)[0] == "fail"


def test_pods_in_another_namespace_are_named_as_the_slip() -> None:
    astray = workload(namespace="other")
    assert verdict("service-selectors", astray, service()) == ("fail", ["other-namespace"])
    found = verdict("disruption-budgets", astray, budget(maxUnavailable=1))
    assert found == ("fail", ["other-namespace"])


def test_a_base_and_its_overlay_are_one_workload() -> None:
    data = {"volumes": [{"name": "d", "persistentVolumeClaim": {"claimName": "data"}}]}
    one = {"replicas": 1, "strategy": {"type": "Recreate"}}
    web = workload(pod=data, spec=one)
    base = {**web, "metadata": {"name": "web"}}
    assert verdict("volumes", web, base, claim()) == ("pass", [])
    quota = obj("ResourceQuota", "q", spec={"hard": {"pods": "1"}})
    assert verdict("quotas", web, base, quota) == ("pass", [])
    assert verdict("service-selectors", web, base, service()) == ("pass", [])
    assert verdict("workload-selectors", web, base) == ("pass", [])
