"""Which program a command line runs."""

from __future__ import annotations

import pytest

from golive_gates.pipeline.shell.programs import program_of

STARTED = {
    "gitleaks git .": "gitleaks git .",
    "/usr/local/bin/gitleaks dir .": "gitleaks dir .",
    "sudo -E -u scanner gitleaks git": "gitleaks git",
    "timeout -k 5 60s gitleaks git": "gitleaks git",
    "env -u HOME A=1 B=2 gitleaks git": "gitleaks git",
    "nice -n 5 time gitleaks git": "gitleaks git",
    "command gitleaks git": "gitleaks git",
    "xargs -n 1 gitleaks dir": "gitleaks dir",
    "python -m pytest -q": "pytest -q",
    "python3.11 -X dev -m pytest": "pytest",
    "uv run --python 3.11 --with x pytest -q": "pytest -q",
    "uv run -m pytest": "pytest",
    "poetry run pytest": "pytest",
    "coverage run --source src -m pytest tests": "pytest tests",
    "uvx --from detect-secrets detect-secrets scan": "detect-secrets scan",
    "npx --yes snyk test": "snyk test",
    "docker run --rm -v .:/repo -w /repo zricethezav/gitleaks:v8.30.0 git /repo": (
        "gitleaks git /repo"
    ),
    "docker run --rm ghcr.io/gitleaks/gitleaks@sha256:0 git": "gitleaks git",
    "docker run --entrypoint trivy example/tools image x": "trivy image x",
    "docker run --rm python:3.9 python -m pytest": "pytest",
    "docker compose -f ci.yml run --rm app pytest": "pytest",
    "docker exec -t app pytest": "pytest",
    "find . -exec gitleaks dir {} ;": "gitleaks dir {}",
    "docker build .": "docker build .",
    "uv sync": "uv sync",
    "sudo": "sudo",
}  # fmt: skip


@pytest.mark.parametrize(("line", "program"), STARTED.items())
def test_what_starts_it_is_taken_off(line: str, program: str) -> None:
    found = program_of(line.split())
    assert " ".join((found.name, *found.args)) == program


def test_the_image_is_kept() -> None:
    found = program_of(["docker", "run", "--rm", "python:3.9-slim", "pytest"])
    assert (found.image, found.starters) == ("python:3.9-slim", ("docker",))


def test_nothing_is_no_program() -> None:
    assert program_of(()).name == ""
