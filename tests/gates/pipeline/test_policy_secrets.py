"""``pipeline.ignored-secrets``."""

from __future__ import annotations

from dataclasses import replace

import pytest

from golive.api import Observation
from golive_gates.pipeline.settings import Settings
from tests.gates.pipeline.snippets import CHECKS, CI, job, judged, pipeline, workflow
from tests.gates.saying import codes
from tests.gates.saying import said as worded

FLOW = workflow({"test": job("pytest")})
IGNORE = ".env\n.env.*\n!.env.example\n*.key\n*.pem\n*.p12\n"


def said(ignore: str | None = IGNORE, **more: str) -> tuple[str, list[str]]:
    files = {CI: FLOW, **more}
    if ignore is not None:
        files[".gitignore"] = ignore
    result = judged("ignored-secrets", files)
    return result.status.value, codes(result)


@pytest.mark.parametrize(
    ("ignore", "status", "expected"),
    [
        (IGNORE, "pass", []),
        (None, "fail", ["no-gitignore"]),
        ("__pycache__/\n", "fail", ["env-not-ignored", "keys-not-ignored"]),
        (".env\n", "warn", ["keys-not-ignored"]),
        (f"{IGNORE}!.env\n", "fail", ["env-not-ignored"]),
        ("*\n", "pass", []),
    ],
)
def test_what_git_leaves_out(ignore: str | None, status: str, expected: list[str]) -> None:
    assert said(ignore) == (status, expected)


@pytest.mark.parametrize(
    "name",
    ["deploy/id_ed25519", "certs/store.jks", "app/service-account.json", "kubeconfig", ".netrc"],
)
def test_a_secret_file_that_lies_there(name: str) -> None:
    assert said(**{name: "x"}) == ("fail", ["secret-file"])


@pytest.mark.parametrize(
    "name",
    [
        *(".env", "a/.env.production", "tls/server.key", ".env.example", "public.pem"),
        *("src/key.py", "id_rsa.pub", "config/example.key", "ca.pem"),
    ],
)
def test_what_is_ignored_or_no_secret(name: str) -> None:
    assert said(**{name: "x"}) == ("pass", [])


def test_a_key_among_tests_is_only_looked_at() -> None:
    assert said(IGNORE + "!tests/**\n", **{"tests/server.key": "x"}) == ("warn", ["secret-file"])


def test_a_nearer_file_brings_one_back() -> None:
    assert said(**{"deploy/.gitignore": "!server.key\n", "deploy/server.key": "x"}) == (
        *("fail", ["secret-file"]),
    )


@pytest.mark.parametrize(
    ("dockerfile", "ignore", "expected"),
    [
        ("FROM a\nCOPY . /app\n", None, ["env-in-image"]),
        ("FROM a\nCOPY . /app\n", ".env\n", ["git-in-image"]),
        ("FROM a\nCOPY . /app\n", ".env\n.git\n", []),
        ("FROM a\nCOPY . /app\n", "*\n!src\n", []),
        ("FROM a\nADD --chown=1:1 ./ /app\n", None, ["env-in-image"]),
        ('FROM a\nCOPY ["./", "/app"]\n', None, ["env-in-image"]),
        ("FROM a\nCOPY \\\n  # here\n  . /app\n", None, ["env-in-image"]),
        ("FROM a\nCOPY src /app\n", None, []),
        ("FROM a AS b\nFROM a\nCOPY --from=b . /app\n", None, []),
        ("FROM a\n# COPY . .\nRUN cp . x\n", None, []),
        ("FROM a\nCOPY .\n", None, []),
    ],
)
def test_a_whole_context_in_an_image(
    dockerfile: str, ignore: str | None, expected: list[str]
) -> None:
    more = {"Dockerfile": dockerfile, **({".dockerignore": ignore} if ignore else {})}
    assert said(**more)[1] == expected


def test_a_dockerfile_may_have_an_ignore_file_of_its_own() -> None:
    copied = {"api/Dockerfile": "FROM a\nCOPY . .\n", ".dockerignore": "x\n"}
    assert said(**copied)[1] == ["env-in-image"]
    own = {**copied, "api/Dockerfile.dockerignore": ".env\n.git\n"}
    assert said(**own)[1] == []
    assert said(**{**copied, "api/.dockerignore": ".env\n.git\n"})[1] == []


def test_a_folder_with_too_many_files_is_not_known() -> None:
    seen = pipeline({CI: FLOW, ".gitignore": IGNORE})
    cut = replace(seen, repositories=tuple(replace(r, cut=True) for r in seen.repositories))
    for check in ("ignored-secrets", "policy-files", "dependency-updates"):
        result = CHECKS[check].evaluate(Observation({"Pipeline": cut}), Settings())
        assert worded(result).status.value == "inconclusive"
        assert set(codes(result)) == {"cut"}
