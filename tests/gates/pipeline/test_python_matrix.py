"""``pipeline.python-matrix``: the versions of Python that the tests really run on."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from golive.api import CheckResult
from golive_gates.pipeline.settings import Settings
from tests.gates.pipeline.efficacy import DEPLOY
from tests.gates.pipeline.snippets import CI, job, judged, workflow
from tests.gates.saying import codes, places

SETUP = "uses: actions/setup-python@v6\nwith: {python-version: '%s'}"
FROM_FILE = "uses: actions/setup-python@v6\nwith: {python-version-file: .python-version}"
FROM_MATRIX = SETUP % "${{ matrix.python }}"


def matrix(text: str) -> str:
    return f"strategy:\n  matrix:\n    {text}\n"


def on(
    *steps: str,
    extra: str = "",
    files: Mapping[str, str] | None = None,
    wanted: tuple[str, ...] = ("3.9", "3.11"),
) -> CheckResult:
    jobs = {
        "test": job(*steps, extra=extra),
        "deploy": job(DEPLOY, extra="environment: production\nneeds: [test]\n"),
    }
    settings = Settings(python_versions=wanted)
    return judged("python-matrix", {CI: workflow(jobs), **(files or {})}, settings=settings)


def told(result: CheckResult) -> tuple[str, list[str]]:
    return result.status.value, codes(result)


def versions(result: CheckResult) -> object:
    return {f.name: f.value for f in result.facts}["python_versions"]


@pytest.mark.parametrize(
    "text",
    [
        'python: ["3.9", "3.11"]',
        'python: ["3.9.18", "3.11-dev", "3.13"]',
        'python: ["3.9"]\n    include: [{python: "3.11"}]',
        'python: ["3.9", "3.11"]\n    os: [a, b]\n    exclude: [{python: "3.9", os: a}]',
        'python: ${{ fromJSON(\'["3.9", "3.11"]\') }}',
        "python: [3.9, 3.11]",
    ],
)
def test_matrices_that_hold_them(text: str) -> None:
    assert told(on(FROM_MATRIX, "pytest", extra=matrix(text))) == ("pass", [])


def test_the_versions_are_told() -> None:
    result = on(FROM_MATRIX, "pytest", extra=matrix('python: ["3.11", "3.9"]'))
    assert versions(result) == "3.9, 3.11"


def test_a_version_without_quotes() -> None:
    result = on(FROM_MATRIX, "pytest", extra=matrix("python: [3.9, 3.10]"), wanted=("3.9", "3.10"))
    assert told(result) == ("fail", ["unquoted"])
    assert result.findings[0].reason.params == {"written": "3.10", "read": "3.1"}
    assert places(result) == ["jobs.test.strategy.matrix.python[1]"]
    step = "uses: actions/setup-python@v6\nwith:\n  python-version: 3.10"
    direct = on(step, "pytest", wanted=("3.10",))
    assert told(direct) == ("fail", ["unquoted"])
    assert places(direct) == ["jobs.test.steps[0].with.python-version"]
    quoted = on(SETUP % "3.10", "pytest", wanted=("3.10",))
    assert told(quoted) == ("pass", [])


def test_a_version_that_is_missing() -> None:
    result = on(FROM_MATRIX, "pytest", extra=matrix('python: ["3.11", "3.12"]'))
    assert told(result) == ("fail", ["version-missing"])
    assert result.findings[0].reason.params == {"version": "3.9", "found": "3.11, 3.12"}


def test_exclude_that_drops_one() -> None:
    text = 'python: ["3.9", "3.11"]\n    exclude: [{python: "3.9"}]'
    result = on(FROM_MATRIX, "pytest", extra=matrix(text))
    assert told(result) == ("fail", ["version-excluded"])
    assert places(result) == ["jobs.test.strategy.matrix.exclude"]


def test_a_version_that_may_fail_or_is_skipped() -> None:
    both = 'python: ["3.9", "3.11"]'
    soft = "continue-on-error: ${{ matrix.python == '3.9' }}\n"
    result = on(FROM_MATRIX, "pytest", extra=matrix(both) + soft)
    assert told(result) == ("fail", ["version-may-fail"])
    skipping = "if: matrix.python != '3.9'\nrun: pytest"
    result = on(FROM_MATRIX, skipping, extra=matrix(both))
    assert told(result) == ("fail", ["version-skipped"])


@pytest.mark.parametrize(
    ("steps", "extra", "what"),
    [
        ((FROM_MATRIX, "pytest"), matrix("python: ${{ vars.P }}"), "${{ vars.P }}"),
        ((SETUP % "${{ vars.PYTHON }}", "pytest"), "", "${{ vars.PYTHON }}"),
        ((SETUP % ">=3.9", "pytest"), "", ">=3.9"),
        ((FROM_FILE, "pytest"), "", ".python-version"),
        (("pytest",), "container: ghcr.io/example/ci:3\n", "ghcr.io/example/ci:3"),
    ],
)  # fmt: skip
def test_what_only_the_run_knows_is_named(steps: tuple[str, ...], extra: str, what: str) -> None:
    result = on(*steps, extra=extra)
    assert result.status.value == "inconclusive"
    assert set(codes(result)) == {"version-unknown"}
    assert {f.reason.params["what"] for f in result.findings} == {what}


def test_an_unknown_matrix_is_no_matter_where_the_version_is_fixed() -> None:
    result = on(
        SETUP % "3.9", "pytest", extra=matrix("os: ${{ fromJSON(vars.OS) }}"), wanted=("3.9",)
    )
    assert told(result) == ("pass", [])


@pytest.mark.parametrize(
    ("steps", "extra"),
    [
        (("pytest",), "container: python:3.9-slim\n"),
        (("pytest",), matrix('v: ["3.9"]') + "container: python:${{ matrix.v }}\n"),
        (("python3.9 -m pytest",), ""),
        (("uv run --python 3.9 pytest",), ""),
        (("uv python install 3.9\nuv run pytest".replace("\n", " && "),), ""),
        (("uses: astral-sh/setup-uv@v6\nwith: {python-version: '3.9'}", "uv run pytest"), ""),
        (("docker run --rm python:3.9-slim pytest",), ""),
        ((SETUP % "3.12", SETUP % "3.9", "pytest"), ""),
        ((SETUP % "3.9", "make test"), ""),
        ((SETUP % "3.9", "tox -e py"), ""),
        ((SETUP % "3.9", "nox -s tests"), ""),
    ],
)
def test_other_ways_to_say_it(steps: tuple[str, ...], extra: str) -> None:
    files = {"Makefile": "test:\n\tpytest\n", "noxfile.py": "@nox.session\ndef tests(s): ...\n"}
    result = on(*steps, extra=extra, files=files, wanted=("3.9",))
    assert (told(result), versions(result)) == (("pass", []), "3.9")


def test_nothing_stated_is_no_version() -> None:
    result = on("pytest", wanted=("3.9",))
    assert told(result) == ("fail", ["version-unstated"])
    assert len(on("pytest", wanted=("3.9", "3.11")).findings) == 1
    assert told(on(SETUP % "pypy3.9", "pytest", wanted=("3.9",)))[1] == ["version-missing"]


TOX = "[tox]\nenv_list = py{39,311}, lint\n"
BOTH = "uses: actions/setup-python@v6\nwith:\n  python-version: |\n    3.9\n    3.11\n"


def test_tox_runs_what_it_lists_and_the_job_has() -> None:
    assert told(on(BOTH, "tox", files={"tox.ini": TOX})) == ("pass", [])
    assert told(on(BOTH, "tox run -e py39,py311")) == ("pass", [])
    assert told(on(BOTH, "pytest")) == ("fail", ["version-missing"])
    single = on(SETUP % "3.11", "tox", files={"tox.ini": TOX})
    assert told(single) == ("fail", ["version-missing"])
    by_matrix = "tox -e ${{ matrix.env }}"
    text = 'include: [{python: "3.9", env: py39}, {python: "3.11", env: py311}]'
    assert told(on(FROM_MATRIX, by_matrix, extra=matrix(text))) == ("pass", [])
    crossed = 'include: [{python: "3.9", env: py39}, {python: "3.11", env: py39}]'
    assert told(on(FROM_MATRIX, by_matrix, extra=matrix(crossed)))[0] == "fail"


def test_several_jobs_together() -> None:
    jobs = {
        "old": job(SETUP % "3.9", "pytest"),
        "new": job(SETUP % "3.11", "pytest"),
        "deploy": job(DEPLOY, extra="environment: production\nneeds: [old, new]\n"),
    }
    assert told(judged("python-matrix", workflow(jobs))) == ("pass", [])
    jobs["deploy"] = jobs["deploy"].replace("[old, new]", "[new]")
    assert told(judged("python-matrix", workflow(jobs))) == ("fail", ["version-missing"])


def test_a_called_workflow_is_given_its_version() -> None:
    called = workflow(
        {"test": job(SETUP % "${{ inputs.python }}", "pytest")},
        on="{workflow_call: {inputs: {python: {type: string}}}}",
    )
    jobs = {
        f"test{n}": f"uses: ./.github/workflows/test.yml\nwith: {{python: '{v}'}}\n"
        for n, v in enumerate(("3.9", "3.11"))
    }
    jobs["deploy"] = job(DEPLOY, extra="environment: production\nneeds: [test0, test1]\n")
    files = {CI: workflow(jobs), ".github/workflows/test.yml": called}
    assert told(judged("python-matrix", files)) == ("pass", [])


def test_nothing_of_python() -> None:
    result = judged("python-matrix", workflow({"test": job("go test ./...")}))
    assert (result.status.value, result.reason.code) == ("not-applicable", "no-python")


def test_python_without_tests_of_its_own() -> None:
    files = {"app.py": ""}
    other = on("go test ./...", files=files)
    assert told(other) == ("fail", ["no-python-tests"])
    none = on("echo", files=files)
    assert (none.status.value, none.blocked_by) == ("inconclusive", "pipeline.tests")
    idle = judged("python-matrix", {CI: workflow({"lint": job("ruff check")}), **files})
    assert (idle.status.value, idle.blocked_by) == ("inconclusive", "pipeline.tests")


def test_what_cannot_be_read_keeps_it_from_passing() -> None:
    result = judged("python-matrix", workflow({"test": job("go test")}), problems=1)
    assert (result.status.value, result.blocked_by) == ("inconclusive", "pipeline.parse")
