"""``golive check`` and ``golive plan`` with a cluster and without, as a user starts them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from golive.model import Status
from golive.record import Decision, GateRecord, from_data
from golive.verdict import GateLabel, gate_label, run_day
from golive_gates.manifests.checks.live_cluster import SPEC as CLUSTER
from tests.gates.manifests import live_world as world
from tests.gates.manifests.api_double import TOKEN, kubeconfig, serving

RELEASE = Path(__file__).parents[3] / "examples" / "golive_demo" / "release" / "k8s" / "*.yaml"

CONFIG = """\
apiVersion: golive/v1
service: {{name: shop, version: v1}}
profile: {{gates: [manifests]}}
files: {{manifests: ["{files}"]}}
"""
CLUSTERED = CONFIG + "cluster: {{namespace: {namespace}, kubeconfig: kubeconfig}}\n"


def golive(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    env = {k: v for k, v in os.environ.items() if not k.startswith(("GOLIVE_", "KUBE"))}
    return subprocess.run(
        [sys.executable, "-m", "golive.cli", *arguments],
        capture_output=True, text=True, timeout=240, check=False, cwd=folder,
        env={**env, "COLUMNS": "200", "HOME": str(folder)}, stdin=subprocess.DEVNULL,
    )  # fmt: skip


def checked(folder: Path) -> tuple[subprocess.CompletedProcess[str], Mapping[str, Any]]:
    done = golive(folder, "check", "--lang", "en")
    found = list((folder / "golive-reports").glob("slo_validation_results_*.json"))
    assert len(found) == 1, done.stderr
    record: Mapping[str, Any] = json.loads(found[0].read_text(encoding="utf-8"))
    return done, record


def gate_of(record: Mapping[str, Any]) -> GateRecord:
    return next(g for g in from_data(record).gates if g.id == "manifests")


def live(gate: GateRecord) -> dict[str, Status]:
    return {c.id: c.status for c in gate.checks if c.id.startswith("manifests.live-")}


def test_a_release_in_its_cluster(tmp_path: Path) -> None:
    (tmp_path / "release.yaml").write_text(world.RELEASE, encoding="utf-8")
    text = CLUSTERED.format(files="release.yaml", namespace="shop")
    (tmp_path / "golive.yaml").write_text(text, encoding="utf-8")
    with serving(world.healthy()) as url:
        kubeconfig(tmp_path, url)
        done, record = checked(tmp_path)
    gate = gate_of(record)
    assert set(live(gate).values()) == {Status.PASS}, live(gate)
    assert gate.requests == sum(s.count for s in gate.sent) > 10
    assert {s.method for s in gate.sent} == {"GET"}
    assert any((tmp_path / "golive-reports").rglob("live-requests*.json"))
    for file in (p for p in (tmp_path / "golive-reports").rglob("*") if p.is_file()):
        content = file.read_bytes()
        for canary in (TOKEN.encode(), b"PRIVATE-KEY-CANARY", b"canary-7f3a"):
            assert canary not in content, file
    assert TOKEN not in done.stdout + done.stderr


def test_a_release_that_crashes_is_no_go(tmp_path: Path) -> None:
    (tmp_path / "release.yaml").write_text(world.RELEASE, encoding="utf-8")
    text = CLUSTERED.format(files="release.yaml", namespace="shop")
    (tmp_path / "golive.yaml").write_text(text, encoding="utf-8")
    cluster = world.healthy()
    crash = {"waiting": {"reason": "CrashLoopBackOff"}}
    cluster.objects[world.PODS][0]["status"]["containerStatuses"][0]["state"] = crash
    with serving(cluster) as url:
        kubeconfig(tmp_path, url)
        done, record = checked(tmp_path)
    assert (done.returncode, record["decision"]) == (1, "NO_GO")
    assert live(gate_of(record))["manifests.live-restarts"] is Status.FAIL


def test_a_cluster_out_of_reach_is_inconclusive(tmp_path: Path) -> None:
    text = CLUSTERED.format(files=RELEASE, namespace="ai-script-generator")
    (tmp_path / "golive.yaml").write_text(text, encoding="utf-8")
    kubeconfig(tmp_path, "http://127.0.0.1:1")
    done, record = checked(tmp_path)
    assert (done.returncode, record["decision"]) == (3, "INCONCLUSIVE")
    assert set(live(gate_of(record)).values()) == {Status.INCONCLUSIVE}
    assert gate_label(gate_of(record), run_day(from_data(record))) is GateLabel.UNVERIFIED


def test_without_a_cluster_a_sound_release_is_designed_and_conditional(tmp_path: Path) -> None:
    (tmp_path / "golive.yaml").write_text(CONFIG.format(files=RELEASE), encoding="utf-8")
    done, record = checked(tmp_path)
    gate = gate_of(record)
    states = live(gate)
    assert states.pop(CLUSTER.id) is Status.INCONCLUSIVE
    assert set(states.values()) == {Status.NOT_APPLICABLE}
    others = {c.id: c.status for c in gate.checks if c.id not in {CLUSTER.id, *states}}
    settled = (Status.PASS, Status.NOT_APPLICABLE)
    assert {i: s for i, s in others.items() if s not in settled} == {}
    assert gate_label(gate, run_day(from_data(record))) is GateLabel.DESIGNED
    assert (done.returncode, record["decision"]) == (0, Decision.CONDITIONAL.value)
    assert gate.requests == 0


def test_the_plan_prints_the_permissions(tmp_path: Path) -> None:
    text = CLUSTERED.format(files=RELEASE, namespace="shop")
    (tmp_path / "golive.yaml").write_text(text, encoding="utf-8")
    done = golive(tmp_path, "plan", "--lang", "en")
    assert done.returncode == 0, done.stderr
    shown = " ".join(done.stdout.split())
    for needed in ("RBAC: list pods", "RBAC: get secrets", "list", "/namespaces/shop/events"):
        assert needed in shown
