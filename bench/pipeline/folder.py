"""A repository of many workflows: those of the demo's release, repeated under other names.

Every fourth set carries some mistakes, so that every checker has something to say. The same
number gives the same bytes.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from bench.lint.folder import BROKEN_EVERY, RELEASE, Folder

WORKFLOWS = Path(".github") / "workflows"
CONFIG = """\
apiVersion: golive/v1
service: {name: bench, version: v1}
profile: {gates: [pipeline]}
files:
  workflows: [".github/workflows/*.yml"]
"""
MISTAKES = {
    "persist-credentials: false": "persist-credentials: true",
    "needs: [ci, security]": "needs: [ci]",
    "run: gitleaks git": "run: echo ${{ github.head_ref }}; gitleaks git",
}
_LOCAL = re.compile(r"(uses: \./\.github/workflows/[\w-]+)(\.yml)")


def written(path: Path, workflows: int) -> Folder:
    """Write a repository with about *workflows* workflows, at least one set of them, to *path*."""
    shutil.copytree(RELEASE, path, ignore=shutil.ignore_patterns("__pycache__", "k8s"))
    texts = {f.name: f.read_text(encoding="utf-8") for f in sorted((RELEASE / WORKFLOWS).iterdir())}
    for name in texts:
        (path / WORKFLOWS / name).unlink()
    (path / "golive.yaml").write_text(CONFIG, encoding="utf-8")
    sets = max(round(workflows / len(texts)), 1)
    size = 0
    for number in range(sets):
        for name, text in texts.items():
            content = renamed(text, number).encode()
            target = f"{name.removesuffix('.yml')}-{number:04d}.yml"
            (path / WORKFLOWS / target).write_bytes(content)
            size += len(content)
    count = sets * len(texts)
    return Folder(path, count, count, size)


def renamed(text: str, number: int) -> str:
    """*text* as of set *number*, with its mistakes if it is to have some."""
    if number % BROKEN_EVERY == 0:
        for right, wrong in MISTAKES.items():
            text = text.replace(right, wrong, 1)
    return _LOCAL.sub(rf"\g<1>-{number:04d}\g<2>", text)
