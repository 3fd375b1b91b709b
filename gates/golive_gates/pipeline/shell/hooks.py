"""What ``pre-commit run`` runs, by ``.pre-commit-config.yaml``."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_KNOWN = {
    "gitleaks": ("gitleaks", "git", "--pre-commit", "--redact", "--staged", "--verbose"),
    "gitleaks-docker": ("gitleaks", "git", "--pre-commit", "--redact", "--staged", "--verbose"),
    "gitleaks-system": ("gitleaks", "git", "--pre-commit", "--redact", "--staged", "--verbose"),
    "detect-secrets": ("detect-secrets-hook",),
    "trufflehog": ("trufflehog", "git", "file://.", "--since-commit", "HEAD", "--fail"),
    "ggshield": ("ggshield", "secret", "scan", "pre-commit"),
}
"""What the hooks of public repositories run, after their own ``.pre-commit-hooks.yaml``."""


@dataclass(frozen=True, slots=True)
class Hook:
    """``words``: what it runs; of a hook that is not known, its id. ``repository``: its source."""

    id: str
    words: tuple[str, ...]
    repository: str = ""
    stages: tuple[str, ...] = ()


def hooks_of(config: object) -> Iterator[Hook]:
    """The hooks of a parsed configuration; what has another form is left out."""
    repositories = config.get("repos") if isinstance(config, dict) else None
    for repository in repositories if isinstance(repositories, list | tuple) else ():
        if not isinstance(repository, dict):
            continue
        url = repository.get("repo")
        hooks = repository.get("hooks")
        for hook in hooks if isinstance(hooks, list | tuple) else ():
            if isinstance(hook, dict) and isinstance(hook.get("id"), str):
                yield _hook(hook, url if isinstance(url, str) else "")


def _hook(hook: dict[str, Any], repository: str) -> Hook:
    name = hook["id"]
    args = hook.get("args")
    stages = hook.get("stages")
    more = tuple(str(a) for a in args) if isinstance(args, list | tuple) else ()
    entry = hook.get("entry")
    if isinstance(entry, str):
        try:
            words = tuple(shlex.split(entry))
        except ValueError:
            words = (name,)
    else:
        words = _KNOWN.get(name, (name,))
    return Hook(
        name,
        (*words, *more),
        repository,
        tuple(str(s) for s in stages) if isinstance(stages, list | tuple) else (),
    )
