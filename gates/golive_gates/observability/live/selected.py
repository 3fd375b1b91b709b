"""Selectors that return nothing now, and whether that is anything but good news. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from golive.api import Finding, Reason, Status
from golive.model import Scalar
from golive_gates.observability.live.asking import Wanted
from golive_gates.observability.live.parts import LivePrometheus, Look, Unmatched
from golive_gates.observability.looking import finding

IDENTITY = frozenset(
    {"job", "instance", "namespace", "service", "cluster", "endpoint", "container", "pod", "node"}
)
"""Labels that say where a sample comes from: their values are there from the first scrape on."""

FAILING = re.compile(
    r"error|fail|abort|reject|refus|denied|drop|limited|throttl|timeout|exceed|violation|retr|"
    r"fallback|panic|evict|lost|invalid|unauthori|forbidden|burst|cancel|exhaust|unhealthy|oom"
)
"""In the names of metrics that some client libraries expose only once they have counted."""

_STATUSES = (
    (re.compile(r"[1-5]\d\d"), tuple(map(str, range(100, 600)))),
    (re.compile(r"[1-5][xX]{2}"), tuple(f"{n}{x}" for n in range(1, 6) for x in ("xx", "XX"))),
)
"""Forms of an HTTP status as a label's value, each with every value that it can have."""


def found_wanting(selectors: Sequence[Wanted], live: LivePrometheus) -> list[Finding]:
    """One finding for each selector that cannot return a series, or that could not be asked."""
    looks = {look.selector: look for look in live.looks}
    return [
        item
        for want in selectors
        if (look := looks.get(want.text)) is not None
        for item in _finding(want, look)
    ]


def unseen(selectors: Sequence[Wanted], live: LivePrometheus) -> int:
    """How many of *selectors* return nothing now."""
    empty = {k.selector for k in live.looks if k.age is None and not k.problem}
    return sum(w.text in empty for w in selectors)


def _finding(want: Wanted, look: Look) -> Iterator[Finding]:
    if look.problem:
        detail = look.detail or look.problem
        yield _said(want, "selector-unasked", Status.INCONCLUSIVE, detail=detail)
    elif look.missing == "metric" and not look.declared:
        # Some libraries expose a counter of failures only from the first one on.
        rare = look.declared is None or not want.metric or FAILING.search(want.metric)
        code = "metric-unseen" if rare else "metric-missing"
        yield _said(want, code, Status.WARN if rare else None)
    elif look.missing == "matchers":
        for matcher in look.unmatched:
            yield from _unmatched(want, matcher)


def _unmatched(want: Wanted, matcher: Unmatched) -> Iterator[Finding]:
    """A matcher that never matches; one that only waits for a failure is none."""
    shown = f"{matcher.label}{matcher.operator}{matcher.value!r}"
    values = ", ".join(matcher.values)
    if not matcher.values:
        yield _said(want, "label-missing", label=matcher.label)
    elif matcher.label in IDENTITY and not FAILING.search(want.metric):
        yield _said(want, "nothing-called-so", matcher=shown, values=values)
    elif not _possible(matcher):
        yield _said(want, "no-such-status", matcher=shown, values=values)


def _possible(matcher: Unmatched) -> bool:
    """Whether *matcher* can match at all, of a label whose values are all HTTP statuses."""
    everything = next(
        (e for form, e in _STATUSES if all(map(form.fullmatch, matcher.values))), None
    )
    if everything is None:
        return True
    if matcher.operator == "=":
        return matcher.value in everything
    try:
        pattern = re.compile(matcher.value)
    except re.error:
        return True
    return any(pattern.fullmatch(status) for status in everything)


def _said(want: Wanted, code: str, status: Status | None = None, /, **params: Scalar) -> Finding:
    rule = want.rules[0]
    where = finding(rule.place, rule.name, code, below=("expr",), status=status)
    about: dict[str, Scalar] = {
        "selector": want.text,
        "metric": want.metric or want.text,
        "rules": len(want.rules),
    }
    return replace(where, reason=Reason(code, {**about, **params}))
