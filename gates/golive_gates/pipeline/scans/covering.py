"""Whether one workflow runs whenever another one does.

Rules as of "Workflow syntax for GitHub Actions", ``on.<event>.<filter>``: with ``branches`` alone a
tag starts nothing and the other way round, without either both do; ``paths`` are not looked at for
tags; ``*`` stops at a slash and ``**`` does not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from golive_gates.pipeline.model.records import Trigger

SHARED = frozenset((
    "push", "pull_request", "pull_request_target", "merge_group", "release", "create", "delete",
    "repository_dispatch", "registry_package", "deployment", "page_build",
))  # fmt: skip
"""Events that start every workflow that asks for them; the others start one alone."""


def covers(other: Trigger, trigger: Trigger) -> bool | None:
    """Whether *other* starts its workflow each time that *trigger* does; ``None``: it depends."""
    if other.event != trigger.event or trigger.event not in SHARED:
        return False
    if other.event != "push":
        return _filters(other, trigger)
    asked = [kind for kind in ("branches", "tags") if refs(trigger, kind)]
    answers = [_pushed(other, trigger, kind) for kind in asked]
    return False if False in answers else None if None in answers or not answers else True


def _pushed(other: Trigger, trigger: Trigger, kind: str) -> bool | None:
    """As :func:`covers` for pushes of one kind of ref."""
    if not refs(other, kind):
        return False
    named = _named(other, trigger, kind)
    return named if kind == "tags" else _and(named, _paths(other, trigger))


def refs(trigger: Trigger, kind: str) -> bool:
    """Whether a push of a ref of that *kind* (``branches`` or ``tags``) starts it."""
    other = "tags" if kind == "branches" else "branches"
    own = any(name in trigger.filters for name in (kind, f"{kind}-ignore"))
    return own or not any(name in trigger.filters for name in (other, f"{other}-ignore"))


def _filters(other: Trigger, trigger: Trigger) -> bool | None:
    types = other.filters.get("types")
    asked = trigger.filters.get("types")
    if types is not None and types != asked and not (asked and set(asked) <= set(types)):
        return None
    return _and(_named(other, trigger, "branches"), _paths(other, trigger))


def _paths(other: Trigger, trigger: Trigger) -> bool | None:
    """A filter for paths that *trigger* has not may leave out what it runs on."""
    names = ("paths", "paths-ignore")
    asked = [(n, other.filters[n]) for n in names if n in other.filters]
    same = all(trigger.filters.get(n) == value for n, value in asked)
    return same or ("paths", ("**",)) in asked


def _and(one: bool | None, two: bool | None) -> bool | None:
    if one is False or two is False:
        return False
    return True if one and two else None


def _named(other: Trigger, trigger: Trigger, kind: str) -> bool | None:
    """Whether the names that *trigger* is for are among those of *other*."""
    wanted = trigger.filters.get(kind)
    ignored = other.filters.get(f"{kind}-ignore")
    allowed = other.filters.get(kind)
    if allowed is None and ignored is None:
        return True
    if ignored is not None:
        if ignored == trigger.filters.get(f"{kind}-ignore"):
            return True
        if wanted is None:
            return False
        hit = [_matches_any(w, ignored) for w in wanted]
        return False if True in hit else None if None in hit else True
    if wanted is None:
        return bool(allowed and "**" in allowed)
    found = [_matches_any(w, allowed or ()) for w in wanted if not w.startswith("!")]
    return False if False in found else None if None in found else True


def _matches_any(name: str, patterns: Sequence[str]) -> bool | None:
    """Whether every ref that the pattern *name* stands for matches; the last that does decides."""
    found: bool | None = False
    for pattern in patterns:
        excludes = pattern.startswith("!")
        fits = _fits(name, pattern.removeprefix("!"))
        if fits is None:
            found = None
        elif fits:
            found = not excludes
    return found


def _fits(name: str, pattern: str) -> bool | None:
    if pattern in (name, "**") or (pattern == "*" and "/" not in name):
        return True
    if not _WILD.search(name):
        return bool(_compiled(pattern).fullmatch(name))
    # Two patterns: what is before the first wildcard tells them apart, or nothing does.
    one, two = _WILD.split(name)[0], _WILD.split(pattern)[0]
    if not _WILD.search(pattern):
        return False
    return None if one.startswith(two) or two.startswith(one) else False


_WILD = re.compile(r"[*?+\[\]]")


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    """A filter pattern of GitHub as a regular expression; one that is none matches itself."""
    parts: list[str] = []
    for mark in re.findall(r"\*\*|\[[^\]]*\]|.", pattern, re.DOTALL):
        counts = mark in ("?", "+") and parts and not parts[-1].endswith(("*", "?", "+"))
        if mark in ("**", "*"):
            parts.append(".*" if mark == "**" else "[^/]*")
        else:
            parts.append(mark if counts or len(mark) > 2 else re.escape(mark))
    try:
        return re.compile("".join(parts))
    except re.error:
        return re.compile(re.escape(pattern))


def contexts_of(trigger: Trigger | None) -> Mapping[str, Any]:
    """What expressions know of a run that *trigger* starts."""
    if trigger is None:
        return {}
    github: dict[str, Any] = {"event_name": trigger.event}
    if trigger.event == "push":
        kinds = [k for k in ("branches", "tags") if refs(trigger, k)]
        if len(kinds) == 1:
            github["ref_type"] = {"branches": "branch", "tags": "tag"}[kinds[0]]
            names = trigger.filters.get(kinds[0], ())
            if len(names) == 1 and not _WILD.search(names[0]):
                folder = {"branches": "heads", "tags": "tags"}[kinds[0]]
                github["ref_name"] = names[0]
                github["ref"] = f"refs/{folder}/{names[0]}"
    return {"github": github}
