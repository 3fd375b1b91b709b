"""Command lines and actions of scanners, and what a finding makes of them."""

from __future__ import annotations

import pytest

from tests.gates.pipeline.scanning import scans

SECRETS = {
    "gitleaks git .": ("history", True, ""),
    "gitleaks git --exit-code 0 .": ("history", False, "exit-code-zero"),
    "gitleaks git --exit-code=0 .": ("history", False, "exit-code-zero"),
    "gitleaks git --exit-code ${{ vars.CODE }} .": ("history", None, "exit-code-unknown"),
    "gitleaks git --exit-code $CODE .": ("history", None, "exit-code-unknown"),
    "gitleaks dir .": ("tree", True, ""),
    "gitleaks detect": ("history", True, ""),
    "gitleaks detect --source . --no-git -v": ("tree", True, ""),
    "gitleaks protect --staged": ("staged", True, ""),
    "gitleaks git --pre-commit --staged": ("staged", True, ""),
    "git diff | gitleaks stdin": ("stdin", True, ""),
    "sudo ./bin/gitleaks git .": ("history", True, ""),
    "docker run -v $PWD:/r zricethezav/gitleaks:v8 git /r": ("history", True, ""),
    "trufflehog git file://. --fail": ("history", True, ""),
    "trufflehog git file://.": ("history", False, "fail-missing"),
    "trufflehog filesystem . --fail": ("tree", True, ""),
    "detect-secrets scan": ("tree", False, "scan-writes-only"),
    "detect-secrets-hook --baseline .secrets.baseline": ("tree", True, ""),
    "ggshield secret scan repo .": ("history", True, ""),
    "ggshield secret scan ci --exit-zero": ("range", False, "soft-fail"),
    "trivy fs --exit-code 1 .": ("tree", True, ""),
    "trivy fs --scanners secret .": ("tree", False, "exit-code-missing"),
}
IMAGES = {
    "trivy image --exit-code 1 x": (True, ""),
    "trivy image x": (False, "exit-code-missing"),
    "trivy image --exit-code 0 x": (False, "exit-code-zero"),
    "trivy image --format sarif -o t.sarif x": (False, "sarif-only"),
    "trivy image --config trivy.yaml x": (None, "exit-code-in-config"),
    "TRIVY_EXIT_CODE=1 trivy image x": (True, ""),
    "grype x": (False, "fail-on-missing"),
    "grype x --fail-on high": (True, ""),
    "docker scout cves x": (False, "option-missing"),
    "docker scout cves --exit-code x": (True, ""),
    "snyk container test x": (True, ""),
    "snyk container monitor x": (False, "monitor-only"),
}
ACTIONS = {
    "aquasecurity/trivy-action@v1": {
        "{image-ref: x}": (False, "exit-code-missing"),
        "{image-ref: x, exit-code: '1'}": (True, ""),
        "{image-ref: x, exit-code: 0}": (False, "exit-code-zero"),
        "{image-ref: x, format: sarif, output: t.sarif}": (False, "sarif-only"),
        "{image-ref: x, exit-code: '${{ inputs.code }}'}": (None, "exit-code-unknown"),
    },
    "anchore/scan-action@v6": {
        "{image: x}": (True, ""),
        "{image: x, fail-build: false}": (False, "fail-build-off"),
        "{image: x, severity-cutoff: critical}": (True, ""),
    },
    "docker/scout-action@v1": {
        "{command: cves, image: x}": (False, "option-missing"),
        "{command: cves, image: x, exit-code: true}": (True, ""),
    },
    "snyk/actions/docker@master": {"{image: x}": (True, "")},
}
NO_SCAN = (
    "gitleaks version", "gitleaks --help", "trivy --version", "trivy image --download-db-only",
    "trivy config --exit-code 1 .", "grype db update", "grype dir:.", "docker pull x",
    "pytest --collect-only", "pytest --co", "pytest --version", "tox -e lint", "nox -s docs",
    "make build", "npm run build", "pip install pytest", "echo pytest", "which gitleaks",
    "trivy image --scanners misconfig x", "go build ./...", "tox --notest", "tox -l",
)  # fmt: skip
TESTS = (
    "pytest", "python -m pytest -q", "uv run pytest", "poetry run pytest", "tox", "tox -e py311",
    "nox -s tests", "python -m unittest", "coverage run -m pytest", "make test", "npm test",
    "npm run test:unit", "go test ./...", "cargo test", "mvn -B verify", "./gradlew check",
    "hatch test", "python manage.py test", "xvfb-run pytest", "timeout 10m pytest",
)  # fmt: skip


