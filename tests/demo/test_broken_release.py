"""The demo can be started with a mistake in the files of its release."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from golive_demo.broken import variant
from golive_demo.broken_release import MUTATIONS, RELEASE, StaleMutationError, broken_copy
from golive_demo.broken_release.mutation import Mutation


@pytest.mark.parametrize("name", MUTATIONS)
def test_each_mistake_changes_just_the_files_it_names(name: str, tmp_path: Path) -> None:
    copy = broken_copy(MUTATIONS[name], tmp_path)
    before = {p.relative_to(RELEASE): p.read_bytes() for p in RELEASE.rglob("*") if p.is_file()}
    after = {p.relative_to(copy): p.read_bytes() for p in copy.rglob("*") if p.is_file()}
    changed = {str(p) for p in before | after if before.get(p) != after.get(p)}
    assert changed == set(MUTATIONS[name].files)
    assert variant(name).release_mutation == name


@pytest.mark.parametrize(
    "stale",
    [
        Mutation("x", "README.md", "no such text", ""),
        Mutation("x", add=(("README.md", "twice"),)),
    ],
)
def test_a_release_that_has_moved_on_is_said(stale: Mutation, tmp_path: Path) -> None:
    with pytest.raises(StaleMutationError, match=r"README\.md"):
        broken_copy(stale, tmp_path)


def test_a_run_against_it_fails_for_that_alone(tmp_path: Path) -> None:
    done = subprocess.run(
        [
            *(sys.executable, "-m", "golive.cli", "demo", "--broken", "manifests.image-tags"),
            *("--gate", "manifests", "--lang", "en", "--out-dir", str(tmp_path)),
        ],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 1, done.stderr
    record = json.loads(next(tmp_path.glob("slo_validation_results_*.json")).read_text())
    gate = next(g for g in record["gates"] if g["id"] == "manifests")
    failed = [c for c in gate["checks"] if c["status"] == "fail"]
    assert [c["id"] for c in failed] == ["manifests.image-tags"]
    place = failed[0]["findings"][0]["location"]
    assert place["path"].endswith("release/k8s/10-project-service.yaml")
    assert place["line"] > 1
