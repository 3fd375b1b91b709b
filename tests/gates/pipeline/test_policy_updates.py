"""``pipeline.dependency-updates``."""

from __future__ import annotations

import pytest

from golive_gates.pipeline.policy.updates import NotReadable, read_dependabot, read_renovate
from tests.gates.pipeline.snippets import CI, job, judged, workflow
from tests.gates.saying import codes

FLOW = workflow({"test": job("uses: actions/checkout@v6", "pytest")})
BOT = ".github/dependabot.yml"


def entry(ecosystem: str, folder: str = "directory: /", extra: str = "") -> str:
    schedule = "" if "schedule" in extra else "    schedule: {interval: weekly}\n"
    more = f"    {extra}\n" if extra else ""
    return f"  - package-ecosystem: {ecosystem}\n    {folder}\n{schedule}{more}"


def bot(*entries: str) -> str:
    return "version: 2\nupdates:\n" + "".join(entries)


ACTIONS = entry("github-actions")


def said(text: str | None, name: str = BOT, **more: str) -> tuple[str, list[str]]:
    files = {CI: FLOW, **more, **({name: text} if text is not None else {})}
    result = judged("dependency-updates", files)
    return result.status.value, codes(result)


def test_what_the_repository_has_is_covered() -> None:
    assert said(bot(ACTIONS)) == ("pass", [])


def test_nobody_hears_of_anything() -> None:
    assert said(None) == ("fail", ["no-updates"])


def test_a_workflow_without_remote_actions_needs_nothing() -> None:
    assert judged("dependency-updates", workflow({"t": job("pytest")})).status.value == (
        "not-applicable"
    )


@pytest.mark.parametrize(
    ("file", "right", "wrong"),
    [
        ("requirements.txt", entry("pip"), entry("npm")),
        ("requirements/base.lock", entry("pip"), entry("pip", "directory: /src")),
        ("requirements/base.lock", entry("pip", "directory: /requirements"), entry("docker")),
        ("app/uv.lock", entry("uv", "directory: app/"), entry("uv")),
        ("Dockerfile", entry("docker"), entry("docker", "directory: /docker")),
        ("api/Dockerfile.prod", entry("docker", 'directories: ["/*"]'), entry("docker")),
        ("a/b/package.json", entry("npm", 'directories: ["**/*"]'), entry("npm")),
        ("go.mod", entry("gomod"), entry("cargo")),
    ],
)
def test_ecosystems_by_their_files(file: str, right: str, wrong: str) -> None:
    assert said(bot(ACTIONS, right), **{file: "x"}) == ("pass", [])
    assert said(bot(ACTIONS, wrong), **{file: "x"}) == ("fail", ["not-covered"])


@pytest.mark.parametrize(
    "file",
    [
        *("node_modules/x/package.json", "tests/fixtures/requirements.txt"),
        *("docs/requirements.txt", "Dockerfile.dockerignore", "examples/go.mod"),
    ],
)
def test_what_is_not_deployed_is_left_out(file: str) -> None:
    assert said(bot(ACTIONS), **{file: "x"}) == ("pass", [])


def test_what_may_be_left_alone_is_only_looked_at() -> None:
    assert said(bot(ACTIONS), **{"compose.yaml": "x"}) == ("warn", ["not-covered"])


@pytest.mark.parametrize(
    ("extra", "code"),
    [
        ("open-pull-requests-limit: 0", "update-limit"),
        ('ignore: [{dependency-name: "*"}]', "update-ignored"),
    ],
)
def test_an_entry_that_does_nothing(extra: str, code: str) -> None:
    assert said(bot(entry("github-actions", extra=extra))) == ("fail", [code])
    assert said(bot(ACTIONS, entry("npm", extra=extra))) == ("warn", [code])


def test_ignoring_some_versions_is_usual() -> None:
    extra = 'ignore: [{dependency-name: "*", update-types: ["version-update:semver-major"]}]'
    assert said(bot(entry("github-actions", extra=extra))) == ("pass", [])


@pytest.mark.parametrize(
    "text", ["", "version: 1\nupdates: []\n", "version: 2\nupdates: []\n", "# nothing\n"]
)
def test_a_file_that_says_nothing_fails(text: str) -> None:
    assert said(text) == ("fail", ["not-readable"])


@pytest.mark.parametrize(
    "text",
    [
        "- a\n",
        "version: 2\n",
        "version: 2\nupdates: none\n",
        "version: 2\nversion: 2\nupdates: []\n",
        "version: 2\nupdates: [3, null]\n",
        "version: 2\nupdates: [{package-ecosystem: [], directory: 3, schedule: 1}]\n",
        bot("  - package-ecosystem: github-actions\n    directory: /\n"),
        bot(entry("github-actions", extra="schedule: {interval: sometimes}")),
        bot(ACTIONS, entry("npm", extra="schedule: {interval: fortnightly}")),
        bot("  - package-ecosystem: github-actions\n    schedule: {interval: daily}\n"),
    ],
)
def test_what_the_schema_refuses_is_its_finding_alone(text: str) -> None:
    files = {CI: FLOW, BOT: text}
    result = judged("dependency-updates", files)
    assert (result.status.value, result.blocked_by) == ("inconclusive", "pipeline.schema")
    assert set(codes(result)) == {"refused-file"}
    assert judged("schema", files).status.value == "fail"


@pytest.mark.parametrize(
    ("text", "status", "expected"),
    [
        ('{"extends": ["config:recommended"]}', "pass", []),
        ("{\n\t// all\n\textends: ['config:recommended'], /* and */ }", "pass", []),
        ('{"$schema": "https://docs.renovatebot.com/renovate-schema.json"}', "pass", []),
        ('{"enabledManagers": ["npm"]}', "fail", ["not-covered"]),
        ('{"github-actions": {"enabled": false}}', "fail", ["not-covered"]),
        ('{"enabled": false}', "fail", ["updates-off"]),
        ("[1]", "fail", ["not-readable"]),
        ("{", "fail", ["not-readable"]),
    ],
)
def test_renovate(text: str, status: str, expected: list[str]) -> None:
    for name in ("renovate.json", ".github/renovate.json5", ".renovaterc"):
        assert said(text, name) == (status, expected)


@pytest.mark.parametrize("text", ["version: [", "\x00", "a: &a [*a]", "version: 2\n---\nx: 1\n"])
def test_what_is_no_yaml_is_refused(text: str) -> None:
    with pytest.raises(NotReadable):
        read_dependabot(text, BOT)
    with pytest.raises(NotReadable):
        read_renovate(text, "renovate.json")
