"""A release that runs well, seen through the official client over real HTTP."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from golive.api import EvidenceLevel, Status
from golive.codec import encode
from golive_gates.manifests.live.parts import Live
from tests.gates.manifests import live_world as world
from tests.gates.manifests.live_run import every, observed


def test_all_live_checks_pass(tmp_path: Path) -> None:
    results = every(observed(world.healthy(), tmp_path))
    wrong = {n: (r.reason, r.findings) for n, r in results.items() if r.status is not Status.PASS}
    assert wrong == {}
    assert {r.level for r in results.values()} == {EvidenceLevel.MEASURED}
    assert all(r.evidence and r.measurement for r in results.values())


def test_they_pass_without_files_save_the_comparison(tmp_path: Path) -> None:
    results = every(observed(world.healthy(), tmp_path, None))
    drift = results.pop("live-drift")
    assert (drift.status, drift.reason.code) == (Status.INCONCLUSIVE, "core.needs-files")
    assert {r.status for r in results.values()} == {Status.PASS}


def test_a_list_in_pages_is_whole(tmp_path: Path) -> None:
    cluster = replace(world.healthy(), page=1)
    results = every(observed(cluster, tmp_path))
    assert {r.status for r in results.values()} == {Status.PASS}
    assert len(cluster.asked("pods")) == 4


def test_no_secret_value_reaches_the_record(tmp_path: Path) -> None:
    cluster = world.healthy()
    cluster.objects[world.SECRETS].append(world.tls_secret("other", b"not asked for"))
    seen = observed(cluster, tmp_path)
    text = json.dumps(encode(seen.find(Live)))
    for canary in ("PRIVATE-KEY-CANARY", "canary-7f3a", "BEGIN", cluster.token):
        assert canary not in text
    assert cluster.asked("secrets") == [f"{world.SECRETS}/web-tls"], "read by name, and only that"


def test_what_asks_identifies_itself(tmp_path: Path) -> None:
    cluster = world.healthy()
    observed(cluster, tmp_path)
    assert {h["User-Agent"] for _, _, h in cluster.requests} == {"golive/test (run x)"}
