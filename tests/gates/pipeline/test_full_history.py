"""``pipeline.full-history``."""

from __future__ import annotations

import pytest

from tests.gates.pipeline.scanning import CHECKOUT, GITLEAKS, deploying, scans, whole
from tests.gates.pipeline.snippets import job, judged, workflow
from tests.gates.saying import codes

ACTION = "uses: gitleaks/gitleaks-action@v2"
BRANCH = "{push: {branches: [main]}}"
SHALLOW = "uses: actions/checkout@v6"


def of(*steps: str, on: str = BRANCH) -> tuple[str, list[str]]:
    result = judged("full-history", whole(on=on, secrets=job(*steps)))
    return result.status.value, codes(result)


@pytest.mark.parametrize(
    "steps",
    [
        (CHECKOUT, GITLEAKS),
        (CHECKOUT, ACTION),
        (CHECKOUT, "gitleaks git --log-opts=--all ."),
        (CHECKOUT, "trufflehog git file://. --fail"),
        (SHALLOW, "git fetch --unshallow", GITLEAKS),
        ("git clone https://example.com/x.git . && gitleaks git .",),
        (SHALLOW, "gitleaks dir .", CHECKOUT, GITLEAKS),
        (CHECKOUT, "uses: actions/checkout@v6\nwith: {repository: o/tools}", GITLEAKS),
    ],
)
def test_the_whole_history(steps: tuple[str, ...]) -> None:
    assert of(*steps) == ("pass", [])


@pytest.mark.parametrize(
    ("steps", "code"),
    [
        ((SHALLOW, GITLEAKS), "shallow-default"),
        ((f"{SHALLOW}\nwith: {{persist-credentials: false}}", ACTION), "shallow-default"),
        ((CHECKOUT.replace("0", "2"), GITLEAKS), "shallow"),
        ((CHECKOUT, SHALLOW, GITLEAKS), "shallow-default"),
        (("git clone --depth=1 x . && gitleaks git .",), "no-checkout"),
        ((CHECKOUT, "gitleaks dir ."), "tree-only"),
        ((CHECKOUT, "gitleaks detect --no-git"), "tree-only"),
        ((CHECKOUT, "trivy fs --exit-code 1 --scanners secret ."), "tree-only"),
        ((CHECKOUT, "detect-secrets-hook"), "tree-only"),
        ((CHECKOUT, "gitleaks protect --staged"), "staged-only"),
        ((CHECKOUT, "gitleaks git --log-opts=-1 ."), "log-opts-few"),
        ((CHECKOUT, "gitleaks git --log-opts='--since=yesterday' ."), "log-opts-few"),
        ((CHECKOUT, "gitleaks git --log-opts='-n 5' ."), "log-opts-few"),
        ((CHECKOUT, "gitleaks git --log-opts=$BASE..$HEAD ."), "log-opts-range"),
        ((CHECKOUT.replace("0", "'${{ vars.DEPTH }}'"), GITLEAKS), "depth-unknown"),
        ((GITLEAKS,), "no-checkout"),
    ],
)
def test_less_than_that(steps: tuple[str, ...], code: str) -> None:
    expected = {"log-opts-range": "warn", "depth-unknown": "inconclusive"}
    expected["no-checkout"] = "inconclusive"
    assert of(*steps) == (expected.get(code, "fail"), [code])


def test_one_scan_of_the_history_is_enough() -> None:
    assert of(CHECKOUT, "gitleaks dir .", GITLEAKS) == ("pass", [])
    assert of(SHALLOW, "gitleaks dir .", GITLEAKS) == ("fail", ["shallow-default"])


def test_the_action_where_a_tag_deploys() -> None:
    tags = "{push: {tags: ['v*']}}"
    assert of(CHECKOUT, ACTION, on=tags) == ("fail", ["action-skips-tags"])
    assert of(CHECKOUT, ACTION, GITLEAKS, on=tags) == ("pass", [])
    assert of(CHECKOUT, ACTION, on="workflow_dispatch") == ("pass", [])


@pytest.mark.parametrize(
    ("depth", "code"),
    [("variables: {GIT_DEPTH: '0'}", None), ("", "depth-of-project"), ("5", "shallow")],
)
def test_gitlab(depth: str, code: str | None) -> None:
    variables = (
        depth if depth.startswith("v") or not depth else f"variables: {{GIT_DEPTH: {depth}}}"
    )
    text = f"""\
    stages: [test, deploy]
    secrets:
      stage: test
      {variables or "interruptible: true"}
      script: [gitleaks git .]
    deploy:
      stage: deploy
      environment: production
      script: [kubectl apply -f k8s]
    """
    result = judged("full-history", {".gitlab-ci.yml": text})
    assert codes(result) == ([code] if code else [])
    assert result.status.value == {None: "pass", "shallow": "fail"}.get(code, "inconclusive")


def test_a_finding_points_to_the_checkout() -> None:
    result = judged("full-history", whole(on=BRANCH, secrets=job("echo", SHALLOW, GITLEAKS)))
    assert result.findings[0].json_path == "jobs.secrets.steps[1]"


def test_without_a_secret_scan_it_is_another_checks_finding() -> None:
    result = judged("full-history", whole(secrets="", deploy=deploying("image", "test")))
    assert (result.status.value, result.blocked_by) == ("inconclusive", "pipeline.secret-scan")
    assert judged("full-history", workflow({"one": job("pytest")})).status.value == "not-applicable"


def test_where_nothing_deploys_each_workflow_is_looked_at() -> None:
    assert codes(judged("full-history", workflow({"one": job(SHALLOW, GITLEAKS)}))) == [
        "shallow-default"
    ]
    assert len(scans(CHECKOUT, GITLEAKS)) == 1
