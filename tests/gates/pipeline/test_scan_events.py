"""``pipeline.scan-events``, and whether one workflow's filters cover another's."""

from __future__ import annotations

from typing import Any

import pytest

from golive_gates.pipeline.model.github import read_workflow
from golive_gates.pipeline.scans.covering import covers
from tests.gates.pipeline.scanning import DEPLOY, SCANS, deploying, repository, whole
from tests.gates.pipeline.snippets import CI, job, judged, workflow
from tests.gates.saying import codes

TAGS = "{push: {tags: ['v*']}}"


def beside(scans_on: str, deploys_on: str = TAGS) -> dict[str, str]:
    """The scans and the deployment in workflows of their own."""
    return {
        CI: workflow(SCANS, on=scans_on),
        DEPLOY: workflow({"deploy": deploying()}, on=deploys_on),
    }


def test_scans_of_the_same_run() -> None:
    assert judged("scan-events", whole()).status.value == "pass"


@pytest.mark.parametrize(
    ("on", "code"),
    [
        ("{schedule: [{cron: '1 2 * * *'}]}", "schedule-only"),
        ("pull_request", "pull-request-only"),
        ("{push: {branches: [main]}}", "other-events"),
        ("workflow_dispatch", "other-events"),
        ("{push: {tags: ['release-*']}}", "other-events"),
    ],
)
def test_scans_that_another_event_starts(on: str, code: str) -> None:
    result = judged("scan-events", beside(on))
    assert (result.status.value, set(codes(result))) == ("fail", {code})
    assert len(result.findings) == 3


@pytest.mark.parametrize(
    "on",
    ["push", TAGS, "{push: {tags: ['**']}}", "[push, pull_request]", "{push: {tags: [v*, x]}}"],
)
def test_scans_beside_that_the_same_event_starts(on: str) -> None:
    """That nothing waits for them is another check's finding."""
    assert judged("scan-events", beside(on)).status.value == "pass"
    result = judged("deploy-needs", beside(on))
    assert (result.status.value, set(codes(result))) == ("fail", {"other-workflow"})


def test_filters_that_cannot_be_compared() -> None:
    result = judged("scan-events", beside("{push: {tags: ['v?.*']}}"))
    assert (result.status.value, set(codes(result))) == ("inconclusive", {"event-unsure"})


def test_a_manual_deployment_has_its_scans_in_its_own_run() -> None:
    assert set(codes(judged("scan-events", beside("push", "workflow_dispatch")))) == {
        "other-events"
    }
    assert judged("scan-events", whole(on="workflow_dispatch")).status.value == "pass"


def test_a_step_that_is_skipped_on_the_event() -> None:
    test = job("{run: pytest, if: \"github.event_name == 'pull_request'\"}")
    result = judged("scan-events", whole(on="[push, pull_request]", test=test))
    assert (result.status.value, codes(result)) == ("fail", ["skipped-on-event"])


def test_a_step_that_never_runs_is_another_checks_finding() -> None:
    test = job("{run: pytest, if: false}")
    assert judged("scan-events", whole(test=test)).status.value == "pass"


def test_an_event_on_which_nothing_deploys_does_not_count() -> None:
    deploy = deploying(*SCANS, extra="if: github.event_name == 'push'\n")
    test = job("{run: pytest, if: \"github.event_name == 'push'\"}")
    text = whole(on="[push, pull_request]", test=test, deploy=deploy)
    assert judged("scan-events", text).status.value == "pass"


def test_without_a_deployment_it_is_undecided() -> None:
    result = judged("scan-events", workflow(SCANS))
    assert (result.status.value, result.reason.code) == ("inconclusive", "no-deploy")


def test_a_kind_that_exists_nowhere_is_another_checks_finding() -> None:
    deploy = deploying("secrets", "image")
    result = judged("scan-events", whole(test="", deploy=deploy))
    assert (result.status.value, result.blocked_by) == ("inconclusive", "pipeline.tests")


def test_what_cannot_be_followed_may_hold_the_scan() -> None:
    files = beside("pull_request")
    files[DEPLOY] = workflow(
        {"scan": "uses: o/r/.github/workflows/x.yml@v1\n", "deploy": deploying("scan")}, on=TAGS
    )
    result = judged("scan-events", files)
    assert (result.status.value, set(codes(result))) == ("inconclusive", {"not-followed"})


def trigger(on: str) -> Any:
    (document,) = repository(workflow({"one": job("echo")}, on=on)).documents
    return read_workflow(document, CI).triggers[0]


@pytest.mark.parametrize(
    ("other", "this", "expected"),
    [
        ("push", "push", True),
        ("push", "{push: {branches: [main]}}", True),
        ("{push: {branches: [main]}}", "push", False),
        ("{push: {branches: [main]}}", "{push: {branches: [main]}}", True),
        ("{push: {branches: ['**']}}", "{push: {branches: [main, 'x/y']}}", True),
        ("{push: {branches: ['*']}}", "{push: {branches: ['x/y']}}", False),
        ("{push: {branches: ['rel/*']}}", "{push: {branches: ['rel/1']}}", True),
        ("{push: {branches: ['rel/*', '!rel/1']}}", "{push: {branches: ['rel/1']}}", False),
        ("{push: {branches: ['rel/*']}}", "{push: {branches: ['rel/1*']}}", None),
        ("{push: {branches-ignore: [dev]}}", "{push: {branches: [main]}}", True),
        ("{push: {branches-ignore: [main]}}", "{push: {branches: [main]}}", False),
        ("{push: {branches-ignore: [dev]}}", "{push: {tags: [v1]}}", False),
        ("{push: {paths: ['src/**']}}", "push", False),
        ("{push: {paths: ['**']}}", "push", True),
        ("{push: {paths: [a]}}", "{push: {paths: [a]}}", True),
        ("{push: {paths-ignore: ['docs/**']}}", "{push: {tags: [v1]}}", True),
        ("{release: {types: [published]}}", "{release: {types: [published]}}", True),
        ("{release: {types: [created]}}", "{release: {types: [published]}}", None),
        ("release", "{release: {types: [published]}}", True),
        ("workflow_dispatch", "workflow_dispatch", False),
        ("pull_request", "push", False),
    ],
)
def test_filters(other: str, this: str, expected: bool | None) -> None:
    assert covers(trigger(other), trigger(this)) is expected
