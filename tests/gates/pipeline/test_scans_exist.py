"""``pipeline.secret-scan``, ``pipeline.image-scan`` and ``pipeline.tests``."""

from __future__ import annotations

import pytest

from tests.gates.pipeline.scanning import whole
from tests.gates.pipeline.snippets import CI, job, judged, workflow
from tests.gates.saying import codes

JOBS = {"secret-scan": "secrets", "image-scan": "image", "tests": "test"}


@pytest.mark.parametrize("check", JOBS)
def test_a_whole_pipeline_has_it(check: str) -> None:
    assert judged(check, whole()).status.value == "pass"


@pytest.mark.parametrize("check", JOBS)
def test_without_the_job_it_is_missing(check: str) -> None:
    left = [job for job in JOBS.values() if job != JOBS[check]]
    deploy = f"needs: [{', '.join(left)}]\nenvironment: production\n"
    text = whole(**{JOBS[check]: "", "deploy": job("kubectl apply -f x", extra=deploy)})
    result = judged(check, {CI: text, "Dockerfile": "FROM scratch\n"})
    assert (result.status.value, codes(result)) == ("fail", ["no-scan"])


@pytest.mark.parametrize("check", JOBS)
@pytest.mark.parametrize(
    "unseen",
    [
        "uses: nobody/knows@v1",
        "bash scripts/not-there.sh",
        "uses: ./.github/actions/not-there",
    ],
)
def test_what_cannot_be_followed_is_undecided_by_name(check: str, unseen: str) -> None:
    files = {CI: workflow({"one": job(unseen)}), "Dockerfile": "FROM scratch\n"}
    result = judged(check, files)
    assert (result.status.value, codes(result)) == ("inconclusive", ["not-followed"])
    what = unseen.rsplit(maxsplit=1)[-1]
    assert what in str(result.findings[0].reason.params["what"])


def test_well_known_actions_hide_nothing() -> None:
    files = {
        CI: workflow({"one": job("uses: actions/checkout@v6", "uses: docker/login-action@v3")})
    }
    assert codes(judged("tests", files)) == ["no-scan"]


def test_a_remote_workflow_is_undecided() -> None:
    text = workflow({"all": "uses: org/shared/.github/workflows/scan.yml@v1\n"})
    assert codes(judged("secret-scan", text)) == ["not-followed"]


def test_without_images_no_image_scan_is_asked_for() -> None:
    assert judged("image-scan", workflow({"one": job("pytest")})).status.value == "not-applicable"


def test_workflows_that_nothing_starts_hold_no_scan() -> None:
    files = {
        CI: workflow({"one": job("echo")}),
        ".github/workflows/lost.yml": workflow({"one": job("pytest")}, on="workflow_call"),
    }
    assert codes(judged("tests", files)) == ["no-scan"]


def test_what_could_not_be_read_keeps_it_from_passing() -> None:
    result = judged("tests", whole(), problems=1)
    assert (result.status.value, result.blocked_by) == ("inconclusive", "pipeline.parse")
