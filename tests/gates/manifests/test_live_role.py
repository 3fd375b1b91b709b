"""The permissions: what is sent, planned, documented and granted is one and the same table."""

from __future__ import annotations

from pathlib import Path

import pytest

from golive.api import Config, Scope, Status
from golive.config.model import Cluster as ClusterConfig
from golive.config.model import Service as Product
from golive.sources.kubernetes.objects import dig
from golive.sources.yaml import Dialect, Document, load_documents
from golive_gates.manifests.live.resources import ALWAYS, RESOURCES
from golive_gates.manifests.live.role import role_manifest
from golive_gates.manifests.observers.live import LiveObserver
from golive_gates.manifests.settings import Settings
from tests.gates.manifests import live_world as world
from tests.gates.manifests.live_run import every, observed

DOCS = Path(__file__).parents[3] / "docs" / "cluster.md"


def granted() -> set[tuple[str, str, str]]:
    """Verb, group and plural of every permission in the Role."""
    documents = list(load_documents(role_manifest("shop").encode(), "role", dialect=Dialect.GO))
    role, binding = (d.data for d in documents if isinstance(d, Document))
    assert dig(binding, ("roleRef", "name")) == dig(role, ("metadata", "name"))
    return {
        (verb, group, plural)
        for rule in dig(role, ("rules",))
        for verb in rule["verbs"]
        for group in rule["apiGroups"]
        for plural in rule["resources"]
    }


def test_the_role_grants_the_table_and_only_to_read() -> None:
    assert granted() == {(r.verb, r.group, r.plural) for r in RESOURCES}
    assert {verb for verb, _, _ in granted()} == {"list", "get"}
    assert [r.plural for r in RESOURCES if r.verb == "get"] == ["secrets"]


def test_what_is_sent_is_granted(tmp_path: Path) -> None:
    cluster = world.healthy()
    observed(cluster, tmp_path)
    sent = set()
    for _, path, _ in cluster.requests:
        pieces = path.partition("?")[0].strip("/").split("/")
        if "namespaces" in pieces:
            at = pieces.index("namespaces")
            assert pieces[at + 1] == "shop", "only the release's namespace"
            verb = "get" if len(pieces) > at + 3 else "list"
            sent.add((verb, pieces[1] if pieces[0] == "apis" else "", pieces[at + 2]))
    assert sent <= granted()
    assert {(r.verb, r.group, r.plural) for r in ALWAYS} <= sent


def test_with_exactly_the_role_every_check_passes(tmp_path: Path) -> None:
    cluster = world.healthy()
    allowed = {(verb, plural) for verb, _, plural in granted()}
    plurals = {path.rpartition("/")[2] for path in cluster.objects} | {"secrets", "nodes"}
    cluster.forbidden = {(v, p) for v in ("list", "get") for p in plurals} - allowed
    assert ("list", "secrets") in cluster.forbidden
    assert {r.status for r in every(observed(cluster, tmp_path)).values()} == {Status.PASS}


def test_the_docs_hold_the_role() -> None:
    expected = role_manifest("NAMESPACE")
    assert f"```yaml\n{expected}```" in DOCS.read_text(encoding="utf-8"), expected


def test_the_plan_names_every_permission() -> None:
    scope = Scope(Config("golive/v1", Product("shop", "1"), cluster=ClusterConfig("shop")), Path())
    work = LiveObserver().plan(scope, Settings())
    notes = " ".join(w.note for w in work)
    for resource in (r for r in RESOURCES if r.checks != ("live-drift",)):
        assert f"{resource.verb} {resource.name}" in notes
    assert all(w.requests and w.permission is None for w in work)


@pytest.mark.parametrize("namespace", ["shop", "a-b"])
def test_requests_are_paths_of_the_namespace(namespace: str) -> None:
    for resource in RESOURCES:
        assert f"/namespaces/{namespace}/" in resource.path(namespace)
