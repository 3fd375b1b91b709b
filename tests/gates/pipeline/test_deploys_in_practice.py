"""Deployments that only an environment, a commit or a release tool shows."""

from __future__ import annotations

import pytest

from tests.gates.pipeline.scanning import deploys
from tests.gates.pipeline.snippets import job, workflow

TERNARY = "${{ github.ref == 'refs/heads/main' && 'production' || 'staging' }}"
CHOICE = "{workflow_dispatch: {inputs: {where: {type: choice, options: [%s]}}}}"
STATE = "uses: actions/checkout@v4\nwith: {repository: %s}"


@pytest.mark.parametrize(
    ("environment", "on", "matrix", "found"),
    [
        (TERNARY, "push", "", ["production"]),
        ("${{ github.ref == 'production' && 'qa' || 'dev' }}", "push", "", []),
        ("${{ inputs.where }}", CHOICE % "staging, production", "", ["production"]),
        ("${{ inputs.where }}", CHOICE % "staging, qa", "", []),
        ("${{ matrix.where }}", "push", "strategy: {matrix: {where: [qa, prod]}}\n", ["prod"]),
        ("${{ matrix.where }}", "push", "strategy: {matrix: {where: [qa, dev]}}\n", []),
    ],
)
def test_environments_by_expression(
    environment: str, on: str, matrix: str, found: list[str]
) -> None:
    text = job("curl example.com", extra=f"{matrix}environment: {environment}\n")
    assert [d.what for d in deploys(workflow({"ship": text}, on=on))] == found


@pytest.mark.parametrize(
    ("steps", "found"),
    [
        ((STATE % "org/gitops", "git push"), True),
        (("git clone https://example.com/k8s-manifests", "git push origin main"), True),
        (("kustomize edit set image app=app:1", "git push"), True),
        (("yq -i '.image.tag = \"1\"' values.yaml", "git push"), True),
        ((STATE % "org/website", "git push"), False),
        (("git push", STATE % "org/gitops"), False),
        (("git push --tags",), False),
    ],
)
def test_a_commit_that_a_cluster_follows(steps: tuple[str, ...], found: bool) -> None:
    assert [d.what for d in deploys(workflow({"release": job(*steps)}))] == ["git push"] * found


@pytest.mark.parametrize(
    "step",
    [
        "npx semantic-release",
        "gh release create v1 dist/*",
        "mvn -B deploy",
        "uses: cycjimmy/semantic-release-action@v4",
        "uses: helm/chart-releaser-action@v1",
        "uses: goreleaser/goreleaser-action@v6\nwith: {args: release --clean}",
    ],
)
def test_tools_that_release(step: str) -> None:
    assert [d.publishes_only for d in deploys(workflow({"out": job(step)}))] == [True]


@pytest.mark.parametrize(
    "step",
    [
        "npx semantic-release --dry-run",
        "gh release view v1",
        "uses: goreleaser/goreleaser-action@v6\nwith: {args: release --snapshot}",
    ],
)
def test_tools_that_only_look(step: str) -> None:
    assert deploys(workflow({"out": job(step)})) == []


@pytest.mark.parametrize(
    "command",
    [
        "ssh -i key deploy@example.com 'docker compose up -d'",
        "rsync -az --delete dist/ web@example.com:/srv/www",
        "scp app.jar example.com:/srv/app.jar",
        "aws s3 sync --delete dist s3://www.example.com",
        "docker --context live compose up -d",
        "docker stack deploy -c stack.yml shop",
        "git push heroku main",
        "firebase deploy",
        "make deploy",
        "./scripts/deploy.sh",
        "npm run deploy",
    ],
)
def test_releases_to_a_host_and_by_name(command: str) -> None:
    assert [d.publishes_only for d in deploys(workflow({"ship": job(command)}))] == [False]


@pytest.mark.parametrize(
    "command",
    [
        "ssh -T git@github.com",
        "ssh tester@localhost true",
        "rsync -a example.com:/data ./data",
        "rsync -an dist/ example.com:/srv",
        "aws s3 cp report.html s3://reports/",
        "docker compose up -d",
        "git push origin main",
        "make deploy-staging",
        "npm run deploy:docs",
        "npm install deploy",
    ],
)
def test_what_releases_nothing(command: str) -> None:
    assert deploys(workflow({"ship": job(command)})) == []


def test_a_script_of_that_name_is_what_it_runs() -> None:
    files = {
        ".github/workflows/ci.yml": workflow({"ship": job("make deploy")}),
        "Makefile": "deploy:\n\t@echo nothing\n",
    }
    assert deploys(files) == []
