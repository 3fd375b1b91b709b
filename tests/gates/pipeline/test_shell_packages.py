"""Scripts of package.json and environments of tox that a step runs."""

from __future__ import annotations

import json

import pytest

from tests.gates.pipeline.efficacy import pipeline
from tests.gates.pipeline.scripts import command, script
from tests.gates.pipeline.snippets import CI, job, judged, workflow
from tests.gates.saying import codes


def package(**scripts: str) -> str:
    return json.dumps({"name": "x", "scripts": scripts}, indent=1)


@pytest.mark.parametrize(
    ("run", "scan", "lost"),
    [
        ("npm test", "scan", ()),
        ("npm test", "scan || true", ("or-true",)),
        ("npm run test", "scan; echo done", ("errexit-off",)),
        ("npm t || true", "scan", ("or-true",)),
        ("yarn test", "lint && scan", ()),
        ("yarn run test --ci", "scan | tee log", ("pipe",)),
        ("pnpm test", "scan || true", ("or-true",)),
        ("pnpm run test", "scan", ()),
        ("bun run test", "scan || exit 0", ("or-true",)),
        ("npm it", "scan || true", ("or-true",)),
    ],
)
def test_a_script_of_a_package(run: str, scan: str, lost: tuple[str, ...]) -> None:
    found = command(run, files={"package.json": package(lint="x", test=scan)})
    assert (found.lost, found.file, found.line) == (lost, "package.json", 4)


def test_scripts_around_it_and_scripts_of_scripts() -> None:
    text = package(pretest="lint", test="npm run unit -- --all", unit="scan", posttest="tidy")
    found = script("npm test", files={"package.json": text})
    assert [c.words for c in found.commands] == [("lint",), ("scan", "--all"), ("tidy",)]
    assert command("npm test", files={"package.json": text}).lost == ()
    assert script("npm test", files={"package.json": package(test="npm test")}).commands == ()


@pytest.mark.parametrize(
    ("run", "lost"),
    [
        ("npm test", ()),
        ("cd web && npm test", ("or-true",)),
        ("npm --prefix web test", ("or-true",)),
        ("npm test --prefix=web", ("or-true",)),
        ("yarn --cwd web test", ("or-true",)),
        ("cd web/src && npm test", ("or-true",)),
        ("(cd web && ls); npm test", ()),
        ("cd web; cd ..; npm test", ()),
    ],
)
def test_the_package_of_the_folder(run: str, lost: tuple[str, ...]) -> None:
    files = {
        "package.json": package(test="scan"),
        "web/package.json": package(test="scan || true"),
    }
    assert command(run, files=files).lost == lost


@pytest.mark.parametrize(
    ("run", "text", "named"),
    [
        ("npm run gone", package(test="scan"), ["npm run gone"]),
        ("npm test", "{", ["npm test"]),
        ("npm test", "[]", ["npm test"]),
        ("npm test --workspaces", package(test="scan"), ["npm test --workspaces"]),
        ('cd "$DIR" && npm test', package(test="scan"), ["npm test"]),
        ("npm ci", package(test="scan"), []),
        ("yarn jest", package(test="scan"), []),
        ("npm run gone --if-present", package(test="scan"), []),
        ("bun test", package(test="scan || true"), []),
    ],
)
def test_what_is_not_followed_is_named(run: str, text: str, named: list[str]) -> None:
    found = script(run, files={"package.json": text})
    assert [u.what for u in found.unfollowed] == named


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("jest", "pass"),
        ("cross-env CI=1 nyc mocha", "pass"),
        ("eslint . && ng test", "pass"),
        ("node test/run.js", "pass"),
        ("echo none", "fail"),
        ('echo "Error: no test specified" && exit 1', "fail"),
    ],
)
def test_which_scripts_are_tests(text: str, status: str) -> None:
    files = {CI: workflow({"t": job("npm test")}), "package.json": package(test=text)}
    assert judged("tests", files).status.value == status


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("jest", []),
        ("jest || true", ["shell-or-true"]),
        ("lint && ng test || true", ["shell-or-true"]),
    ],
)
def test_tests_of_a_package_that_cannot_fail(text: str, found: list[str]) -> None:
    run = pipeline().replace("pytest", "npm test")
    assert codes(judged("neutralised", {CI: run, "package.json": package(test=text)})) == found


@pytest.mark.parametrize(
    ("run", "ini", "lost"),
    [
        ("tox", "[testenv]\ncommands =\n  ruff check\n  pytest {posargs}\n", ()),
        ("tox", "[testenv]\ncommands =\n  ruff check\n  - pytest {posargs}\n", ("ignored",)),
        ("tox", "[testenv]\nignore_outcome = true\ncommands = pytest\n", ("ignored",)),
        ("tox -e py", "[testenv:py]\ncommands = -pytest\n[testenv]\ncommands=pytest", ("ignored",)),
        ("tox -e a,b", "[testenv:a]\ncommands = -pytest\n[testenv:b]\ncommands=pytest", ()),
        ("tox", "[tox]\nenvlist = a\n[testenv:a]\ncommands =\n  py: - pytest\n", ("ignored",)),
        ("tox", "not = an ini", ()),
        ("tox || true", "[testenv]\ncommands = pytest\n", ("or-true",)),
    ],
)
def test_tox(run: str, ini: str, lost: tuple[str, ...]) -> None:
    assert command(run, files={"tox.ini": ini}, name="tox").lost == lost
