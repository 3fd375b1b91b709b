"""Ways to a pass, or to a finding, that nothing in the files earns."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.manifests.objects import (
    Object,
    budget,
    check,
    obj,
    policy,
    service,
    verdict,
    workload,
)
from tests.gates.manifests.snippets import judged

SPREAD = {"topologySpreadConstraints": [{"topologyKey": "kubernetes.io/hostname"}]}


def limit_range(**item: Any) -> Object:
    spec = {"limits": [{"type": "Container", **item}]}
    return obj("LimitRange", "defaults", spec=spec)


def quota(**hard: str) -> Object:
    named = {name.replace("__", "/").replace("_", "."): value for name, value in hard.items()}
    return obj("ResourceQuota", "q", spec={"hard": named})


def test_a_quota_of_what_is_not_counted_is_not_looked_at() -> None:
    assert verdict("quotas", workload(), quota(requests_nvidia="1")) == ("not-applicable", [])
    assert verdict("quotas", workload(), quota(count__widgets="1")) == ("not-applicable", [])
    assert verdict("quotas", workload(), quota(pods="many")) == ("not-applicable", [])
    assert verdict("quotas", workload(), quota(limits_memory="1Gi")) == ("pass", [])
    both = check("quotas", workload(), quota(pods="9", requests_nvidia="1"))
    assert both.measurement is not None
    assert both.measurement.n == 1


def test_a_limit_range_without_bounds_bounds_nothing() -> None:
    assert verdict("quotas", workload(), limit_range(default={"cpu": "1"}))[0] == "not-applicable"
    assert verdict("quotas", limit_range(max={"cpu": "1"})) == ("not-applicable", [])
    assert verdict("quotas", workload(), limit_range(max={"cpu": "1"})) == ("pass", [])


@pytest.mark.parametrize(
    ("item", "missing"),
    [
        ({"max": {"cpu": "1", "memory": "1Gi"}}, ""),
        ({"min": {"cpu": "1", "memory": "1Gi"}}, "limits.memory"),
        ({"default": {"cpu": "1", "memory": "1Gi"}}, ""),
        ({"defaultRequest": {"cpu": "1"}}, "requests.memory, limits.memory"),
    ],
)
def test_a_limit_range_fills_in_what_the_api_server_does(item: Object, missing: str) -> None:
    found = check("resources", workload(), limit_range(**item)).findings
    assert [f.reason.params["missing"] for f in found] == ([missing] if missing else [])


def test_a_policy_that_selects_no_pod_protects_none() -> None:
    astray = policy("web", {"matchLabels": {"app": "wbe"}})
    assert verdict("network-policies", workload(), astray) == ("warn", ["nothing (warn)"])
    assert verdict("network-policies", workload(), astray, problems=1)[0] == "inconclusive"
    # Files without the namespace's pods cannot tell.
    assert verdict("network-policies", workload(namespace="other"), astray) == (
        "not-applicable",
        [],
    )
    # So it is with pods that only an operator makes, such as cert-manager's solvers.
    solver = policy("acme", {"matchLabels": {"acme.cert-manager.io/http01-solver": "true"}})
    assert verdict("network-policies", workload(), solver) == ("not-applicable", [])
    made = obj("Cluster", "wbe", "postgresql.cnpg.io/v1", spec={})
    assert verdict("network-policies", workload(), astray, made) == ("not-applicable", [])


def stateful(**spec: Any) -> Object:
    claims = [{"metadata": {"name": "data"}, "spec": {"accessModes": ["ReadWriteOnce"]}}]
    full = {"replicas": 3, "serviceName": "web", "volumeClaimTemplates": claims, **spec}
    return workload("StatefulSet", spec=full, pod=SPREAD)


def test_replicas_with_a_volume_each_need_a_budget_too() -> None:
    assert verdict("disruption-budgets", stateful(), service()) == ("warn", ["none (warn)"])
    kept = budget(maxUnavailable=1)
    assert verdict("disruption-budgets", stateful(), service(), kept) == ("pass", [])
    recreated = workload(pod=SPREAD, spec={"replicas": 2, "strategy": {"type": "Recreate"}})
    assert verdict("disruption-budgets", recreated, service()) == ("warn", ["none (warn)"])


def test_a_budget_is_held_against_one_workload_and_not_its_double() -> None:
    web = workload(pod=SPREAD, spec={"replicas": 2})
    kept = budget(minAvailable=2)
    assert verdict("disruption-budgets", web, web, kept) == ("fail", ["blocks"])


@pytest.mark.parametrize(
    "pod",
    ["os: {name: windows}", "nodeSelector: {kubernetes.io/os: windows}"],
)
def test_windows_has_no_read_only_root(pod: str) -> None:
    text = f"""
        apiVersion: v1
        kind: Pod
        metadata: {{name: web}}
        spec:
          {pod}
          containers: [{{name: web, image: web}}]
    """
    assert judged("read-only-root", text).status == "not-applicable"


@pytest.mark.parametrize("key", ["admin-user", "rootUser", "db_username", "user"])
def test_a_user_name_is_no_secret(key: str) -> None:
    secret = obj("Secret", "db", stringData={key: "postgres"})
    assert verdict("inline-secrets", secret) == ("pass", [])
    held = obj("Secret", "db", stringData={"admin-password": "postgres-x1"})
    assert verdict("inline-secrets", held) == ("fail", ["secret"])


@pytest.mark.parametrize(
    ("name", "value"),
    [("TOKEN_AUDIENCES", "istio-ca"), ("PASSWORD_HASHER", "argon2id"), ("JWT_SECRET_NAMES", "a,b")],
)
def test_a_setting_about_credentials_is_none(name: str, value: str) -> None:
    web = workload(container={"env": [{"name": name, "value": value}]})
    assert verdict("env-secrets", web) == ("pass", [])
