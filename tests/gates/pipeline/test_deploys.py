"""Which jobs change production."""

from __future__ import annotations

import pytest

from tests.gates.pipeline.scanning import APPLY, DEPLOY, deploys, whole
from tests.gates.pipeline.snippets import CI, job, workflow

DEPLOYING = (
    APPLY, "kubectl -n x set image deployment/x x=y", "kubectl rollout restart deployment/x",
    "helm upgrade --install x chart", "terraform apply -auto-approve", "flyctl deploy",
    "aws ecs update-service --cluster x --service y", "gcloud run deploy x --image y",
    "az webapp deploy --name x", "argocd app sync x", "kustomize build . | kubectl apply -f -",
    "serverless deploy", "ansible-playbook site.yml", "kapp deploy -a x -f .",
)  # fmt: skip
IDLE = (
    "kubectl apply --dry-run=server -f k8s", "kubectl get pods", "kubectl rollout status x",
    "kubectl diff -f k8s", "helm template x", "helm lint", "terraform plan", "terraform validate",
    "helm upgrade x y --dry-run", "docker build .", "argocd app diff x", "aws s3 cp a b",
    "kubectl create namespace x", "ansible-playbook site.yml --check", "gcloud auth list",
)  # fmt: skip


def found(*steps: str, name: str = "one", extra: str = "", on: str = "push") -> list[str]:
    return [d.why for d in deploys(workflow({name: job(*steps, extra=extra)}, on=on))]


@pytest.mark.parametrize("command", DEPLOYING)
def test_commands_that_deploy(command: str) -> None:
    assert found(command) == ["command"]


@pytest.mark.parametrize("command", IDLE)
def test_commands_that_do_not(command: str) -> None:
    assert found(command) == []


def test_environments_actions_and_names() -> None:
    assert found("./go.sh", extra="environment: production\n") == ["environment"]
    assert found("./go.sh", extra="environment: {name: eu-prod, url: x}\n") == ["environment"]
    assert found("uses: azure/k8s-deploy@v5") == ["action"]
    assert found("./go.sh", name="deploy") == ["name"]
    assert found("./go.sh", name="deploy-docs") == []
    assert found("./go.sh") == []


@pytest.mark.parametrize("name", ["staging", "review/x", "github-pages", "preview", "non-prod"])
def test_other_environments_are_not_production(name: str) -> None:
    assert found(APPLY, extra=f"environment: {name}\n") == []


def test_clusters_for_tests_and_pull_requests_are_not_production() -> None:
    assert found("uses: helm/kind-action@v1", APPLY) == []
    assert found("kind create cluster", APPLY) == []
    assert found(APPLY, on="pull_request") == []
    assert found(APPLY, on="pull_request", extra="environment: production\n") == ["environment"]


def test_where_nothing_deploys_what_publishes_counts() -> None:
    push = "uses: docker/build-push-action@v6\nwith: {push: true}"
    (only,) = deploys(workflow({"build": job(push)}))
    assert (only.publishes_only, only.why) == (True, "publish")
    both = deploys(workflow({"build": job("docker push x"), "ship": job(APPLY)}))
    assert [(d.node.id, d.publishes_only) for d in both] == [("ship", False)]
    assert not deploys(workflow({"build": job(push.replace("true", "false"))}))


def test_a_called_workflow_deploys_in_the_run_that_calls_it() -> None:
    files = {
        CI: workflow({"ship": "uses: ./.github/workflows/deploy.yml\n"}),
        DEPLOY: workflow({"roll": job(APPLY)}, on="workflow_call"),
    }
    assert [d.subject for d in deploys(files)] == ["ci.yml: ship / roll"]


def test_the_setting_names_jobs() -> None:
    files = whole(own=job("./ship.sh"))
    assert [d.node.id for d in deploys(files, "ci.yml:own")] == ["own"]
    assert [d.node.id for d in deploys(files, ".github/workflows/ci.yml:own")] == ["own"]
    assert not deploys(files, "ci.yml:nobody")


def test_the_step_that_deploys() -> None:
    (one,) = deploys(workflow({"one": job("echo", "pytest", APPLY, "echo")}))
    assert one.position == 2
    (unclear,) = deploys(workflow({"deploy": job("echo", "./go.sh")}))
    assert unclear.position == 2
