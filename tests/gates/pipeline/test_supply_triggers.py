"""``pipeline.triggers``."""

from __future__ import annotations

import pytest

from tests.gates.pipeline.snippets import job, judged, workflow
from tests.gates.saying import codes, places

HEAD = "${{ github.event.pull_request.head.sha }}"
OWN = "github.event.pull_request.head.repo.full_name == github.repository"


def checkout(**inputs: str) -> str:
    lines = "".join(f"    {name}: {value}\n" for name, value in inputs.items())
    return f"uses: actions/checkout@v6\nwith:\n{lines}"


def run_on(event: str, *steps: str, extra: str = "") -> str:
    return workflow({"build": job(*steps, extra=extra)}, on=event)


@pytest.mark.parametrize(
    ("event", "step"),
    [
        ("pull_request_target", checkout(ref=HEAD)),
        ("pull_request_target", checkout(ref="${{ github.head_ref }}")),
        ("pull_request_target", checkout(ref="refs/pull/${{ github.event.number }}/merge")),
        (
            "pull_request_target",
            checkout(repository="${{ github.event.pull_request.head.repo.full_name }}"),
        ),
        ("pull_request_target", "gh pr checkout ${{ github.event.number }}"),
        ("pull_request_target", "git fetch origin pull/${{ github.event.number }}/head"),
        ("pull_request_target", f"git checkout {HEAD}"),
        ("pull_request_target", f"{{run: git checkout $SHA, env: {{SHA: '{HEAD}'}}}}"),
        ("issue_comment", checkout(ref="refs/pull/${{ github.event.issue.number }}/head")),
        ("issue_comment", "gh pr checkout $NUMBER"),
        ("workflow_run", checkout(ref="${{ github.event.workflow_run.head_sha }}")),
        ("workflow_run", checkout(ref="${{ github.event.workflow_run.head_branch }}")),
    ],
)
def test_the_code_of_a_stranger(event: str, step: str) -> None:
    on = "{workflow_run: {workflows: [elsewhere]}}" if event == "workflow_run" else event
    result = judged("triggers", run_on(on, step))
    assert (result.status.value, codes(result)) == ("fail", ["runs-strangers"])
    assert places(result) == ["jobs.build.steps[0]"]


@pytest.mark.parametrize(
    ("event", "step"),
    [
        ("pull_request", checkout(ref=HEAD)),
        ("push", checkout(ref=HEAD)),
        ("pull_request_target", "uses: actions/checkout@v6"),
        ("pull_request_target", checkout(ref="${{ github.event.pull_request.base.sha }}")),
        ("pull_request_target", f"echo {HEAD}"),
        ("pull_request_target", "uses: actions/labeler@v5"),
        ("issue_comment", "uses: actions/checkout@v6"),
    ],
)
def test_what_runs_none(event: str, step: str) -> None:
    assert judged("triggers", run_on(event, step)).status.value == "pass"


@pytest.mark.parametrize(
    ("event", "condition", "status"),
    [
        ("pull_request_target", OWN, "pass"),
        ("pull_request_target", "'!github.event.pull_request.head.repo.fork'", "pass"),
        ("pull_request_target", "github.event.label.name == 'safe to test'", "warn"),
        ("pull_request_target", "github.actor != 'dependabot[bot]'", "fail"),
    ],
)
def test_conditions(event: str, condition: str, status: str) -> None:
    text = run_on(event, checkout(ref=HEAD), extra=f"if: {condition}\n")
    assert judged("triggers", text).status.value == status


def test_a_run_after_another_that_no_fork_starts() -> None:
    files = {
        ".github/workflows/ci.yml": workflow({"a": job("x")}, on="{push: {branches: [main]}}"),
        ".github/workflows/after.yml": run_on(
            "{workflow_run: {workflows: [w]}}",
            checkout(ref="${{ github.event.workflow_run.head_sha }}"),
        ).replace("name: w", "name: after"),
    }
    assert judged("triggers", files).status.value == "pass"
    files[".github/workflows/ci.yml"] = workflow({"a": job("x")}, on="pull_request")
    assert judged("triggers", files).status.value == "fail"


def test_the_condition_of_a_caller_counts() -> None:
    called = ".github/workflows/called.yml"
    files = {
        ".github/workflows/ci.yml": "on: pull_request_target\njobs:\n  a:\n"
        f"    if: {OWN}\n    uses: ./{called}\n",
        called: run_on("workflow_call", checkout(ref=HEAD)),
    }
    assert judged("triggers", files).status.value == "pass"
    files[".github/workflows/ci.yml"] = (
        f"on: pull_request_target\njobs:\n  a:\n    uses: ./{called}\n"
    )
    result = judged("triggers", files)
    assert (result.status.value, len(codes(result))) == ("fail", 1)


def test_own_machines_of_a_public_repository() -> None:
    text = workflow({"a": "runs-on: [self-hosted, linux]\nsteps:\n  - run: x\n"}, on="pull_request")
    files = {".github/workflows/ci.yml": text}
    assert judged("triggers", files).status.value == "pass"
    result = judged("triggers", {**files, "LICENSE": "MIT"})
    assert (result.status.value, codes(result)) == ("warn", ["own-machine"])
