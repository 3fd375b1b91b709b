"""``pipeline.references``."""

from __future__ import annotations

import pytest

from golive.api import CheckResult
from tests.gates.pipeline.snippets import CI, job, judged, workflow
from tests.gates.saying import codes

SCAN = ".github/workflows/scan.yml"
CALL = "uses: ./.github/workflows/scan.yml\n"
CALLED = workflow({"scan": job("x")}, "workflow_call")


def references(jobs: dict[str, str], more: dict[str, str] | None = None) -> CheckResult:
    return judged("references", {CI: workflow(jobs), **(more or {})})


def test_names_that_lead_somewhere() -> None:
    jobs = {"a": job("x"), "b": job("x", extra="needs: a\n"), "c": f"{CALL}needs: [a, b]\n"}
    assert references(jobs, {SCAN: CALLED}).status.value == "pass"


def test_jobs_that_are_not_there() -> None:
    jobs = {
        "secrets": job("x"),
        "b": job("x", extra="needs: [secret, smoke]\n"),
        "c": job("x", extra="needs: smoke\n"),
    }
    result = references(jobs)
    assert codes(result) == ["near-need", "no-job", "no-job"]
    assert [f.location.line for f in result.findings if f.location] == [10, 10, 15]


def test_circles() -> None:
    jobs = {
        "a": job("x", extra="needs: [b]\n"),
        "b": job("x", extra="needs: [a]\n"),
        "c": job("x", extra="needs: [c, a]\n"),
    }
    result = references(jobs)
    assert codes(result) == ["circle", "circle"]
    assert [f.reason.params["names"] for f in result.findings] == ["a → b", "c"]


@pytest.mark.parametrize(
    ("uses", "code"),
    [
        ("./.github/workflows/gone.yml", "no-workflow"),
        ("./.github/workflows/scan.yml@main", "local-ref"),
        ("$/.github/workflows/gone.yml", "no-workflow"),
        ("./ci/scan.yml", "wrong-folder"),
        ("'${{ vars.WORKFLOW }}'", "expression-in-uses"),
    ],
)
def test_calls_that_lead_nowhere(uses: str, code: str) -> None:
    assert codes(references({"a": f"uses: {uses}\n"}, {SCAN: CALLED})) == [code]


def test_a_remote_workflow_is_left_alone() -> None:
    jobs = {"a": "uses: o/r/.github/workflows/x.yml@v1\n"}
    assert references(jobs).status.value == "pass"


def test_a_workflow_that_cannot_be_called() -> None:
    other = CALLED.replace("on: workflow_call", "on: push")
    assert codes(references({"a": CALL}, {SCAN: other})) == ["not-callable"]


def test_inputs_and_secrets() -> None:
    on = (
        "{workflow_call: {inputs: {image: {type: string, required: true},"
        " tag: {type: string, required: true, default: x}}, secrets: {TOKEN: {required: true}}}}"
    )
    called = {SCAN: workflow({"scan": job("x")}, on)}
    assert codes(references({"a": CALL}, called)) == ["no-input", "no-secret"]
    given = f"{CALL}with: {{Image: x}}\nsecrets: {{token: x}}\n"
    assert codes(references({"a": given}, called)) == []
    handed = f"{CALL}with: {{image: x, imge: y}}\nsecrets: inherit\n"
    assert codes(references({"a": handed}, called)) == ["unknown-input"]
    wrong = f"{CALL}with: {{image: x}}\nsecrets: {{TOKEN: x, OTHER: y}}\n"
    assert codes(references({"a": wrong}, called)) == ["unknown-secret"]


def test_actions() -> None:
    use = "uses: ./.github/actions/setup"
    action = "name: a\ndescription: b\nruns: {using: node20, main: x.js}\n"
    there = {".github/actions/setup/action.yml": action}
    assert references({"a": job(use)}, there).status.value == "pass"
    assert codes(references({"a": job(use)})) == ["no-action"]
    elsewhere = job("{uses: actions/checkout@v4, with: {repository: o/r, path: tools}}", use)
    assert references({"a": elsewhere}).status.value == "inconclusive"
    assert codes(references({"a": job("uses: ${{ vars.X }}")})) == ["expression-in-uses"]


def test_the_syntax_for_the_own_repository() -> None:
    call = "uses: $/.github/workflows/scan.yml\n"
    assert references({"a": call}, {SCAN: CALLED}).status.value == "pass"
    made = job("{uses: actions/checkout@v4, with: {path: x}}", "uses: $/.github/actions/setup")
    assert references({"a": made}).status.value == "fail"


def test_ids_of_steps() -> None:
    assert codes(references({"a": job("{id: x, run: a}", "{id: X, run: b}")})) == ["same-id"]


def test_workflows_that_are_waited_for() -> None:
    after = workflow({"a": job("x")}, "{workflow_run: {workflows: [w], types: [completed]}}")
    after = after.replace("name: w", "name: deploy")
    files = {CI: workflow({"a": job("x")}), SCAN: after}
    assert judged("references", files).status.value == "pass"
    files[CI] = files[CI].replace("name: w", "name: tests")
    assert codes(judged("references", files)) == ["no-such-run"]


GITLAB = """
    stages: [test, deploy]
    .base: {script: [x]}
    scan: {stage: test, extends: .base}
    deploy: {stage: deploy, script: [!reference [.base, script]], needs: [scan]}
    """


def test_gitlab() -> None:
    assert judged("references", {".gitlab-ci.yml": GITLAB}).status.value == "pass"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("extends: .base", "extends: .bse", "no-template"),
        ("[.base, script]", "[.bse, script]", "no-reference"),
        ("stage: deploy,", "stage: ship,", "no-stage"),
        ("needs: [scan]", "needs: [scn]", "no-job"),
        ("stages:", "include: {local: ci/gone.yml}\n    stages:", "no-include"),
    ],
)
def test_gitlab_names_that_lead_nowhere(old: str, new: str, code: str) -> None:
    text = GITLAB.replace(old, new)
    assert text != GITLAB
    assert codes(judged("references", {".gitlab-ci.yml": text})) == [code]


def test_what_another_project_may_bring_is_open() -> None:
    text = GITLAB.replace("extends: .base", "extends: .other")
    text = text.replace("stages:", "include: [{project: a/b}]\n    stages:")
    result = judged("references", {".gitlab-ci.yml": text})
    assert (result.status.value, codes(result)) == ("inconclusive", ["no-template"])
