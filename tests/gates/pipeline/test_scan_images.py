"""Whether the images that are scanned are the ones that are deployed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from golive.api import CheckResult, Observation
from golive.sources.kubernetes.objects import KubernetesObject
from golive_gates.pipeline.settings import Settings
from tests.gates.pipeline.scanning import deploying, whole
from tests.gates.pipeline.snippets import CHECKS, job, pipeline
from tests.gates.saying import codes, said

ONE, TWO = f"sha256:{'1' * 64}", f"sha256:{'2' * 64}"


def pod(*images: str) -> KubernetesObject:
    containers = [{"name": f"c{n}", "image": image} for n, image in enumerate(images)]
    data = {"spec": {"containers": containers}}
    return KubernetesObject("v1", "Pod", "x", "app", data, "k8s/app.yaml")


def result(step: str, *images: str, extra: str = "") -> CheckResult:
    part = pipeline(
        whole(image=job(step, extra=extra), deploy=deploying("secrets", "image", "test"))
    )
    seen = Observation({"Pipeline": replace(part, objects=(pod(*images),))})
    return said(CHECKS["scan-options"].evaluate(seen, Settings()))


@pytest.mark.parametrize(
    "target", [f"ghcr.io/x/app@{ONE}", f"ghcr.io/x/app:1@{ONE}", "ghcr.io/x/app:1", f"m.io/y@{ONE}"]
)
def test_the_image_that_is_deployed(target: str) -> None:
    found = result(f"trivy image --exit-code 1 {target}", f"ghcr.io/x/app:1@{ONE}")
    assert found.status.value == "pass"


@pytest.mark.parametrize(
    ("target", "code"),
    [
        ("ghcr.io/x/app:latest", "image-other"),
        (f"ghcr.io/x/app@{TWO}", "image-other"),
        ("ghcr.io/x/other:1", "image-not-scanned"),
    ],
)
def test_another_one(target: str, code: str) -> None:
    found = result(f"trivy image --exit-code 1 {target}", f"ghcr.io/x/app:1@{ONE}")
    assert (found.status.value, codes(found)) == ("fail", [code])
    assert found.findings[0].subject == f"ghcr.io/x/app:1@{ONE}"


@pytest.mark.parametrize(
    "target", ["ghcr.io/x/app:${{ github.sha }}", "app:ci", "$IMAGE", "--input image.tar"]
)
def test_one_that_only_the_run_knows_or_that_was_built_here(target: str) -> None:
    assert result(f"trivy image --exit-code 1 {target}", f"g.io/x@{ONE}").status.value == "pass"


def test_a_matrix_lists_them() -> None:
    extra = f"strategy: {{matrix: {{image: [{{ref: 'g.io/a@{ONE}'}}, {{ref: 'g.io/b@{TWO}'}}]}}}}\n"
    step = "trivy image --exit-code 1 ${{ matrix.image.ref }}"
    assert result(step, f"g.io/a@{ONE}", f"g.io/b@{TWO}", extra=extra).status.value == "pass"
    less = extra.replace(f", {{ref: 'g.io/b@{TWO}'}}", "")
    found = result(step, f"g.io/a@{ONE}", f"g.io/b@{TWO}", extra=less)
    assert (codes(found), found.findings[0].subject) == (["image-not-scanned"], f"g.io/b@{TWO}")


def test_a_variable_of_the_job() -> None:
    extra = f"env: {{IMAGE: 'g.io/a@{ONE}'}}\n"
    step = 'trivy image --exit-code 1 "$IMAGE"'
    assert result(step, f"g.io/a@{ONE}", extra=extra).status.value == "pass"
    assert codes(result(step, f"g.io/b@{TWO}", extra=extra)) == ["image-not-scanned"]


def test_images_without_a_digest_are_other_checks_findings() -> None:
    step = f"trivy image --exit-code 1 g.io/a@{ONE}"
    assert result(step, "g.io/b:latest", "g.io/c@sha256:12").status.value == "pass"
