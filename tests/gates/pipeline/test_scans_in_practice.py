"""Pipelines as projects write them: where tests and scans hide, and what is known of them."""

from __future__ import annotations

import pytest

from golive_gates.pipeline.looking import runs_of
from golive_gates.pipeline.scans.found import gaps_in, scans_of
from golive_gates.pipeline.scans.gating import gates_of
from golive_gates.pipeline.scans.judging import causes_of
from golive_gates.pipeline.scans.model import Scan
from tests.gates.pipeline.scanning import DEPLOY, SCANS, deploying, repository, scans, whole
from tests.gates.pipeline.snippets import CI, job, judged, workflow
from tests.gates.saying import codes

CONFIG = ".pre-commit-config.yaml"


def kinds(found: list[Scan]) -> list[str]:
    return [s.kind for s in found]


@pytest.mark.parametrize(
    "command",
    [
        "npx nx run-many -t lint test",
        "npx nx affected --target=test",
        "npx turbo run test",
        "bundle exec rake test",
        "bin/rails test",
        "php artisan test",
        "vendor/bin/pest",
        "composer test",
        "mix test",
        "npx playwright test",
        "node --test",
        "sbt test",
        "pdm run test",
        "pipenv run tests",
        "pixi run test",
        "hatch run test:run",
        "hatch run all:test",
        "poetry run poe test",
        "earthly +test",
        "bazel test //...",
        "cmake --build build --target test",
        "docker build --target test .",
        "docker compose -f test.yml up --abort-on-container-exit --exit-code-from sut",
        "{uses: nick-fields/retry@v3, with: {max_attempts: 3, command: pytest tests}}",
    ],
)
def test_programs_that_run_tests(command: str) -> None:
    assert kinds(scans(command)) == ["tests"]


@pytest.mark.parametrize(
    "command",
    [
        "npx nx run-many -t lint",
        "pdm run lint",
        "docker compose up -d",
        "docker build --target runtime .",
        "terraform plan",
        "node index.js",
        "test -f pyproject.toml",
        "{uses: nick-fields/retry@v3, with: {command: curl example.com}}",
    ],
)
def test_programs_that_do_not(command: str) -> None:
    assert scans(command) == []


def test_a_retry_that_forgives_is_no_gate() -> None:
    (scan,) = scans(
        "{uses: nick-fields/retry@v3, with: {command: gitleaks git ., continue_on_error: true}}"
    )
    assert (scan.options.stops, scan.options.why) == (False, "soft-fail")


def test_the_action_of_pre_commit_runs_its_hooks() -> None:
    hooks = "repos:\n- {repo: x, rev: v1, hooks: [{id: %s}]}\n"
    action = "uses: pre-commit/action@v3"
    (found,) = scans(action, files={CONFIG: hooks % "detect-secrets"})
    assert (found.tool, found.options.scope) == ("detect-secrets", "tree")
    (staged,) = scans(action, files={CONFIG: hooks % "gitleaks"})
    assert staged.options.scope == "staged"
    assert scans(action, files={CONFIG: hooks % "ruff"}) == []


def test_scripts_without_an_ending_are_followed() -> None:
    files = {"script/test": "#!/bin/sh\nset -e\npytest\n", "bin/scan": "gitleaks git .\n"}
    assert kinds(scans("script/test", "./bin/scan", files=files)) == ["tests", "secret-scan"]


@pytest.mark.parametrize(
    ("command", "gap"),
    [
        ("script/cibuild", "script/cibuild"),
        ("python tools/run_tests.py", "tools/run_tests.py"),
        ("./scripts/scan_secrets.py", "./scripts/scan_secrets.py"),
        ("npm run secrets", "npm run secrets"),
        ("tox -e secret-scan", "tox -e secret-scan"),
        ("npm run build", ""),
        ("python tools/bump_version.py", ""),
        ("./gradlew assemble", ""),
        ("vendor/bin/phpstan", ""),
    ],
)
def test_what_may_hold_a_scan(command: str, gap: str) -> None:
    found = repository(workflow({"one": job(command)}))
    (run,) = runs_of(found)
    gaps = gaps_in(run, tuple(run.nodes.values()), found)
    assert [g.what for g in gaps] == ([gap] if gap else [])


