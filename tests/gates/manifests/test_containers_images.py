"""Image references: versions, digests, and what registries would not take."""

from __future__ import annotations

import pytest

from tests.gates.manifests.snippets import judged
from tests.gates.saying import codes, places

POD = """
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  LIST:
    - name: web
      image: "IMAGE"
"""
SHA = "sha256:" + "0123456789abcdef" * 4
SHA512 = "sha512:" + "0123456789abcdef" * 8


def pod(image: str, where: str = "containers") -> str:
    return POD.replace("IMAGE", image).replace("LIST", where)


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ("nginx:1.29", []),
        ("nginx", ["no-version"]),
        ("nginx:latest", ["latest"]),
        ("localhost:5000/team/app", ["no-version"]),
        ("localhost:5000/team/app:2", []),
        ("[::1]:5000/app:2", []),
        ("ghcr.io/o/a__b/c-d.e:v1.2_3-rc", []),
        ("Registry.Example.COM/app:1", []),
        (f"nginx@{SHA}", []),
        (f"nginx:latest@{SHA}", []),
        ("nginx:main", ["moving"]),
        (f"nginx:main@{SHA}", []),
        ("auto", []),
        ("", ["not-an-image"]),
        ("nginx:", ["not-an-image"]),
        ("Nginx:1", ["not-an-image"]),
        ("nginx:1 ", ["not-an-image"]),
        ("app:%TAG%", ["not-an-image"]),
        ("https://ghcr.io/o/a:1", ["not-an-image"]),
        ("app:" + "x" * 129, ["not-an-image"]),
    ],
)
def test_which_images_name_a_version(image: str, expected: list[str]) -> None:
    assert codes(judged("image-tags", pod(image))) == expected


@pytest.mark.parametrize(
    ("image", "expected", "status"),
    [
        (f"nginx:1.29@{SHA}", [], "pass"),
        (f"nginx@{SHA512}", [], "pass"),
        ("nginx:1.29", ["no-digest"], "warn"),
        ("nginx:1.29@sha256:abc", ["not-a-digest"], "fail"),
        ("nginx:1.29@", ["not-a-digest"], "fail"),
        (f"nginx:1.29@{SHA.upper()}", ["not-a-digest"], "fail"),
        ("nginx:latest", [], "not-applicable"),
        ("Nginx:1", [], "not-applicable"),
    ],
)
def test_which_images_name_their_digest(image: str, expected: list[str], status: str) -> None:
    result = judged("image-digests", pod(image))
    assert (codes(result), result.status) == (expected, status)


@pytest.mark.parametrize("where", ["containers", "initContainers", "ephemeralContainers"])
def test_every_container_counts(where: str) -> None:
    assert places(judged("image-tags", pod("nginx", where))) == [f"spec.{where}[0].image"]


def test_image_volumes_count() -> None:
    volumes = "  volumes: [{name: model, image: {reference: registry/model}}]\n"
    assert places(judged("image-tags", pod("nginx:1") + volumes)) == [
        "spec.volumes[0].image.reference"
    ]


@pytest.mark.parametrize("check", ["image-tags", "image-digests"])
def test_no_image_and_unread_files_are_no_pass(check: str) -> None:
    text = pod(f"nginx:1.29@{SHA}")
    assert judged(check, text, problems=1).status == "inconclusive"
    assert judged(check, text.replace("Pod", "Config")).status == "not-applicable"
