"""When a GitLab job runs, as a condition in GitHub's words.

``rules``, ``only``, ``except`` and ``when`` as GitLab's "CI/CD YAML syntax reference" tells them.
What has no counterpart is a name below ``gitlab``, whose value nobody knows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from golive_gates.pipeline.model.github import listed, mapping, text

MOST_RULES = 12
_LONGEST = 4_000
UNKNOWN_RULE = "gitlab.rule"
NEVER = "false"
EVENTS: Mapping[str, str] = {
    "push": "push",
    "merge_request_event": "pull_request",
    "external_pull_request_event": "pull_request",
    "schedule": "schedule",
    "web": "workflow_dispatch",
    "api": "repository_dispatch",
    "trigger": "repository_dispatch",
    "pipeline": "repository_dispatch",
    "parent_pipeline": "workflow_call",
}
"""GitLab's sources of pipelines, and the events that they are like."""
_REFS: Mapping[str, str] = {
    "branches": "github.ref_type == 'branch'",
    "tags": "github.ref_type == 'tag'",
    "pushes": "github.event_name == 'push'",
    "merge_requests": "github.event_name == 'pull_request'",
    "schedules": "github.event_name == 'schedule'",
    "web": "github.event_name == 'workflow_dispatch'",
    "api": "github.event_name == 'repository_dispatch'",
    "triggers": "github.event_name == 'repository_dispatch'",
    "pipelines": "github.event_name == 'repository_dispatch'",
}
_STATUS: Mapping[str, str] = {
    "always": "always()",
    "on_failure": "failure()",
    "manual": "gitlab.manual",
}
_VALUES: Mapping[str, str] = {
    "CI_PIPELINE_SOURCE": "github.event_name",
    "CI_COMMIT_BRANCH": "github.ref_name",
    "CI_COMMIT_REF_NAME": "github.ref_name",
    "CI_COMMIT_TAG": "github.ref_name",
    "CI_DEFAULT_BRANCH": "github.event.repository.default_branch",
}
_TRUTHS: Mapping[str, str] = {
    "CI_COMMIT_BRANCH": _REFS["branches"],
    "CI_COMMIT_TAG": _REFS["tags"],
    "CI_MERGE_REQUEST_ID": _REFS["merge_requests"],
    "CI_MERGE_REQUEST_IID": _REFS["merge_requests"],
    "CI_PIPELINE_SOURCE": "true",
}
_TOKEN = re.compile(
    r"""\s*(?:\$\{?(?P<name>\w+)\}? | "(?P<double>[^"]*)" | '(?P<single>[^']*)'
    | (?P<regex>/(?:[^/\\\n]|\\.)*/[a-z]*) | (?P<null>null\b)
    | (?P<sign>==|!=|=~|!~|&&|\|\||[()!]))""",
    re.VERBOSE,
)
_COMPARING = frozenset({"==", "!=", "=~", "!~"})


def condition_of(rule: str) -> str:
    """``rules: if``, as an expression of GitHub's; :data:`UNKNOWN_RULE` where it is none."""
    tokens: list[tuple[str, str]] = []
    at, rule = 0, rule.rstrip()
    while at < len(rule):
        found = _TOKEN.match(rule, at)
        if found is None or found.lastgroup is None or len(rule) > _LONGEST:
            return UNKNOWN_RULE
        kind = "text" if found.lastgroup in ("double", "single") else found.lastgroup
        tokens.append((kind, found[found.lastgroup]))
        at = found.end()
    return _written(tokens) if tokens else UNKNOWN_RULE


def _written(tokens: Sequence[tuple[str, str]]) -> str:
    parts: list[str] = []
    at = 0
    while at < len(tokens):
        kind, said = tokens[at]
        sign = tokens[at + 1][1] if at + 1 < len(tokens) and tokens[at + 1][0] == "sign" else ""
        if kind == "sign":
            parts.append(said)
        elif sign in _COMPARING and at + 2 < len(tokens):
            parts.append(_compared(tokens[at], sign, tokens[at + 2]))
            at += 2
        elif kind == "name":
            parts.append(_TRUTHS.get(said, f"vars.{said}"))
        else:
            parts.append(_value((kind, said)))
        at += 1
    return " ".join(parts)


