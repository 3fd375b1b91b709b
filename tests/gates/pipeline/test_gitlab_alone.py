"""A repository whose pipelines are GitLab's alone."""

from __future__ import annotations

import pytest

from tests.gates.pipeline.snippets import judged
from tests.gates.saying import codes

CI = "test:\n  script: [pytest]\n"


def files(text: str = CI, **more: str) -> dict[str, str]:
    return {".gitlab-ci.yml": text, "requirements.txt": "x==1\n", **more}


def test_renovate_is_what_keeps_it_up_to_date() -> None:
    result = judged("dependency-updates", files())
    assert (result.status.value, codes(result)) == ("fail", ["no-renovate"])
    assert str(result.findings[0].location).endswith("renovate.json")
    done = {"renovate.json": '{"extends": ["config:recommended"]}'}
    assert judged("dependency-updates", {**files(), **done}).status.value == "pass"


def test_an_image_that_jobs_share_is_told_once() -> None:
    shared = f"default:\n  image: python:3.12\n{CI}lint:\n  script: [ruff check]\n"
    assert codes(judged("base-images", files(shared))) == ["no-digest"]


@pytest.mark.parametrize(
    ("include", "line"),
    [
        ("\n  - local: a.yml\n", None),
        ("\n  - a.yml\n  - https://example.org/b.yml\n", None),
        ("\n  - project: g/s\n    file: [/a.yml]\n  - template: A.gitlab-ci.yml\n", None),
        ("\n  - component: $CI_SERVER_FQDN/c/s/s@1.0\n    inputs: {a: true, b: [c]}\n", None),
        ("\n  - local: a.yml\n    rules: [{if: $A, when: always}]\n", None),
        ("\n  - local: a.yml\n  - local: a.yml\n    inptus: {a: b}\n", 4),
        ("\n  - remote: https://example.org/a.yml\n    integrity: sha256-abc=\n", 3),
    ],
)
def test_includes_by_the_schema(include: str, line: int | None) -> None:
    result = judged("schema", files(f"include:{include}{CI}"))
    assert (result.status.value == "pass") == (line is None)
    assert "type" not in codes(result)
    assert {f.location.line for f in result.findings if f.location} == ({line} if line else set())
