"""Which package ecosystems a repository has, by the names of its files. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from golive.sources.tree import FileKind
from golive_gates.pipeline.parts import Repository

_ASIDE = frozenset(
    [
        "node_modules",
        "vendor",
        "third_party",
        "site-packages",
        "testdata",
        "fixtures",
        "test",
        "tests",
        "example",
        "examples",
        "docs",
    ]
)
_REMOTE = re.compile(r"(?m)^\s*(?:-\s+)?uses:\s*['\"]?[\w.-]+/[\w./-]+@")


@dataclass(frozen=True, slots=True)
class Ecosystem:
    """``names``: what Dependabot calls it, any of them will do. ``renovate``: its managers."""

    id: str
    names: tuple[str, ...]
    files: re.Pattern[str]
    renovate: tuple[str, ...]
    pinned: bool = True
    """Whether what it installs gets into what is deployed, without doubt."""


@dataclass(frozen=True, slots=True)
class Present:
    """An ecosystem that is there. ``folder``: from the root with a leading slash."""

    ecosystem: Ecosystem
    folder: str
    file: str


ACTIONS = Ecosystem("github-actions", ("github-actions",), re.compile("(?!)"), ("github-actions",))
ECOSYSTEMS = (
    Ecosystem(
        "pip",
        ("pip", "uv"),
        re.compile(
            r"(?:requirements|constraints)[\w.-]*\.(?:txt|in|lock)|Pipfile|poetry\.lock"
            r"|uv\.lock"
        ),
        ("pip_requirements", "pip-compile", "pipenv", "poetry", "pep621", "uv"),
    ),
    Ecosystem(
        "docker",
        ("docker",),
        re.compile(r"(?i)(?:docker|container)file(?:\.(?!dockerignore)[\w-]+)?|[\w-]+\.dockerfile"),
        ("dockerfile",),
    ),
    Ecosystem("npm", ("npm", "bun"), re.compile(r"package\.json"), ("npm", "bun")),
    Ecosystem("gomod", ("gomod",), re.compile(r"go\.mod"), ("gomod",)),
    Ecosystem("cargo", ("cargo",), re.compile(r"Cargo\.lock"), ("cargo",)),
    Ecosystem("maven", ("maven",), re.compile(r"pom\.xml"), ("maven",)),
    Ecosystem("gradle", ("gradle",), re.compile(r"build\.gradle(?:\.kts)?"), ("gradle",)),
    Ecosystem(
        "terraform",
        ("terraform", "opentofu"),
        re.compile(r"\.terraform\.lock\.hcl"),
        ("terraform",),
        pinned=False,
    ),
    Ecosystem(
        "docker-compose",
        ("docker-compose", "docker"),
        re.compile(r"(?:docker-)?compose(?:\.[\w-]+)?\.ya?ml"),
        ("docker-compose",),
        pinned=False,
    ),
    Ecosystem(
        "gitsubmodule", ("gitsubmodule",), re.compile(r"\.gitmodules"), ("git-submodules",), False
    ),
)
_IN_REQUIREMENTS = re.compile(r"requirements/[\w.-]+\.(?:txt|in|lock)")


def present(repository: Repository) -> tuple[Present, ...]:
    """One entry for each ecosystem and folder; tests, examples and vendored code are left out."""
    found: dict[tuple[str, str], Present] = {}
    if any(
        d.kind is FileKind.WORKFLOW and _REMOTE.search(repository.text(path) or "")
        for d in repository.documents
        for path in (repository.within(d.path),)
    ):
        found["github-actions", "/"] = Present(ACTIONS, "/", ".github/workflows")
    for path in sorted(repository.names):
        folder, _, name = path.rpartition("/")
        if _ASIDE & set(folder.split("/")):
            continue
        for ecosystem in ECOSYSTEMS:
            mine = ecosystem.files.fullmatch(name) or (
                ecosystem.id == "pip" and _is_requirement(path)
            )
            if mine:
                key = (ecosystem.id, f"/{folder}")
                found.setdefault(key, Present(ecosystem, f"/{folder}", path))
    return tuple(found.values())


def _is_requirement(path: str) -> bool:
    return _IN_REQUIREMENTS.fullmatch("/".join(path.split("/")[-2:])) is not None
