"""``pipeline.schema``."""

from __future__ import annotations

import pytest

from golive.api import CheckResult
from golive_gates.pipeline.schemas.near import near
from tests.gates.pipeline.snippets import job, judged, workflow
from tests.gates.saying import codes, places

GOOD = workflow({"test": job("pytest")})


def schema(text: str) -> CheckResult:
    return judged("schema", text)


def said(result: CheckResult) -> list[tuple[str, str, str]]:
    return [
        (f.reason.code, f.json_path, "fail" if f.status is None else f.status.value)
        for f in result.findings
    ]


def test_a_valid_workflow() -> None:
    assert schema(GOOD).status.value == "pass"


JOB = "jobs.test"
STEP = "jobs.test.steps[0]"


@pytest.mark.parametrize(
    ("extra", "finding"),
    [
        ("timeout-minuts: 3", ("misspelt-key", f"{JOB}.timeout-minuts", "fail")),
        ("timeout-minutes: ten", ("type", f"{JOB}.timeout-minutes", "fail")),
        ("continue-on-error: 'true'", ("type", f"{JOB}.continue-on-error", "warn")),
        ("brand-new: 1", ("unknown-key", f"{JOB}.brand-new", "warn")),
        ("needs: {a: b}", ("type", f"{JOB}.needs", "fail")),
        ("strategy: {matrix: {v: []}}", ("too-few", f"{JOB}.strategy.matrix.v", "fail")),
        ("permissions: {content: read}", ("misspelt-key", f"{JOB}.permissions.content", "fail")),
        ("permissions: {contents: all}", ("unknown-word", f"{JOB}.permissions.contents", "fail")),
        ("permissions: readall", ("misspelt-word", f"{JOB}.permissions", "fail")),
        ("concurrency: {cancel-in-progress: true}", ("missing", f"{JOB}.concurrency", "fail")),
        ("uses: ./x.yml", ("uses-and-steps", JOB, "fail")),
    ],
)
def test_the_mistake_in_a_job_is_named(extra: str, finding: tuple[str, str, str]) -> None:
    result = schema(workflow({"test": job("pytest", extra=f"{extra}\n")}))
    assert said(result) == [finding]
    assert result.findings[0].location is not None
    assert result.findings[0].location.line is not None


@pytest.mark.parametrize(
    ("step", "finding"),
    [
        ("{run: x, uses: y}", ("uses-and-run", STEP, "fail")),
        ("{name: x}", ("missing-all", STEP, "fail")),
        ("{uses: x, shell: bash}", ("only-with", f"{STEP}.shell", "fail")),
        ("{run: x, continue-on-eror: true}", ("misspelt-key", f"{STEP}.continue-on-eror", "fail")),
        ("{run: [x]}", ("type", f"{STEP}.run", "fail")),
    ],
)
def test_the_mistake_in_a_step_is_named(step: str, finding: tuple[str, str, str]) -> None:
    assert said(schema(workflow({"test": job(step)}))) == [finding]


@pytest.mark.parametrize(
    ("jobs", "finding"),
    [
        ("{}", ("too-few", "jobs", "fail")),
        ("{test: null}", ("type", JOB, "fail")),
        ("{test: [1]}", ("type", JOB, "fail")),
        ("{test: 3}", ("type", JOB, "fail")),
        ("{test: {steps: [{run: x}]}}", ("missing", JOB, "fail")),
        ("{'a b': {runs-on: x, steps: [{run: x}]}}", ("name", "jobs.a b", "fail")),
        ("{test: {run-on: x, steps: [{run: x}]}}", ("misspelt-key", f"{JOB}.run-on", "fail")),
        ("{test: {runs-on: x, steps: [x]}}", ("type", STEP, "fail")),
    ],
)
def test_odd_jobs(jobs: str, finding: tuple[str, str, str]) -> None:
    text = f"on: push\njobs: {jobs}\n"
    assert said(schema(text)) == [finding]


@pytest.mark.parametrize(
    ("on", "finding"),
    [
        ("pusch", ("misspelt-word", "on", "fail")),
        ("[push, brand_new]", ("unknown-word", "on[1]", "warn")),
        ("{brand_new: {types: [x]}}", ("unknown-key", "on.brand_new", "warn")),
        ("{schedule: {cron: '1 2 3 4 5'}}", ("type", "on.schedule", "fail")),
        (
            "{workflow_call: {inputs: {a: {type: str}}}}",
            ("unknown-word", "on.workflow_call.inputs.a.type", "fail"),
        ),
        (
            "{workflow_call: {inputs: {a: {required: true}}}}",
            ("missing", "on.workflow_call.inputs.a", "fail"),
        ),
    ],
)
def test_triggers(on: str, finding: tuple[str, str, str]) -> None:
    assert said(schema(workflow({"test": job("x")}, on))) == [finding]


