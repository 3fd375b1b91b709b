"""``pipeline.token-permissions``."""

from __future__ import annotations

import pytest

from tests.gates.pipeline.snippets import job, judged, workflow
from tests.gates.saying import codes

CI = ".github/workflows/ci.yml"
CALLED = ".github/workflows/called.yml"
READ = "permissions: {contents: read}\n"


def test_each_job_has_its_own() -> None:
    text = workflow(
        {"a": job("x", extra=READ), "b": job("x", extra=READ)}, extra="permissions: {}\n"
    )
    assert judged("token-permissions", text).status.value == "pass"


def test_nothing_stated_only_warns() -> None:
    result = judged("token-permissions", workflow({"a": job("x"), "b": job("x")}))
    assert (result.status.value, codes(result)) == ("warn", ["not-stated"])


def test_a_called_workflow_has_its_callers() -> None:
    text = workflow({"a": job("x")}, on="workflow_call")
    assert judged("token-permissions", text).status.value == "pass"


@pytest.mark.parametrize("where", ["job", "workflow"])
def test_everything_may_be_written(where: str) -> None:
    extra = "permissions: write-all\n"
    text = (
        workflow({"a": job("x", extra=extra)})
        if where == "job"
        else workflow({"a": job("x")}, extra=extra)
    )
    result = judged("token-permissions", text)
    assert (result.status.value, codes(result)) == ("fail", ["write-all"])


def test_a_whole_workflow_may_write_what_one_job_needs() -> None:
    extra = "permissions: {contents: read, packages: write}\n"
    both = judged("token-permissions", workflow({"a": job("x"), "b": job("x")}, extra=extra))
    assert (both.status.value, codes(both)) == ("warn", ["for-all-jobs"])
    one = workflow({"a": job("x"), "b": job("x", extra=READ)}, extra=extra)
    assert judged("token-permissions", one).status.value == "pass"


@pytest.mark.parametrize(
    ("has", "wants", "status"),
    [
        ("{contents: read}", "{contents: read}", "pass"),
        ("{contents: write}", "{contents: read}", "pass"),
        ("write-all", "{contents: write}", "fail"),  # for its own sake
        ("read-all", "{contents: read, packages: read}", "pass"),
        ("{contents: read}", "{contents: write}", "fail"),
        ("{}", "{contents: read}", "fail"),
        ("read-all", "{id-token: write}", "fail"),
        ("{contents: read}", "read-all", "fail"),
        ("{contents: read}", "{contents: none}", "pass"),
    ],
)
def test_what_a_called_workflow_asks_for(has: str, wants: str, status: str) -> None:
    files = {
        CI: f"on: push\njobs:\n  a:\n    permissions: {has}\n    uses: ./{CALLED}\n",
        CALLED: workflow({"b": job("x", extra=f"permissions: {wants}\n")}, on="workflow_call"),
    }
    result = judged("token-permissions", files)
    assert result.status.value == status
    assert codes(result) == (
        [] if status == "pass" else ["write-all" if has == "write-all" else "exceeds-caller"]
    )


def test_what_is_no_permission_is_left_to_the_schema() -> None:
    text = workflow({"a": job("x", extra="permissions: [contents]\n")})
    assert judged("token-permissions", text).status.value == "pass"
