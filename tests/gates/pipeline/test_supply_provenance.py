"""``pipeline.provenance``."""

from __future__ import annotations

import pytest

from tests.gates.pipeline.snippets import job, judged, workflow
from tests.gates.saying import codes

BUILD = "uses: docker/build-push-action@v6\nwith:\n"
PUSH = f"{BUILD}    push: true\n"
BARE = f"{PUSH}    provenance: false\n"
ATTEST = "uses: actions/attest-build-provenance@v3\n"


def published(*steps: str, extra: str = "") -> str:
    return workflow({"publish": job(*steps, extra=extra)})


@pytest.mark.parametrize(
    "steps",
    [
        (PUSH,),
        (f"{BARE}    sbom: true\n",),
        (BARE, "cosign sign --yes x@$DIGEST"),
        (BARE, "cosign attest --type spdxjson --predicate s.json x"),
        (BARE, "syft x -o spdx-json > s.json"),
        (BARE, "uses: anchore/sbom-action@v0"),
        (BARE, ATTEST),
        ("docker push x", "trivy image --format cyclonedx x"),
        ("docker buildx build --push --sbom=true .",),
        ("npm publish --provenance",),
        ("uses: pypa/gh-action-pypi-publish@release/v1\n",),
    ],
)
def test_something_is_stated(steps: tuple[str, ...]) -> None:
    assert judged("provenance", published(*steps)).status.value == "pass"


@pytest.mark.parametrize(
    "step",
    [
        BARE,
        "docker push x",
        "docker buildx build --push --provenance=false .",
        "twine upload dist/*",
        "npm publish",
        f"{BUILD}    outputs: type=registry\n    provenance: false\n",
        "uses: pypa/gh-action-pypi-publish@release/v1\nwith:\n    password: x\n",
    ],
)
def test_nothing_is(step: str) -> None:
    result = judged("provenance", published(step))
    assert (result.status.value, codes(result)) == ("warn", ["neither"])


@pytest.mark.parametrize(
    "step", ["docker build .", f"{BUILD}    push: false\n", "npm publish --dry-run"]
)
def test_what_publishes_nothing(step: str) -> None:
    assert judged("provenance", published(step)).status.value == "not-applicable"


def test_a_later_job_may_state_it() -> None:
    text = workflow({"publish": job("docker push x"), "attest": job(ATTEST)})
    result = judged("provenance", text)
    assert result.status.value == "pass"
    assert {f.name: f.value for f in result.facts} == {
        "published_with_sbom": 0,
        "published_with_provenance": 1,
        "published_with_signature": 0,
    }


def test_the_generator_of_slsa() -> None:
    uses = "slsa-framework/slsa-github-generator/.github/workflows/generator_container_slsa3.yml@v2"
    text = workflow({"publish": job(BARE), "provenance": f"uses: {uses}\n"})
    assert judged("provenance", text).status.value == "pass"


@pytest.mark.parametrize(
    ("permissions", "status"),
    [
        ("{id-token: write, attestations: write}", "pass"),
        ("write-all", "pass"),
        ("{id-token: write}", "fail"),
        ("{}", "fail"),
        ("read-all", "fail"),
    ],
)
def test_a_job_that_may_not_attest(permissions: str, status: str) -> None:
    text = published(PUSH, ATTEST, extra=f"permissions: {permissions}\n")
    result = judged("provenance", text)
    assert (result.status.value, codes(result)) == (
        status,
        ["may-not-attest"] if status == "fail" else [],
    )