@pytest.mark.parametrize("command", SECRETS)
def test_scans_for_secrets(command: str) -> None:
    (scan,) = [s for s in scans(command) if s.kind == "secret-scan"]
    assert (scan.options.scope, scan.options.stops, scan.options.why) == SECRETS[command]


@pytest.mark.parametrize("command", IMAGES)
def test_scans_of_images(command: str) -> None:
    (scan,) = [s for s in scans(command) if s.kind == "image-scan"]
    assert (scan.options.stops, scan.options.why) == IMAGES[command]
    assert scan.options.target == "x"


@pytest.mark.parametrize(
    ("uses", "inputs"), [(u, i) for u, cases in ACTIONS.items() for i in cases]
)
def test_actions_that_scan_images(uses: str, inputs: str) -> None:
    (scan,) = scans(f"uses: {uses}\nwith: {inputs}")
    assert (scan.options.stops, scan.options.why) == ACTIONS[uses][inputs]
    assert (scan.kind, scan.options.target) == ("image-scan", "x")


@pytest.mark.parametrize("command", NO_SCAN)
def test_what_is_no_scan(command: str) -> None:
    assert not scans(command)


@pytest.mark.parametrize("command", TESTS)
def test_runs_of_tests(command: str) -> None:
    assert [s.kind for s in scans(command)] == ["tests"]


def test_actions_that_scan_for_secrets() -> None:
    uses = ("gitleaks/gitleaks-action@v2", "trufflesecurity/trufflehog@main")
    assert [s.options.scope for s in scans(*(f"uses: {u}" for u in uses))] == ["range", "range"]
    assert not scans("uses: aquasecurity/trivy-action@v1\nwith: {scan-type: config}")
    (container,) = scans("uses: docker://zricethezav/gitleaks:v8\nwith: {args: detect --no-git}")
    assert container.options.scope == "tree"


def test_severities() -> None:
    found = {
        text: scans(text)[0].options.severities
        for text in (
            "trivy image --exit-code 1 --severity HIGH,CRITICAL x",
            "trivy image --exit-code 1 x",
            "grype --fail-on medium x",
            "trivy image --exit-code 1 --severity $S x",
        )
    }
    assert list(found.values()) == [
        {"HIGH", "CRITICAL"},
        None,
        {"MEDIUM", "HIGH", "CRITICAL"},
        None,
    ]
    sarif = "{image-ref: x, exit-code: '1', format: sarif, severity: HIGH}"
    (action,) = scans(f"uses: aquasecurity/trivy-action@v1\nwith: {sarif}")
    assert (action.options.severities, action.options.dropped) == (None, {"HIGH"})


def test_scripts_and_make_targets_are_followed() -> None:
    found = scans(
        "make ci",
        "bash scripts/scan.sh",
        files={"Makefile": "ci:\n\tpython -m pytest\n", "scripts/scan.sh": "gitleaks git .\n"},
    )
    assert [s.kind for s in found] == ["tests", "secret-scan"]


def test_variables_of_the_step_and_the_job_count() -> None:
    (scan,) = scans("{run: 'trivy image x', env: {TRIVY_EXIT_CODE: 1, TRIVY_SEVERITY: HIGH}}")
    assert (scan.options.stops, scan.options.severities) == (True, {"HIGH"})
    (config,) = scans("{run: gitleaks git, env: {GITLEAKS_CONFIG: rules.toml}}")
    assert config.options.config == "rules.toml"