@pytest.mark.parametrize(
    "extra",
    [
        "timeout-minutes: ${{ fromJSON(vars.T) }}",
        "continue-on-error: ${{ matrix.x }}",
        "services: ${{ fromJSON(vars.S) }}",
        "env: {A: 1, B: true, C: null, D: 1.5}",
        "environment: 3",
        "name: 3",
        "strategy: {matrix: '${{ fromJSON(x) }}'}",
        "strategy: {matrix: {v: '${{ fromJSON(x) }}', include: '${{ fromJSON(y) }}'}}",
        "if: false",
        "needs: []",
        "strategy: {fail-fast: false}",
        "permissions:",
    ],
)
def test_what_github_takes(extra: str) -> None:
    assert said(schema(workflow({"test": job("x", extra=f"{extra}\n")}))) == []


@pytest.mark.parametrize(
    ("name", "known", "meant"),
    [
        ("timeout-minuts", ("timeout-minutes",), "timeout-minutes"),
        ("timeoutMinutes", ("timeout-minutes",), "timeout-minutes"),
        ("psuh", ("push", "fork"), "push"),
        ("if", ("id",), ""),
        ("node26", ("node20", "node24"), ""),
        ("exclude-paths", ("exclude-patterns",), ""),
        ("x" * 70, ("x" * 69,), ""),
        ("a", (), ""),
    ],
)
def test_what_was_meant_is_told_only_when_it_is_near(
    name: str, known: tuple[str, ...], meant: str
) -> None:
    assert near(name, known) == meant


def test_numbers_pass_for_names_of_branches() -> None:
    on = "{push: {branches: [1.0, 2], tags: [3]}}"
    assert schema(workflow({"test": job("x")}, on)).status.value == "pass"


def test_a_value_that_may_be_a_secret_is_not_shown() -> None:
    value = "sk-" + "a1B2" * 12
    result = schema(workflow({"test": job("x")}, f"[push, {value}]"))
    assert codes(result) == ["unknown-word"]
    assert value not in repr(result)


def test_a_composite_action() -> None:
    action = "name: a\ndescription: b\nruns:\n  using: composite\n  steps:\n    - run: x\n"
    result = judged("schema", {"x/action.yml": action, "y.yml": GOOD})
    assert (codes(result), places(result)) == (["missing"], ["runs.steps[0]"])
    whole = action.replace("run: x\n", "run: x\n      shell: bash\n")
    assert judged("schema", {"x/action.yml": whole}).status.value == "pass"
    unnamed = whole.replace("name: a\ndescription: b\n", "")
    assert judged("schema", {"x/action.yml": unnamed}).status.value == "warn"


def test_dependabot() -> None:
    path = ".github/dependabot.yml"
    text = """
        version: 2
        updates:
          - package-ecosystem: pip
            directory: /
            schedule: {interval: weekly}
        """
    files = {".github/workflows/ci.yml": GOOD, path: text}
    assert judged("schema", files).status.value == "pass"
    wrong = text.replace("directory", "directry")
    result = judged("schema", {**files, path: wrong})
    assert "misspelt-key" in codes(result)
    assert codes(judged("schema", {**files, path: "- a\n"})) == ["not-read"]


def test_gitlab() -> None:
    good = "include: [{local: /x.yml}]\ntest:\n  script:\n    - !reference [.a, script]\n    - x\n"
    assert judged("schema", {".gitlab-ci.yml": good}).status.value == "pass"
    result = judged("schema", {".gitlab-ci.yml": good + "  allow_failur: true\n"})
    assert said(result) == [("misspelt-key", "test.allow_failur", "fail")]
    result = judged("schema", {".gitlab-ci.yml": good + "  when: sometimes\n"})
    assert said(result) == [("unknown-word", "test.when", "fail")]


def test_what_cannot_be_read_keeps_it_from_passing() -> None:
    result = judged("schema", GOOD, problems=1)
    assert (result.status.value, result.blocked_by) == ("inconclusive", "pipeline.parse")


def test_many_mistakes_are_told_up_to_a_bound() -> None:
    jobs = {f"j{n}": job("x", extra="timeout-minuts: 1\n") for n in range(60)}
    assert len(schema(workflow(jobs)).findings) == 20
