"""How much of a repository's history a scan for secrets gets to see.

Sources: ``action.yml`` of actions/checkout (``fetch-depth`` is 1 by default, 0 is everything),
GitLab's ``GIT_DEPTH`` (20 in new projects, unless their settings say otherwise), and what
``scans.tools.gitleaks`` cites of gitleaks-action.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from golive_gates.pipeline.model.records import Trigger
from golive_gates.pipeline.parts import Repository
from golive_gates.pipeline.scans.commands import commands_of, known_text, program_in
from golive_gates.pipeline.scans.known import action_named
from golive_gates.pipeline.scans.model import Scan
from golive_gates.pipeline.scans.words import unknown

_FEW = re.compile(
    r"(?:^|\s)(?:-n\s*\d*|-\d+|--max-count\b\S*|--since\b\S*|--after\b\S*|--until\b\S*|--before\b\S*)"
)


@dataclass(frozen=True, slots=True)
class Problem:
    """What a scan does not see. ``weight``: 2 certain, 1 cannot be told, 0 worth a look.

    ``place``: index of the step to look at in the node, ``None`` for the scan itself.
    """

    code: str
    what: str = ""
    weight: int = 2
    step: int | None = None


def problems_of(
    scan: Scan, repository: Repository, triggers: tuple[Trigger | None, ...]
) -> tuple[Problem, ...]:
    """Why *scan* misses a key in an older commit of what *triggers* deploy; empty: it does not."""
    scope = scan.options.scope
    if scope in ("tree", "stdin", "image"):
        return (Problem("tree-only"),)
    if scope == "staged":
        return (Problem("staged-only"),)
    found = [*_limits(scan), *_depth(scan, repository)]
    if scan.tool == "gitleaks-action":
        found += _tags(triggers)
    return tuple(found)


def _limits(scan: Scan) -> Iterator[Problem]:
    options = scan.options.log_opts
    if not options:
        return
    if _FEW.search(options):
        yield Problem("log-opts-few", options)
    elif ".." in options or "^" in options or unknown(options) or "since-commit" in options:
        yield Problem("log-opts-range", options, 0)


def _tags(triggers: tuple[Trigger | None, ...]) -> Iterator[Problem]:
    for trigger in triggers:
        if trigger is not None and trigger.event == "push" and "tags" in trigger.filters:
            yield Problem("action-skips-tags", ", ".join(trigger.filters["tags"]))
            return


def _depth(scan: Scan, repository: Repository) -> Iterator[Problem]:
    before = scan.node.steps[: scan.position]
    if _deepened(scan, repository):
        return
    checkouts = [i for i, s in enumerate(before) if _checks_out(scan, i)]
    if checkouts:
        step = before[checkouts[-1]]
        given = known_text(step.inputs.get("fetch-depth", ""), step, scan.node)
        if unknown(given):
            yield Problem("depth-unknown", given, 1, checkouts[-1])
        elif not given.strip():
            yield Problem("shallow-default", "1", 2, checkouts[-1])
        elif given.strip() != "0":
            yield Problem("shallow", given.strip(), 2, checkouts[-1])
    elif scan.node.workflow.forge == "gitlab":
        given = scan.env.get("GIT_DEPTH", "")
        if scan.env.get("GIT_STRATEGY", "") == "none":
            yield Problem("no-checkout", "", 1)
        elif not given or unknown(given):
            yield Problem("depth-of-project", given or "GIT_DEPTH", 1)
        elif given.strip() != "0":
            yield Problem("shallow", given.strip())
    else:
        yield Problem("no-checkout", "", 1)


def _checks_out(scan: Scan, index: int) -> bool:
    step = scan.node.steps[index]
    if action_named(step.uses) != "actions/checkout":
        return False
    repository = step.inputs.get("repository", "")
    return not repository or "github.repository" in repository


def _deepened(scan: Scan, repository: Repository) -> bool:
    """Whether a command before the scan fetches or clones the whole history."""
    for step in scan.node.steps[: scan.position + 1]:
        for command in commands_of(step, repository, scan.node) if step.run else ():
            name, words = program_in(command, step, scan.node)
            if name != "git":
                continue
            whole = "--unshallow" in words or "--depth=2147483647" in words
            if "fetch" in words and whole:
                return True
            if "clone" in words and not any(w.startswith("--depth") for w in words):
                return True
    return False
