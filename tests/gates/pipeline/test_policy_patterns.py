"""Patterns of .gitignore, .dockerignore and CODEOWNERS, held against git where git can say."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golive_gates.pipeline.policy.owners import read_owners
from golive_gates.pipeline.policy.patterns import dockerignore, gitignore, ignored, left_out

PATHS = (
    ".env",
    "a/.env",
    "a/b/.env.local",
    "a/server.key",
    "docs/x",
    "docs/a/x",
    "build/out.txt",
    "a/build/out.txt",
    "x[1].txt",
    "foo/bar",
    "a/foo/bar/baz",
)
IGNORES = (
    ".env\n",
    "/.env\n",
    ".env*\n!.env.local\n",
    "*.key\n",
    "build/\n",
    "/build\n",
    "docs/*\n!docs/a\n",
    "docs/**\n!docs/a/x\n",
    "**/foo/**\n",
    "a/**/baz\n",
    "x\\[1\\].txt\n",
    "x[[]1].txt\n",
    "[!a]*\n",
    "*\n!docs\n!docs/x\n",
    "foo/bar\n",
    "# .env\n\n   \n.env   \n",
    "??e*\n",
    "a*b*c*d*e\n*e*n*\n",
)


@pytest.mark.parametrize("text", IGNORES)
def test_a_gitignore_means_what_git_takes_it_for(text: str, tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    (tmp_path / ".gitignore").write_text(text)
    asked = subprocess.run(
        ["git", "-C", str(tmp_path), "check-ignore", "--no-index", "--stdin"],
        input="\n".join(PATHS),
        capture_output=True,
        text=True,
        check=False,
    )
    rules = gitignore(text)
    assert [p for p in PATHS if ignored(rules, p)] == asked.stdout.splitlines()


def test_one_in_a_folder_is_about_that_folder() -> None:
    rules = (*gitignore("*.key\n"), *gitignore("!/ok.key\n/only\n", "sub"))
    assert [
        p for p in ("a.key", "sub/a.key", "sub/ok.key", "sub/only", "only") if ignored(rules, p)
    ] == ["a.key", "sub/a.key", "sub/only"]


@pytest.mark.parametrize(
    ("text", "out"),
    [
        (".env\n", [".env"]),
        ("**/.env\n", [".env", "a/.env"]),
        ("*\n!src\n", [".env", "a/.env", ".git/config"]),
        ("*\n!**/.env\n", [".git/config", "src/x"]),
        (".git\n", [".git/config"]),
        ("./.git/\n# .env\n", [".git/config"]),
    ],
)
def test_a_dockerignore_counts_from_the_context(text: str, out: list[str]) -> None:
    paths = (".env", "a/.env", ".git/config", "src/x")
    assert [p for p in paths if left_out(dockerignore(text), p)] == out


@pytest.mark.parametrize(
    ("text", "path", "owners"),
    [
        ("* @a\n/x/ @b\n", "x/y/z", ("@b",)),
        ("* @a\n/x/ @b\n", "y/x/z", ("@a",)),
        ("x/ @b\n", "y/x/z", ("@b",)),
        ("docs/* @b\n", "docs/a/b", ()),
        ("docs/* @b\n", "docs/a", ("@b",)),
        ("/docs/** @b\n", "docs/a/b", ("@b",)),
        ("*.js @b @org/team # why\n", "a/b.js", ("@b", "@org/team")),
        ("* @a\n/apps/secret\n", "apps/secret", ()),
        ("* a@example.com", "x", ("a@example.com",)),
        ("/with\\ space/ @b", "with space/x", ("@b",)),
        ("/ @b", "x/y", ("@b",)),
    ],
)
def test_the_last_line_of_codeowners_counts(text: str, path: str, owners: tuple[str, ...]) -> None:
    assert read_owners(text).of(path) == owners


def test_sections_of_gitlab_have_owners_of_their_own() -> None:
    text = "[Security][2] @sec @ops\n.gitlab-ci.yml\nsrc/ @dev\n^[Optional]\ndocs/\n"
    owners = read_owners(text, gitlab=True)
    assert owners.of(".gitlab-ci.yml") == ("@sec", "@ops")
    assert owners.of("src/a") == ("@dev",)
    assert owners.of("docs/a") == ()


@given(st.text(alphabet="ab*?[]!\\/#. \n@é", max_size=60), st.text(alphabet="ab/.é", max_size=30))
def test_no_text_breaks_a_reader(text: str, path: str) -> None:
    ignored(gitignore(text), path)
    left_out(dockerignore(text), path)
    read_owners(text).of(path)
    read_owners(text, gitlab=True).of(path)


def test_many_stars_take_no_time() -> None:
    rules = gitignore("*a" * 400 + "\n" + "**/" * 300 + "x\n")
    assert not ignored(rules, "a" * 250 + "b/" + "a/" * 100 + "y")
