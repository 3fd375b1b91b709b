"""``pipeline.policy-files``."""

from __future__ import annotations

import pytest

from tests.gates.pipeline.snippets import CI, job, judged, workflow
from tests.gates.saying import codes

FLOW = workflow({"test": job("pytest")})
GOOD = {
    CI: FLOW,
    "SECURITY.md": "Write to security@example.com.\n",
    ".github/CODEOWNERS": "* @org/team\n",
    "LICENSE": "Copyright 2026 Example\n",
}


def said(**changes: str | None) -> tuple[str, list[str]]:
    """Status and codes for the good files with *changes*; ``None`` takes one away."""
    names = {"security": "SECURITY.md", "owners": ".github/CODEOWNERS", "license": "LICENSE"}
    files = {**GOOD, **{names.get(n, n): text for n, text in changes.items()}}
    result = judged("policy-files", {n: t for n, t in files.items() if t is not None})
    return result.status.value, codes(result)


def test_all_three_are_there() -> None:
    assert said() == ("pass", [])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (None, "no-security"),
        ("  \n", "empty"),
        ("<!-- write to a@b.example -->", "empty"),
        ("Tell the team.", "no-way-to-report"),
        ("Use this section to tell people about versions. a@b.example", "security-template"),
    ],
)
def test_nobody_to_tell(text: str | None, code: str) -> None:
    assert said(security=text) == ("fail", [code])


@pytest.mark.parametrize(
    "text",
    ["https://example.com/report", "Use private vulnerability reporting.", "신고: a@b.example"],
)
def test_ways_to_report(text: str) -> None:
    assert said(security=text) == ("pass", [])


@pytest.mark.parametrize("place", [".github/SECURITY.md", "docs/SECURITY.md", "security.txt"])
def test_places_of_security(place: str) -> None:
    assert said(security=None, **{place: "a@b.example"}) == ("pass", [])


@pytest.mark.parametrize(
    ("text", "status", "expected"),
    [
        (None, "fail", ["no-owners"]),
        ("# nobody\n", "fail", ["empty"]),
        ("/src/ @org/team\n", "fail", ["unowned", "unowned"]),
        ("* @org/team\n/.github/\n", "fail", ["unowned", "unowned"]),
        ("* @org/team\n/.github/ org/team\n", "fail", ["owner-line"]),
        ("* @org/team\n!/.github/ @x\n", "fail", ["owner-line"]),
        ("/.github/ @org/team\n", "warn", ["no-default-owner"]),
        ("* team@example.com\n", "pass", []),
    ],
)
def test_owners_of_the_pipeline(text: str | None, status: str, expected: list[str]) -> None:
    assert said(owners=text) == (status, expected)


def test_the_forge_reads_one_file_of_owners() -> None:
    assert said(CODEOWNERS="* @somebody\n") == ("warn", ["owners-shadowed"])
    assert said(owners=None, **{"docs/CODEOWNERS": "* @a\n"}) == ("pass", [])
    assert said(owners=None, **{"other/CODEOWNERS": "* @a\n"}) == ("fail", ["no-owners"])


def test_owners_of_a_gitlab_pipeline() -> None:
    files = {
        ".gitlab-ci.yml": "test:\n  script: [pytest]\n",
        "SECURITY.md": "a@b.example",
        ".gitlab/CODEOWNERS": "[All] @a\n*\n",
        "COPYING": "Free.",
    }
    assert judged("policy-files", files).status.value == "pass"


@pytest.mark.parametrize(
    ("text", "status", "expected"),
    [
        (None, "warn", ["no-license"]),
        ("\n", "fail", ["empty"]),
        ("MIT License\n\nCopyright (c) [year] [fullname]\n", "warn", ["license-unfilled"]),
        (
            "Apache License\nAPPENDIX: How to apply the Apache License\nCopyright [yyyy] [name]",
            *("pass", []),
        ),
    ],
)
def test_licenses(text: str | None, status: str, expected: list[str]) -> None:
    assert said(license=text) == (status, expected)


def test_licenses_by_file() -> None:
    assert said(license=None, **{"LICENSES/MIT.txt": "MIT"}) == ("pass", [])


def test_an_unread_workflow_keeps_it_from_passing() -> None:
    result = judged("policy-files", GOOD, problems=1)
    assert (result.status.value, result.blocked_by) == ("inconclusive", "pipeline.parse")
