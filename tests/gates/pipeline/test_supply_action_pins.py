"""``pipeline.action-pins``."""

from __future__ import annotations

import pytest

from tests.gates.pipeline.snippets import job, judged, workflow
from tests.gates.saying import codes, places

COMMIT = "49d2079995ca95988bf2508d7f20b244d4760a97"
DIGEST = "sha256:" + "5" * 64


def using(*uses: str) -> str:
    return workflow({"test": job(*(f"uses: {u}" for u in uses))})


@pytest.mark.parametrize(
    "uses",
    [
        f"actions/checkout@{COMMIT}",
        f"actions/checkout@{COMMIT.upper()}",
        f"github/codeql-action/init@{COMMIT} # v3",
        f"docker://alpine@{DIGEST}",
        f"docker://ghcr.io/a/b:1.2@{DIGEST}",
    ],
)
def test_what_is_pinned(uses: str) -> None:
    assert judged("action-pins", using(uses)).status.value == "pass"


@pytest.mark.parametrize(
    ("uses", "code"),
    [
        ("actions/checkout@v6", "moving"),
        ("actions/checkout@main", "moving"),
        ("github/codeql-action/init@v3.1.0", "moving"),
        ("actions/checkout@49d2079", "short-commit"),
        (f"actions/checkout@{COMMIT[:39]}", "short-commit"),
        (f"actions/checkout@{COMMIT}0", "moving"),
        ("actions/checkout@deadbeef", "moving"),
        ("actions/checkout", "no-ref"),
        ("actions/checkout@", "no-ref"),
        ("docker://alpine:3.20", "docker-tag"),
        ("docker://alpine@sha256:12", "docker-tag"),
    ],
)
def test_what_is_not(uses: str, code: str) -> None:
    result = judged("action-pins", using(f"actions/cache@{COMMIT}", uses))
    assert (result.status.value, codes(result)) == ("fail", [code])
    assert places(result) == ["jobs.test.steps[1].uses"]


def test_what_is_the_repositorys_own_needs_no_pin() -> None:
    files = {
        ".github/workflows/ci.yml": using("./actions/x"),
        "actions/x/action.yml": "name: x\nruns:\n  using: composite\n  steps: []\n",
    }
    assert judged("action-pins", files).status.value == "not-applicable"


def test_reusable_workflows_and_local_actions_are_looked_at() -> None:
    files = {
        ".github/workflows/ci.yml": """\
            on: push
            jobs:
              scan:
                uses: other/repository/.github/workflows/scan.yml@main
              own:
                runs-on: ubuntu-24.04
                steps:
                  - uses: ./actions/x
            """,
        "actions/x/action.yml": """\
            name: x
            description: x
            runs:
              using: composite
              steps:
                - uses: actions/cache@v4
            """,
        "actions/y/action.yml": """\
            name: y
            description: y
            runs:
              using: docker
              image: docker://alpine:3
            """,
    }
    result = judged("action-pins", files)
    assert sorted(codes(result)) == ["docker-tag", "moving", "moving"]


def test_a_workflow_that_is_not_read_keeps_it_from_passing() -> None:
    result = judged("action-pins", using(f"actions/checkout@{COMMIT}"), problems=1)
    assert (result.status.value, result.blocked_by) == ("inconclusive", "pipeline.parse")
