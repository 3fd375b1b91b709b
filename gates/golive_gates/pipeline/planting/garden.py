"""The throw-away repository's files, commit by commit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from golive_gates.pipeline.planting.keys import KINDS, Choice, made_up
from golive_gates.pipeline.planting.parts import PlantedKey, When

OPERATED = ("src/config.py", ".env.production")
"""Where a key works as soon as it is committed: no allow-list has a reason to name them."""
ASIDE = ("tests/fixtures/accounts.json", "docs/setup.md")
"""Where projects keep made-up keys too, and let their scanner pass by."""
PLACES = (*OPERATED, *ASIDE)
BASE_BRANCH, BRANCH = "main", "change"
_LINES: Mapping[When, int] = {"history": 11, "tree": 31}
"""Where the keys begin; the lines of the one are never those of the other."""
_NAMES = {
    "openai": "OPENAI_API_KEY",
    "anthropic": "ANTHROPIC_API_KEY",
    "aws": "AWS_ACCESS_KEY_ID",
    "github": "GITHUB_TOKEN",
}
_LAST = 40


@dataclass(frozen=True, slots=True)
class Commit:
    """Files that it writes, by path. ``message``: its own."""

    message: str
    files: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Garden:
    """``commits``: the first is on both branches, the others on the second alone."""

    keys: tuple[PlantedKey, ...]
    commits: tuple[Commit, ...]


def garden(choice: Choice) -> Garden:
    """A new one: every kind of key in every place, in the history and in the tree."""
    keys = tuple(
        PlantedKey(kind, when, path, _LINES[when] + number)
        for when in ("history", "tree")
        for path in PLACES
        for number, kind in enumerate(KINDS)
    )
    values = {key: made_up(key.kind, choice) for key in keys}

    def files(*present: When) -> dict[str, str]:
        return {
            path: _file(path, {k: v for k, v in values.items() if k.when in present})
            for path in PLACES
        }

    readme = "# A service\n"
    commits = (
        Commit("Begin", {"README.md": readme}),
        Commit("Read the configuration", files("history")),
        Commit("Take the credentials from the environment", files()),
        Commit("Add the accounts", files("tree")),
        Commit("Say what it is", {"README.md": f"{readme}\nIt answers.\n"}),
    )
    return Garden(keys, commits)


def _file(path: str, values: Mapping[PlantedKey, str]) -> str:
    lines = [_empty(path, number) for number in range(1, _LAST + 1)]
    for key, value in values.items():
        if key.path == path:
            lines[key.line - 1] = _assigned(path, _NAMES[key.kind], value)
    return "".join(f"{line}\n" for line in lines)


def _assigned(path: str, name: str, value: str) -> str:
    if path.endswith(".py"):
        return f'{name} = "{value}"'
    if path.endswith(".json"):
        return f'  "{name}": "{value}",'
    if path.endswith(".md"):
        return f'    export {name}="{value}"'
    return f"{name}={value}"


def _empty(path: str, number: int) -> str:
    if path.endswith(".json"):
        return {1: "{", _LAST: "}", _LAST - 1: '  "last": 0'}.get(
            number, f'  "n{number}": {number},'
        )
    return f"Line {number}." if path.endswith(".md") else f"# line {number}"
