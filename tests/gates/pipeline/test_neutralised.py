"""``pipeline.neutralised``: everything between a scan and the deployment."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from golive.api import CheckResult
from tests.gates.pipeline.efficacy import DEPLOY, neutralised, pipeline
from tests.gates.pipeline.snippets import job, judged, workflow
from tests.gates.saying import codes, places


def told(result: CheckResult) -> tuple[str, list[str]]:
    return result.status.value, codes(result)


def test_scans_that_count() -> None:
    result = neutralised()
    assert told(result) == ("pass", [])
    assert {f.name: f.value for f in result.facts} == {"scans_before_deployments": 3}


SHELL = {
    "gitleaks git . || true": "shell-or-true",
    "set +e\ngitleaks git .\necho done": "shell-errexit-off",
    "gitleaks git . | tee scan.log": "shell-pipe",
    "gitleaks git . && echo clean\necho done": "shell-and-list",
    "if ! gitleaks git .; then echo found; fi": "shell-condition",
    "gitleaks git . &\necho on": "shell-background",
    'echo "$(gitleaks git .)"': "shell-substitution",
    "trap 'exit 0' EXIT\ngitleaks git .": "shell-trap-exit",
    "exit 0\ngitleaks git .": "shell-not-run",
    "! gitleaks git .": "shell-negated",
}


@pytest.mark.parametrize(("run", "code"), SHELL.items())
def test_the_script_around_it(run: str, code: str) -> None:
    result = neutralised(run)
    assert told(result) == ("fail", [code])
    line = next(n for n, text in enumerate(run.splitlines()) if "gitleaks" in text)
    there = pipeline(run).splitlines().index("        run: |") + 2
    assert result.findings[0].location is not None
    assert result.findings[0].location.line == there + line


@pytest.mark.parametrize(
    ("run", "shell"),
    [
        ("gitleaks git . | tee scan.log", "bash"),
        ("set -o pipefail\ngitleaks git . | tee scan.log", ""),
        ("gitleaks git . || exit 1", ""),
        ("if ! gitleaks git .; then echo found; exit 1; fi", ""),
        ("set +e\ngitleaks git .\nrc=$?\nset -e\nexit $rc", ""),
        ("gitleaks git .\necho clean", "sh"),
    ],
)
def test_scripts_that_fail_as_they_should(run: str, shell: str) -> None:
    assert told(neutralised(run, shell=shell)) == ("pass", [])


def test_what_the_script_leaves_open_is_not_passed() -> None:
    assert told(neutralised('gitleaks git . || [ "$SOFT" = 1 ]')) == (
        "inconclusive",
        ["shell-unsure"],
    )


def test_a_script_of_the_repository() -> None:
    files = {
        ".github/workflows/ci.yml": pipeline("scripts/scan.sh"),
        "scripts/scan.sh": "#!/bin/bash\n\ngitleaks git .\necho done\n",
    }
    result = judged("neutralised", files)
    assert told(result) == ("fail", ["shell-errexit-off"])
    assert result.findings[0].location is not None
    assert str(result.findings[0].location).endswith("scripts/scan.sh:3")


def test_continue_on_error() -> None:
    step = neutralised(step="continue-on-error: true")
    assert told(step) == ("fail", ["continue-on-error-step"])
    assert places(step) == ["jobs.test.steps[0].continue-on-error"]
    folded = neutralised(step="continue-on-error: ${{ 1 == 1 }}")
    assert told(folded) == ("fail", ["continue-on-error-step"])
    assert told(neutralised(step="continue-on-error: false")) == ("pass", [])
    unknown = neutralised(step="continue-on-error: ${{ vars.SOFT == 'true' }}")
    assert told(unknown) == ("inconclusive", ["continue-on-error-unknown"])


def test_continue_on_error_of_a_job_holds_for_all_its_scans() -> None:
    result = neutralised(scanning="continue-on-error: true")
    assert result.status.value == "fail"
    assert set(codes(result)) == {"continue-on-error-job"}
    assert {f.reason.params["kind"] for f in result.findings} == {
        *("secret-scan", "image-scan", "tests")
    }


def test_conditions_that_never_hold() -> None:
    step = neutralised(step="if: false")
    assert told(step) == ("fail", ["never-step"])
    assert places(step) == ["jobs.test.steps[0].if"]
    assert set(codes(neutralised(scanning="if: ${{ false && success() }}"))) == {"never-job"}
    assert told(neutralised(step="if: success()")) == ("pass", [])
    unknown = neutralised(step="if: vars.SCAN == 'true'")
    assert told(unknown) == ("inconclusive", ["condition-unknown"])
    # A deployment is skipped with the job that it needs.
    assert told(neutralised(scanning="if: vars.SCAN == 'true'")) == ("pass", [])


@pytest.mark.parametrize("condition", ["always()", "${{ !cancelled() }}", "success() || failure()"])
def test_a_deployment_after_a_failure(condition: str) -> None:
    result = neutralised(deploying=f'if: "{condition}"')
    assert result.status.value == "fail"
    assert set(codes(result)) == {"runs-anyway"}
    assert set(places(result)) == {"jobs.deploy.if"}
    assert result.findings[0].subject == "ci.yml: deploy"


@pytest.mark.parametrize(
    "condition",
    [
        "always() && needs.test.result == 'success'",
        "github.ref == 'refs/heads/main'",
        "!failure() && !cancelled() && needs.test.result == 'success'",
        "success()",
    ],
)
def test_a_deployment_that_asks_for_success(condition: str) -> None:
    assert told(neutralised(deploying=f'if: "{condition}"')) == ("pass", [])


def test_a_deployment_in_the_job_of_the_scan() -> None:
    def judged_with(condition: str) -> CheckResult:
        last = f"name: Apply\nrun: {DEPLOY}\n{condition}"
        steps = ("gitleaks git .", "trivy image example:1", "pytest", last)
        return judged("neutralised", workflow({"deploy": job(*steps)}))

    assert told(judged_with("")) == ("pass", [])
    result = judged_with("if: always()")
    assert (result.status.value, set(codes(result))) == ("fail", {"step-runs-anyway"})
    assert set(places(result)) == {"jobs.deploy.steps[3].if"}


def test_a_second_scan_of_the_same_reach_still_stops_it() -> None:
    spared = neutralised("gitleaks git . || true", more=("gitleaks git --redact .",))
    assert told(spared) == ("warn", ["shell-or-true"])
    tree = neutralised("gitleaks git . || true", more=("gitleaks dir .",))
    assert told(tree) == ("fail", ["shell-or-true"])


def test_without_a_scan_or_a_deployment_another_check_is_the_cause() -> None:
    bare = judged(
        "neutralised", workflow({"deploy": job(DEPLOY, extra="environment: production\n")})
    )
    assert bare.status.value == "inconclusive"
    assert bare.blocked_by in {"pipeline.secret-scan", "pipeline.tests"}
    idle = judged("neutralised", workflow({"test": job("pytest")}))
    assert (idle.status.value, idle.reason.code) == ("inconclusive", "no-deploy")
    lost = judged("neutralised", workflow({"test": job("pytest || true")}))
    assert told(lost) == ("fail", ["shell-or-true"])


def test_what_cannot_be_read_keeps_it_from_passing() -> None:
    result = judged("neutralised", pipeline(), problems=1)
    assert (result.status.value, result.blocked_by) == ("inconclusive", "pipeline.parse")


WORDS = st.sampled_from(
    ["true", "false", "[]", "{}", "0", "''", "null", "${{ }}", "${{ always( }}", "'${{ x'", "3.1"]
)


@limits(max_examples=60)
@given(WORDS, WORDS, WORDS, st.text(alphabet="gitleaks .|&;(){}$\"'`\\<>!", max_size=30))
def test_odd_values_break_nothing(one: str, two: str, three: str, run: str) -> None:
    text = pipeline(
        step=f"continue-on-error: {one}\nif: {two}\nshell: {three}",
        scanning=f"continue-on-error: {three}\nif: {one}\nstrategy:\n  matrix: {two}",
        deploying=f"if: {three}",
        more=(f"name: odd\nrun: |\n  {run.strip() or 'gitleaks'}",),
    )
    assert judged("neutralised", text).status.value in {"pass", "fail", "inconclusive", "warn"}
    assert judged("python-matrix", text).status.value in {"fail", "inconclusive"}
