"""Whether a matcher of a selector fits the values that a label has, or may yet have. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from golive.config.suggestion import closest
from golive_gates.observability.metrics.matchers import Matcher, accepts, decidable
from golive_gates.observability.metrics.roles import STATUS, is_status
from golive_gates.observability.metrics.stored import Rows, Stored
from golive_gates.observability.metrics.targets import ANY
from golive_gates.observability.routing.regexes import alternatives

STATUSES = tuple(str(code) for code in range(100, 600))
CLASSES = ("1xx", "2xx", "3xx", "4xx", "5xx")
MOST_COMPARED = 100
"""Values among which a near miss is looked for letter by letter."""
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE")
ANOTHER = "another-value"
"""Stands for a value that nobody thought of."""
ROUTES = frozenset({"path", "route", "handler", "uri", "url", "endpoint", "target", "page", "view"})
"""Labels whose values appear as they are asked for, so that no list of them is ever whole."""
SAME: tuple[frozenset[str], ...] = (
    frozenset(STATUS),
    frozenset({"path", "route", "handler", "uri", "url", "endpoint", "http_route"}),
    frozenset({"method", "verb", "http_method", "http_request_method"}),
    frozenset({"outcome", "result", "status", "state", "reason"}),
    frozenset({"service", "job", "app", "application", "app_name", "service_name"}),
    frozenset({"provider", "llm_provider", "vendor", "upstream"}),
)
"""Names that libraries give the same label."""


class Verdict(StrEnum):
    """What can be said of one matcher."""

    FITS = "fits"
    PLAUSIBLE = "plausible"
    NO_LABEL = "no-such-label"
    LABEL_UNSURE = "label-not-seen"
    FILTERS_NOTHING = "filters-nothing"
    NO_STATUS = "no-such-status"
    NO_VALUE = "no-such-value"
    SPELLING = "other-spelling"
    UNSEEN = "value-not-seen"
    EXCLUDES_ALL = "excludes-all"
    UNDECIDABLE = "regex-undecided"


@dataclass(frozen=True, slots=True)
class Judged:
    """*verdict* on one matcher. ``near``: what was probably meant; ``seen``: values there are."""

    verdict: Verdict
    near: str = ""
    seen: tuple[str, ...] = ()


def judged_matcher(matcher: Matcher, metric: str, stored: Stored) -> Judged:
    """Hold *matcher* against the series called *metric*, of which there is at least one."""
    rows = stored.rows(metric)
    if not decidable(matcher):
        return Judged(Verdict.UNDECIDABLE)
    column = rows.column(matcher[0])
    if column.keys() == {""}:
        return _absent(matcher, rows, stored)
    if rows.accepted(matcher):
        return Judged(Verdict.FITS)
    seen = tuple(v for v in column if v)
    if matcher[1] in ("!=", "!~"):
        # All that was seen is left out on purpose, unless nothing at all gets through.
        verdict = Verdict.PLAUSIBLE if accepts(matcher, ANOTHER) else Verdict.EXCLUDES_ALL
        return Judged(verdict, seen=seen)
    return _unmatched(matcher, metric, stored, seen)


def _absent(matcher: Matcher, rows: Rows, stored: Stored) -> Judged:
    """The label is on none of the series."""
    label = matcher[0]
    near = _near_label(label, rows.labels)
    may_come = ANY in stored.added or label in stored.added
    if accepts(matcher, ""):
        harmless = may_come or matcher[1] in ("=", "=~")
        return Judged(Verdict.FITS if harmless else Verdict.FILTERS_NOTHING, near)
    names = tuple(sorted(rows.labels))
    if may_come and not near:
        return Judged(Verdict.LABEL_UNSURE, seen=names)
    return Judged(Verdict.NO_LABEL, near, names)


def _near_label(label: str, names: Collection[str]) -> str:
    """The label of *names* that was probably meant: its other name, or its other spelling."""
    if f"exported_{label}" in names:
        return f"exported_{label}"
    for group in SAME:
        same = sorted(group & set(names))
        if label in group and same:
            return same[0]
    near = closest(label, names)
    return near if near is not None and _bare(near) == _bare(label) else ""


def _unmatched(matcher: Matcher, metric: str, stored: Stored, seen: tuple[str, ...]) -> Judged:
    """The label is there, and none of its values is accepted."""
    label = matcher[0]
    if is_status(seen):
        usual = CLASSES if any("x" in v.lower() for v in seen) else STATUSES
        fine = any(accepts(matcher, v) for v in usual)
        return Judged(Verdict.PLAUSIBLE if fine else Verdict.NO_STATUS, seen=seen)
    methods = METHODS if any(v.isupper() for v in seen) else tuple(m.lower() for m in METHODS)
    if "method" in label and any(accepts(matcher, m) for m in methods):
        return Judged(Verdict.PLAUSIBLE)
    owned = [s for s in stored.inventory.sources if label in s.target_labels]
    from_targets = bool(owned) and set(seen) <= {s.target_labels[label] for s in owned}
    if from_targets and any(label in s.open for s in owned):
        return Judged(Verdict.PLAUSIBLE)
    near = _near_value(matcher, seen)
    if near and any(_bare(near) == _bare(w) for w in _words(matcher)):
        return Judged(Verdict.SPELLING, near, seen)
    if from_targets or (label not in ROUTES and _initialised(label, metric, stored)):
        return Judged(Verdict.NO_VALUE, near, seen)
    return Judged(Verdict.UNSEEN, near, seen)


def _initialised(label: str, metric: str, stored: Stored) -> bool:
    """Whether all values of *label* are there from the service's start."""
    # A bucket or a sum may be 0 however much was counted.
    counted = not metric.endswith(("_bucket", "_sum"))
    return counted and stored.rows(metric).initialised(label)


def _words(matcher: Matcher) -> tuple[str, ...]:
    return (matcher[2],) if matcher[1] == "=" else alternatives(matcher[2]) or ()


def _near_value(matcher: Matcher, seen: Collection[str]) -> str:
    words = _words(matcher)
    bare = {_bare(value): value for value in seen}
    found = [bare.get(_bare(word)) for word in words]
    if len(seen) <= MOST_COMPARED:
        found += [closest(word, seen) for word in words]
    return next((f for f in found if f), "")


def _bare(text: str) -> str:
    """*text* without what spellings differ in: case, separators, a plural's s."""
    return re.sub(r"[^a-z0-9]", "", text.lower()).removesuffix("s")
