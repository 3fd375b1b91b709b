"""``pipeline.base-images``, and how Dockerfiles are read."""

from __future__ import annotations

import pytest

from golive_gates.pipeline.supply.dockerfiles import instructions, read
from tests.gates.pipeline.snippets import job, judged, workflow
from tests.gates.saying import codes

CI = ".github/workflows/ci.yml"
PLAIN = workflow({"a": job("x")})
SHA = "sha256:" + "a" * 64


def dockerfile(text: str) -> dict[str, str]:
    return {CI: PLAIN, "Dockerfile": text}


@pytest.mark.parametrize(
    "text",
    [
        f"FROM python:3.11@{SHA}\n",
        f"FROM --platform=$BUILDPLATFORM python@{SHA} AS base\nFROM base\n",
        "FROM scratch\n",
        f"ARG BASE=python:3@{SHA}\nFROM ${{BASE}}\n",
        f"ARG BASE\nFROM ${{BASE:-python@{SHA}}}\n",
        f"ARG TAG=3\nARG BASE=python:${{TAG}}@{SHA}\nFROM $BASE\n",
        f"FROM a@{SHA} AS build-amd64\nFROM a@{SHA} AS build-arm64\nFROM build-${{TARGETARCH}}\n",
        f"FROM python@{SHA} AS Builder\nFROM scratch\nCOPY --from=builder /a /a\n",
        f"FROM python@{SHA}\nFROM scratch\nCOPY --from=0 /a /a\n",
        f"FROM python@{SHA}\nRUN <<EOF\nFROM alpine\nEOF\n",
        f"# FROM alpine\nfrom python@{SHA}\n",
        f"FROM python@{SHA}\nRUN echo a \\\n# FROM alpine\n  b\n",
    ],
)
def test_what_is_known(text: str) -> None:
    result = judged("base-images", dockerfile(text))
    assert result.status.value in ("pass", "not-applicable"), result.findings


@pytest.mark.parametrize(
    ("text", "status", "code"),
    [
        ("FROM python\n", "fail", "no-version"),
        ("FROM python:latest AS a\n", "fail", "no-version"),
        ("FROM python:3.11\n", "warn", "no-digest"),
        ("FROM python@sha256:12\n", "fail", "not-a-digest"),
        ("ARG TAG=3.11\nFROM python:${TAG}\n", "warn", "no-digest"),
        ("ARG BASE\nFROM $BASE\n", "inconclusive", "unknown-image"),
        (f"FROM a@{SHA}\nCOPY --from=nginx:latest /a /a\n", "fail", "no-version"),
        (f"FROM a@{SHA}\nRUN --mount=type=bind,from=tools:1,target=/t x\n", "warn", "no-digest"),
        ("FROM \\\n  python:3.11\n", "warn", "no-digest"),
        ("# escape=`\nFROM `\n  python:3.11\n", "warn", "no-digest"),
    ],
)
def test_what_is_not(text: str, status: str, code: str) -> None:
    result = judged("base-images", dockerfile(text))
    assert (result.status.value, codes(result)) == (status, [code])


def test_the_line_of_a_later_stage() -> None:
    result = judged("base-images", dockerfile(f"FROM a@{SHA}\nRUN x\n\nFROM b\n"))
    assert [f.location.line for f in result.findings if f.location] == [4]


def test_dockerfiles_of_tests_are_left_out() -> None:
    files = {CI: PLAIN, "tests/x/Dockerfile": "FROM a\n", "Dockerfile.dockerignore": "FROM a\n"}
    assert judged("base-images", files).status.value == "not-applicable"


@pytest.mark.parametrize(
    ("extra", "status"),
    [
        (f"container: python:3@{SHA}\n", "pass"),
        ("container: python\n", "fail"),
        ("container: {image: 'python:3.11'}\n", "warn"),
        ("services: {db: {image: postgres}}\n", "fail"),
        (f"services: {{db: {{image: 'postgres@{SHA}'}}}}\n", "pass"),
        ("container: '${{ fromJSON(x) }}'\n", "inconclusive"),
        (
            "container: 'python:${{ matrix.v }}'\nstrategy: {matrix: {v: ['3.9', '3.11']}}\n",
            "warn",
        ),
        (
            "container: '${{ matrix.on.image }}'\nstrategy: {matrix: {on: [{image: a}]}}\n",
            "fail",
        ),
    ],
)
def test_images_of_jobs(extra: str, status: str) -> None:
    result = judged("base-images", workflow({"a": job("x", extra=extra)}))
    assert result.status.value == status, result.findings


def test_stages_have_what_follows_them() -> None:
    file = read("Dockerfile", "FROM a AS x\nRUN one \\\n  two\nFROM x\nCOPY a b\n")
    assert [(s.image, s.name, [i.text for i in s.instructions]) for s in file.stages] == [
        ("a", "x", ["one two"]),
        ("x", "", ["a b"]),
    ]


def test_two_here_documents_and_one_with_tabs() -> None:
    text = "RUN <<-A cat <<'B'\n\tone\n\tA\ntwo\nB\nUSER 1\n"
    run, user = instructions(text)
    assert run.documents == ("\tone", "two")
    assert (user.name, user.line) == ("USER", 6)
