"""An API server that refuses, fails, hangs or is none: named, bounded, never a pass."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from golive.api import BudgetExhausted, CheckResult, Observation, Status, Unavailable
from golive.config.model import Cluster as ClusterConfig
from golive.context import RequestBudget
from golive_gates.manifests.live import api
from golive_gates.manifests.live.parts import Live
from golive_gates.manifests.observers.live import LiveObserver
from golive_gates.manifests.settings import Settings
from tests.gates.manifests import live_world as world
from tests.gates.manifests.api_double import Cluster, kubeconfig, serving
from tests.gates.manifests.live_run import context, every, looked, observed

HTML = (200, "text/html", "<html><title>Sign in</title></html>")

NEEDS = {
    "deployments": {"live-rollout", "live-drift"},
    "statefulsets": {"live-rollout"},
    "daemonsets": {"live-rollout"},
    "pods": {"live-restarts"},
    "services": {"live-endpoints", "live-drift"},
    "endpointslices": {"live-endpoints"},
    "horizontalpodautoscalers": {"live-hpa", "live-drift"},
    "poddisruptionbudgets": {"live-pdb", "live-drift"},
    "events": {"live-events"},
    "ingresses": {"live-certificates", "live-drift"},
    "certificates": {"live-certificates"},
    "configmaps": {"live-drift"},
    "servicemonitors": {"live-drift"},
}


def undecided(results: Mapping[str, CheckResult]) -> set[str]:
    assert not [n for n, r in results.items() if r.status in (Status.FAIL, Status.ERROR)]
    return {n for n, r in results.items() if r.status is Status.INCONCLUSIVE}


@pytest.mark.parametrize("plural", NEEDS)
def test_a_forbidden_list_costs_the_checks_that_need_it(tmp_path: Path, plural: str) -> None:
    cluster = world.healthy()
    cluster.forbidden = {("list", plural)}
    results = every(observed(cluster, tmp_path))
    assert undecided(results) == NEEDS[plural]
    for name in NEEDS[plural]:
        reason = results[name].reason
        assert reason.code == "live-forbidden"
        assert reason.params["verb"] == "list"
        assert str(reason.params["resource"]).split(".")[0] == plural
    assert results["live-cluster"].status is Status.PASS


def test_a_forbidden_secret_costs_the_certificates(tmp_path: Path) -> None:
    cluster = world.healthy()
    cluster.forbidden = {("get", "secrets")}
    results = every(observed(cluster, tmp_path))
    assert undecided(results) == {"live-certificates"}
    assert results["live-certificates"].reason.params["resource"] == "secrets/web-tls"


def test_an_account_that_may_nothing_sees_nothing(tmp_path: Path) -> None:
    cluster = world.healthy()
    cluster.forbidden = {("list", p) for p in NEEDS} | {("get", "secrets")}
    cluster.groups = tuple(g for g in cluster.groups if g != "cert-manager.io")
    del cluster.objects[world.ISSUED]
    results = every(observed(cluster, tmp_path))
    assert {r.status for r in results.values()} == {Status.INCONCLUSIVE}
    assert results["live-cluster"].reason.code == "nothing-readable"


def seen_at(cluster: Cluster, folder: Path, **access: object) -> Live | Unavailable:
    with serving(cluster) as url:
        config = ClusterConfig("shop", kubeconfig=kubeconfig(folder, url, **access))  # type: ignore[arg-type]
        return looked(context(config))


def blocked(part: Live | Unavailable) -> set[str | None]:
    """Checks that are named as the cause by those that saw nothing."""
    results = every(Observation({"Live": part, "Manifests": Unavailable(part.reason)}))  # type: ignore[union-attr]
    assert {r.status for r in results.values()} == {Status.INCONCLUSIVE}
    return {r.blocked_by for n, r in results.items() if n != "live-cluster"}


@pytest.mark.parametrize(
    ("code", "raw", "access"),
    [
        ("live-unauthorised", {}, {"token": "another"}),
        ("live-not-json", {"/version": HTML}, {}),
        ("live-not-json", {"/version": (200, "application/json", "[" * 100_000)}, {}),
        ("live-not-json", {"/version": (502, "text/plain", "bad gateway")}, {}),
        ("live-unauthorised", {"/version": (401, "text/html", "<b>Sign in</b>")}, {}),
    ],
)
def test_whoever_answers_wrongly_at_first_is_asked_nothing_more(
    tmp_path: Path, code: str, raw: dict[str, tuple[int, str, str]], access: dict[str, object]
) -> None:
    cluster = replace(world.healthy(), raw=raw)
    part = seen_at(cluster, tmp_path, **access)
    assert isinstance(part, Unavailable)
    assert part.reason.code == code
    assert len(cluster.requests) == 1
    assert blocked(part) == {"manifests.live-cluster"}


def test_nobody_there(tmp_path: Path) -> None:
    config = ClusterConfig("shop", kubeconfig=kubeconfig(tmp_path, "http://127.0.0.1:1"))
    part = looked(context(config))
    assert isinstance(part, Unavailable)
    assert part.reason.code == "live-unreachable"
    assert blocked(part) == {"manifests.live-cluster"}


@pytest.mark.parametrize(
    ("outcome", "raw"),
    [
        ("live-server-error", (500, "application/json", '{"kind": "Status", "message": "etcd"}')),
        ("live-server-error", (429, "application/json", '{"kind": "Status"}')),
        ("live-not-json", HTML),
        ("live-not-json", (200, "application/json", '{"kind": "Pod", "items": 7}')),
        ("live-absent", (404, "application/json", '{"kind": "Status"}')),
        ("live-unauthorised", (401, "application/json", '{"kind": "Status"}')),
    ],
)
def test_one_list_that_fails_is_named(
    tmp_path: Path, outcome: str, raw: tuple[int, str, str]
) -> None:
    cluster = replace(world.healthy(), raw={world.PODS: raw})
    results = every(observed(cluster, tmp_path))
    assert undecided(results) == {"live-restarts"}
    assert results["live-restarts"].reason.code == outcome
    assert len(cluster.asked("pods")) == 1, "no request is repeated behind the record"


def test_a_redirect_is_not_followed(tmp_path: Path) -> None:
    cluster = replace(world.healthy(), raw={world.PODS: (302, "application/json", "{}")})
    results = every(observed(cluster, tmp_path))
    assert undecided(results) == {"live-restarts"}
    assert results["live-restarts"].reason.code == "live-server-error"
    assert len(cluster.asked("pods")) == 1
    assert [p for _, p, _ in cluster.requests].count("/version") == 1


def test_a_list_that_expires_is_begun_anew_once(tmp_path: Path) -> None:
    once = replace(world.healthy(), page=2, expiring=1)
    results = every(observed(once, tmp_path))
    assert {r.status for r in results.values()} == {Status.PASS}
    assert [p.partition("continue=")[2] for p in once.asked("pods")] == ["", "2", "", "2"]
    always = replace(world.healthy(), page=2, expiring=1_000)
    results = every(observed(always, tmp_path))
    assert undecided(results) == {"live-restarts"}
    assert results["live-restarts"].reason.code == "live-gone"


def test_a_list_without_an_end_is_given_up(tmp_path: Path) -> None:
    cluster = replace(world.healthy(), page=1)
    cluster.objects[world.PODS] *= api.MOST_PAGES
    results = every(observed(cluster, tmp_path))
    assert undecided(results) == {"live-restarts"}
    assert results["live-restarts"].reason.code == "live-too-many"
    assert len(cluster.asked("pods")) == api.MOST_PAGES


def test_an_endless_answer_is_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "MOST_BYTES", 100_000)
    huge = '{"kind": "List", "items": ["' + "x" * 200_000 + '"]}'
    cluster = replace(world.healthy(), raw={world.EVENTS: (200, "application/json", huge)})
    results = every(observed(cluster, tmp_path))
    assert undecided(results) == {"live-events"}
    assert results["live-events"].reason.code == "live-too-large"


def test_silence_ends_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "SECONDS", 0.3)
    cluster = replace(world.healthy(), silent={world.PODS})
    results = every(observed(cluster, tmp_path))
    assert undecided(results) == {"live-restarts"}
    assert results["live-restarts"].reason.code == "live-timed-out"


def test_after_three_silences_nothing_more_is_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "SECONDS", 0.3)
    cluster = world.healthy()
    cluster.silent = set(cluster.objects)
    results = every(observed(cluster, tmp_path))
    assert {r.status for r in results.values()} == {Status.INCONCLUSIVE}
    assert len([r for r in cluster.requests if "namespaces" in r[1]]) == 3


def test_the_budget_ends_it(tmp_path: Path) -> None:
    with serving(world.healthy()) as url:
        config = ClusterConfig("shop", kubeconfig=kubeconfig(tmp_path, url))
        ctx = replace(context(config), budget=RequestBudget(5))
        with pytest.raises(BudgetExhausted):
            asyncio.run(LiveObserver().observe(ctx, Settings()))
        assert ctx.budget.sent == 5


def test_no_time_left_sends_nothing(tmp_path: Path) -> None:
    cluster = world.healthy()
    with serving(cluster) as url:
        config = ClusterConfig("shop", kubeconfig=kubeconfig(tmp_path, url))
        part = looked(replace(context(config), deadline=0.0))
    assert isinstance(part, Unavailable)
    assert part.reason.code == "live-timed-out"
    assert cluster.requests == []


def test_a_kind_that_the_cluster_does_not_know_is_missing(tmp_path: Path) -> None:
    files = world.RELEASE + "---\napiVersion: example.com/v1\nkind: Widget\nmetadata: {name: w}\n"
    results = every(observed(world.healthy(), tmp_path, files))
    assert results["live-drift"].status is Status.FAIL
    cluster = world.healthy()
    cluster.groups += ("example.com",)
    cluster.kinds["/apis/example.com/v1"] = [
        {"kind": "Widget", "name": "widgets/status", "namespaced": True},
        {"kind": "Widget", "name": "widgets", "namespaced": True},
    ]
    cluster.objects[world.path("example.com", "v1", "widgets")] = [{"metadata": world.named("w")}]
    results = every(observed(cluster, tmp_path, files))
    assert {r.status for r in results.values()} == {Status.PASS}