@pytest.mark.parametrize(
    ("command", "seen"),
    [
        ("gitleaks git .", ["secret-scan"]),
        ('name: s\nshell: pwsh\nrun: "gitleaks git ."', ["secret-scan"]),
        ("name: s\nrun: |\n  gitleaks git .\n  pytest", []),
    ],
)
def test_powershell_of_windows(command: str, seen: list[str]) -> None:
    text = job(command).replace("ubuntu-24.04", "windows-latest")
    found = repository(workflow({"one": text}))
    assert kinds(list(scans_of(found))) == seen
    assert (codes(judged("secret-scan", workflow({"one": text}))) == []) == bool(seen)


@pytest.mark.parametrize(
    ("config", "status", "code"),
    [
        ("exit-code: 1\n", "pass", []),
        ("exit-code: 0\n", "fail", ["exit-code-zero"]),
        ("severity: [HIGH]\n", "fail", ["exit-code-missing"]),
        ("exit-code: 1\nseverity: [LOW]\n", "fail", ["critical-left-out"]),
        ("- exit-code\n", "inconclusive", ["exit-code-in-config"]),
    ],
)
def test_trivy_reads_its_configuration(config: str, status: str, code: list[str]) -> None:
    pipeline = whole(image=job("trivy image ghcr.io/x/app:1"))
    result = judged("scan-options", {CI: pipeline, "trivy.yaml": config, "Dockerfile": "FROM x"})
    assert (result.status.value, codes(result)) == (status, code)


def test_grype_reads_its_configuration() -> None:
    files = {CI: whole(image=job("grype app:1")), "Dockerfile": "FROM x"}
    assert codes(judged("scan-options", files)) == ["fail-on-missing"]
    failing = {**files, ".grype.yaml": "fail-on-severity: high\n"}
    assert judged("scan-options", failing).status.value == "pass"


@pytest.mark.parametrize("name", ["scan-events", "deploy-needs", "scan-options", "neutralised"])
def test_without_images_their_scan_is_not_missed(name: str) -> None:
    jobs = {n: t for n, t in SCANS.items() if n != "image"}
    result = judged(name, workflow({**jobs, "deploy": deploying(*jobs)}))
    assert (result.status.value, codes(result)) == ("pass", [])


def test_a_finding_in_a_script_of_several_lines_names_its_line() -> None:
    text = whole(secrets=job("name: s\nrun: |\n  echo\n  gitleaks git . --exit-code 0"))
    (found,) = judged("scan-options", {DEPLOY: text}).findings
    assert text.splitlines()[found.location.line - 1].strip().startswith("gitleaks git")


@pytest.mark.parametrize(
    ("condition", "status"),
    [
        ("always() && needs.secrets.result != 'failure'", "inconclusive"),
        ("'!failure()'", "inconclusive"),
        ("success()", "pass"),
        ("always() && needs.secrets.result == 'success'", "pass"),
    ],
)
def test_a_scan_that_may_be_skipped(condition: str, status: str) -> None:
    asked = "if: ${{ !inputs.skip }}\n"
    text = whole(
        on="workflow_dispatch",
        secrets=job("gitleaks git .", extra=asked),
        deploy=deploying(*SCANS, extra=f"if: {condition}\n"),
    )
    result = judged("neutralised", text)
    skipped = [c for c in codes(result) if c == "condition-unknown"]
    assert (skipped == ["condition-unknown"]) == (status == "inconclusive")


def test_a_forgiving_target_is_not_spared_by_its_make() -> None:
    files = {
        CI: whole(test=job("make test")),
        "Makefile": "test:\n\t-pytest\n",
    }
    result = judged("neutralised", files)
    assert (result.status.value, codes(result)) == ("fail", ["shell-ignored"])


def test_of_several_missing_kinds_the_same_one_is_named_each_time() -> None:
    gates = gates_of(repository(workflow({"deploy": deploying()})))
    expected = ("pipeline.secret-scan", "pipeline.image-scan", "pipeline.tests")
    assert causes_of(gates) == causes_of(reversed(gates)) == expected