def _compared(left: tuple[str, str], sign: str, right: tuple[str, str]) -> str:
    if sign in ("=~", "!~"):
        return f"{'!' if sign == '!~' else ''}matches({_value(left)})"
    if right[0] == "null" and left[0] == "name":
        truth = _TRUTHS.get(left[1], f"vars.{left[1]}")
        return f"!({truth})" if sign == "==" else f"({truth})"
    source = ("name", "CI_PIPELINE_SOURCE")
    if source in (left, right):
        left, right = ((k, EVENTS.get(s, s) if k == "text" else s) for k, s in (left, right))
    said = f"{_value(left)} {sign} {_value(right)}"
    about = next((s for k, s in (left, right) if k == "name" and s in _KINDS), "")
    # A tag is no branch, whatever it is called.
    return f"({said} && {_TRUTHS[about]})" if about and sign == "==" else said


_KINDS = frozenset({"CI_COMMIT_BRANCH", "CI_COMMIT_TAG"})


def _value(token: tuple[str, str]) -> str:
    kind, said = token
    if kind == "name":
        return _VALUES.get(said, f"vars.{said}")
    if kind in ("text", "regex"):
        return "'" + said.replace("'", "''") + "'"
    return "null" if kind == "null" else said


def by_rules(rules: Sequence[object], when: str) -> str:
    """The condition that *rules* are, of which the first that fits counts; *when*: the job's."""
    terms: list[tuple[list[str], str]] = []
    before: list[str] = []
    if len(rules) > MOST_RULES:
        return UNKNOWN_RULE
    for rule in rules:
        if not isinstance(rule, Mapping):
            return UNKNOWN_RULE
        asked = _asked(rule)
        then = text(rule.get("when")) or when
        if then != "never":
            terms.append(([*before, *asked], _STATUS.get(then, "")))
        if not asked:
            break
        before.append(f"!({' && '.join(asked)})")
    if not terms:
        return NEVER
    special = any(status in ("always()", "failure()") for _, status in terms)
    written = []
    for asked, status in terms:
        usual = "success()" if special and status not in ("always()", "failure()") else ""
        written.append(" && ".join(p for p in (usual, status, *asked) if p) or "true")
    said = " || ".join(f"({t})" if len(written) > 1 else t for t in written)
    if len(said) > _LONGEST:
        return UNKNOWN_RULE
    return "" if said == "true" else said


def _asked(rule: Mapping[str, object]) -> list[str]:
    asked = [f"({condition_of(text(rule['if']))})"] if rule.get("if") is not None else []
    return asked + [f"gitlab.{name}" for name in ("changes", "exists") if rule.get(name)]


def by_refs(only: object, besides: object) -> str:
    """The condition that ``only`` and ``except`` are; empty for neither."""
    parts = [] if only is None else [f"({_refs(only)})"]
    if besides is not None:
        parts.append(f"!({_refs(besides)})")
    return " && ".join(parts)


def _refs(said: object) -> str:
    refs = mapping(said).get("refs") if isinstance(said, Mapping) else said
    named = [_REFS.get(ref, _ref(ref)) for ref in listed(refs)[:MOST_RULES]]
    other = isinstance(said, Mapping) and set(said) - {"refs"}
    parts = [f"({' || '.join(named)})"] if named else []
    return " && ".join([*parts, *(["gitlab.only"] if other else [])]) or "true"


def _ref(ref: str) -> str:
    plain = re.fullmatch(r"[\w.-]+", ref)
    return f"github.ref_name == '{ref}'" if plain else "gitlab.ref"


def by_when(when: str) -> str:
    """The condition that ``when`` alone is; empty for the usual one."""
    return NEVER if when == "never" else _STATUS.get(when, "")
