"""``pipeline.deploy-needs``."""

from __future__ import annotations

import pytest

from golive_gates.pipeline.settings import Settings
from tests.gates.pipeline.scanning import APPLY, CHECKOUT, DEPLOY, GITLEAKS, SCANS, deploying, whole
from tests.gates.pipeline.snippets import CI, job, judged, workflow
from tests.gates.saying import codes

FOLLOWS = "{workflow_run: {workflows: [w], types: [completed]}}"
SUCCEEDED = "github.event.workflow_run.conclusion == 'success'"


def test_all_scans_are_needed() -> None:
    result = judged("deploy-needs", whole())
    assert result.status.value == "pass"
    assert (result.facts[0].name, result.facts[0].value) == ("deploying_jobs", 1)


@pytest.mark.parametrize("missing", SCANS)
def test_one_that_is_not_needed(missing: str) -> None:
    text = whole(deploy=deploying(*(name for name in SCANS if name != missing)))
    result = judged("deploy-needs", text)
    assert (result.status.value, codes(result)) == ("fail", ["not-needed"])
    assert result.findings[0].reason.params["job"] == missing


def test_needs_are_followed() -> None:
    text = whole(image=job("grype x", extra="needs: [secrets, test]\n"), deploy=deploying("image"))
    assert judged("deploy-needs", text).status.value == "pass"


def test_called_workflows_are_followed() -> None:
    files = {
        CI: workflow(SCANS, on="workflow_call"),
        DEPLOY: workflow(
            {"scans": "uses: ./.github/workflows/ci.yml\n", "deploy": deploying("scans")}
        ),
    }
    assert judged("deploy-needs", files).status.value == "pass"
    files[DEPLOY] = files[DEPLOY].replace("needs: [scans]", "timeout-minutes: 5")
    assert set(codes(judged("deploy-needs", files))) == {"not-needed"}


def test_earlier_steps_of_the_same_job_count() -> None:
    steps = (CHECKOUT, GITLEAKS, "pytest", "trivy image --exit-code 1 x", APPLY)
    assert judged("deploy-needs", workflow({"all": deploying(steps=steps)})).status.value == "pass"
    result = judged("deploy-needs", workflow({"all": deploying(steps=(*steps[:2], APPLY, "tox"))}))
    assert codes(result) == ["after-deploy"]


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        (SUCCEEDED, None),
        (f"{SUCCEEDED} && github.ref == 'x'", None),
        ("github.event.workflow_run.conclusion != 'failure'", None),
        ("", "any-outcome"),
        ("always()", "any-outcome"),
        ("github.event.workflow_run.conclusion == 'failure'", "any-outcome"),
    ],
)
def test_runs_that_are_followed(condition: str, code: str | None) -> None:
    extra = f"if: {condition}\n" if condition else ""
    files = {
        CI: workflow(SCANS, on="push"),
        DEPLOY: workflow({"deploy": deploying(extra=extra)}, on=FOLLOWS),
    }
    result = judged("deploy-needs", files)
    if code is None:
        assert result.status.value == "pass"
    elif "failure" in condition:
        assert result.status.value == "fail"
    else:
        assert (result.status.value, set(codes(result))) == ("fail", {code})


def test_each_of_several_deployments_waits() -> None:
    result = judged("deploy-needs", whole(again=deploying("test")))
    assert [f.subject for f in result.findings] == ["ci.yml: again", "ci.yml: again"]


def test_publishing_is_held_to_it_where_nothing_deploys() -> None:
    jobs = {**SCANS, "deploy": "", "build": job("docker push x", extra="needs: [test]\n")}
    result = judged("deploy-needs", whole(**jobs))
    assert (result.status.value, set(codes(result))) == ("fail", {"not-needed"})
    assert [(f.name, f.value) for f in result.facts] == [
        ("deploying_jobs", 0),
        ("publishing_jobs", 1),
    ]


def test_the_setting() -> None:
    text = whole(own=job("./ship.sh"))
    result = judged("deploy-needs", text, settings=Settings(deploy_jobs=("ci.yml:own",)))
    assert len(result.findings) == 3
    wrong = judged(
        "deploy-needs", text, settings=Settings(deploy_jobs=("ci.yml:deploy", "x.yml:y"))
    )
    assert (wrong.status.value, codes(wrong)) == ("inconclusive", ["deploy-job-unknown"])


def test_what_cannot_be_followed() -> None:
    remote = "uses: o/r/.github/workflows/scan.yml@v1\n"
    text = whole(remote=remote, deploy=deploying("remote", "test", "image"))
    result = judged("deploy-needs", text)
    assert (result.status.value, codes(result)) == ("inconclusive", ["not-followed"])


def test_a_kind_that_exists_nowhere_is_another_checks_finding() -> None:
    result = judged("deploy-needs", whole(secrets="", deploy=deploying("image", "test")))
    assert (result.status.value, result.blocked_by) == ("inconclusive", "pipeline.secret-scan")


def test_nothing_deploys() -> None:
    result = judged("deploy-needs", workflow(SCANS))
    assert (result.status.value, result.reason.code) == ("inconclusive", "no-deploy")
