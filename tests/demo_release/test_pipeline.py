"""The workflows can fail, cannot be bypassed, and scan what is deployed."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Documents = Callable[[str], list[dict[str, Any]]]
Pods = list[tuple[str, dict[str, Any]]]
Workflows = dict[str, dict[str, Any]]
Texts = dict[str, str]

NAMES = ("ci", "security-scan", "images", "deploy")


@pytest.fixture(scope="module")
def workflows(documents: Documents) -> dict[str, dict[str, Any]]:
    return {name: documents(f".github/workflows/{name}.yml")[0] for name in NAMES}


@pytest.fixture(scope="module")
def texts(release: Path) -> dict[str, str]:
    return {n: (release / f".github/workflows/{n}.yml").read_text("utf-8") for n in NAMES}


def jobs(workflow: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = workflow["jobs"]
    return found


def triggers(workflow: dict[Any, Any]) -> dict[str, Any]:
    found: dict[str, Any] = workflow[True]  # YAML 1.1 reads the key `on` so
    return found


def test_actions_are_pinned_by_commit_with_their_version(texts: Texts) -> None:
    used = [line for text in texts.values() for line in text.splitlines() if "uses: " in line]
    assert len(used) > 15
    for line in used:
        local = re.search(r"uses: \./\.github/workflows/[\w-]+\.yml\b", line)
        assert local or re.search(r"uses: [\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line), line


def test_tokens_hold_the_least(workflows: Workflows) -> None:
    for name, workflow in workflows.items():
        assert workflow["permissions"] == {}, name
        for job in jobs(workflow).values():
            assert job["permissions"]["contents"] == "read"
    assert "secrets" not in str(workflows)


def test_checkouts_keep_no_credentials(workflows: Workflows) -> None:
    found = 0
    for workflow in workflows.values():
        for job in jobs(workflow).values():
            for step in job.get("steps", []):
                if step.get("uses", "").startswith("actions/checkout@"):
                    assert step["with"]["persist-credentials"] is False
                    found += 1
    assert found >= 7


def test_nothing_neutralises_a_failure(texts: Texts) -> None:
    banned = (
        r"continue-on-error|\|\| *true|set \+e|if: *(\$\{\{ *)?false|soft-fail|--no-git|\|\| *:"
    )
    for name, text in texts.items():
        assert re.findall(banned, text) == [], name
        conditions = set(re.findall(r"if: .*", text))
        assert conditions <= {"if: ${{ !cancelled() }}"}, name


def test_matrix_runs_both_python_versions(workflows: Workflows, texts: Texts) -> None:
    matrix = jobs(workflows["ci"])["test"]["strategy"]["matrix"]
    assert matrix == {"python-version": ["3.9", "3.11"]}
    assert 'python-version: ["3.9", "3.11"]' in texts["ci"]


def test_secrets_are_sought_in_the_whole_history(workflows: Workflows) -> None:
    job = jobs(workflows["security-scan"])["gitleaks"]
    assert job["steps"][0]["with"]["fetch-depth"] == 0
    commands = [s["run"] for s in job["steps"] if "run" in s]
    scans = [c for c in commands if c.startswith("gitleaks ")]
    assert [c.split()[1] for c in scans] == ["git", "dir"]
    assert all("--config .gitleaks.toml" in c and "--exit-code 1" in c for c in scans)


def test_image_scan_fails_and_covers_exactly_what_is_deployed(
    workflows: Workflows, pods: Pods
) -> None:
    job = jobs(workflows["security-scan"])["trivy-image"]
    scanned = {entry["ref"] for entry in job["strategy"]["matrix"]["image"]}
    deployed = {c["image"] for _, pod in pods for c in pod["spec"]["containers"]}
    assert scanned == deployed
    for workflow in workflows.values():
        for any_job in jobs(workflow).values():
            for step in any_job.get("steps", []):
                if step.get("uses", "").startswith("aquasecurity/trivy-action@"):
                    assert step["with"]["exit-code"] == "1"
                    assert step["with"]["severity"] == "HIGH,CRITICAL"


def test_scans_run_before_merge_and_are_called_before_deployment(workflows: Workflows) -> None:
    for name in ("ci", "security-scan"):
        assert {"pull_request", "push", "workflow_call"} <= triggers(workflows[name]).keys()
    for name, last in (("deploy", "deploy"), ("images", "build")):
        graph = jobs(workflows[name])
        assert set(graph[last]["needs"]) == {"ci", "security"}
        assert graph["ci"]["uses"] == "./.github/workflows/ci.yml"
        assert graph["security"]["uses"] == "./.github/workflows/security-scan.yml"


def test_callers_grant_what_the_called_jobs_ask_for(workflows: Workflows) -> None:
    for caller in ("deploy", "images"):
        for job in jobs(workflows[caller]).values():
            if "uses" not in job:
                continue
            called = workflows[Path(job["uses"]).stem]
            for inner in jobs(called).values():
                assert inner["permissions"].items() <= job["permissions"].items(), caller


def test_deployment_waits_for_people_and_files_exist(workflows: Workflows, release: Path) -> None:
    job = jobs(workflows["deploy"])["deploy"]
    assert job["environment"]["name"] == "production"
    text = "\n".join(s.get("run", "") for s in job["steps"])
    named = re.findall(r"--filename (\S+)", text)
    assert len(named) == 4
    assert all((release / name).exists() for name in named)


def test_files_that_the_workflows_name_exist(texts: Texts, release: Path) -> None:
    for text in texts.values():
        for name in re.findall(r"(?:requirements|prometheus|alertmanager)/[\w.-]+", text):
            assert (release / name).is_file(), name
