"""``observability.bucket-ceiling``: a latency alert's threshold lies below its last bucket.

What: each ``histogram_quantile(...) > T`` is held against the bounds of the exposed buckets, and
each ``le="..."`` against the bounds that there are. Why: a quantile never exceeds the highest
finite bound, so that ``> 2`` over buckets that end at 1 never fires (Prometheus' documentation of
``histogram_quantile``); between two bounds it is interpolated. Remedy: give the histogram a bound
at the threshold and some above it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from golive.api import Check, CheckResult, CheckSpec, EvidenceLevel, Finding, Observation, Status
from golive.model import Scalar
from golive_gates.observability.looking import rules_of
from golive_gates.observability.metrics.exposed import Exposed
from golive_gates.observability.metrics.inventory import number
from golive_gates.observability.metrics.judging import (
    ELSEWHERE,
    exposed_of,
    judged_exposed,
    of_rule,
)
from golive_gates.observability.metrics.matchers import Matcher, accepts
from golive_gates.observability.metrics.quantiles import QuantileAbove, quantiles_above
from golive_gates.observability.metrics.selecting import recorded, selections
from golive_gates.observability.metrics.stored import Stored, stored_of
from golive_gates.observability.parts import Alerting
from golive_gates.observability.rules.model import Rule
from golive_gates.observability.settings import Settings

SPEC = CheckSpec("observability.bucket-ceiling", needs=EvidenceLevel.STATIC)

WIDE = 2.0
"""From this ratio of two neighbouring bounds on, what lies between them is a guess."""
MOST_SHOWN = 12


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """No threshold is out of reach, and no bucket is named that there is not."""
    del settings
    rules = rules_of(observation.require(Alerting)).rules
    stored = stored_of(exposed_of(observation))
    known = recorded(rules)
    found: dict[tuple[int, str, float], Finding] = {}
    looked = 0
    for rule in rules:
        for above in quantiles_above(rule.expr, known):
            looked += 1
            for one in _ceiling(rule, above, stored):
                found.setdefault((id(rule), one.reason.code, above.threshold), one)
    for selection in selections(rules):
        selector = selection.selector
        wanted = [m for m in selector.matchers if m[0] == "le"]
        if wanted and selector.metric.endswith("_bucket") and stored.rows(selector.metric).series:
            looked += 1
            for number_, one in enumerate(_bounds(selection.rule, selector.metric, wanted, stored)):
                found.setdefault((id(selection.rule), selector.metric, float(number_)), one)
    return judged_exposed(SPEC, observation, looked, found.values())


def _ceiling(rule: Rule, above: QuantileAbove, stored: Stored) -> Iterator[Finding]:
    for selector in above.buckets:
        metric = selector.metric
        rows = stored.rows(metric)
        if not rows.series:
            yield _finding(rule, metric, ELSEWHERE, Status.INCONCLUSIVE)
            continue
        layouts = rows.layouts(tuple(m for m in selector.matchers if m[0] != "le"))
        tops = [max((b for b in x if math.isfinite(b)), default=-math.inf) for x in layouts]
        beyond = [top for top in tops if _out_of_reach(above, top)]
        if layouts and len(beyond) == len(layouts):
            yield _finding(rule, metric, *_top("ceiling", None, above, max(beyond)))
        elif beyond:
            yield _finding(rule, metric, *_top("ceiling-some", Status.WARN, above, max(beyond)))
        elif layouts:
            yield from _between(rule, metric, above.threshold, layouts)


def _out_of_reach(above: QuantileAbove, top: float) -> bool:
    return above.threshold >= top if above.strict else above.threshold > top


def _top(
    code: str, status: Status | None, above: QuantileAbove, top: float
) -> tuple[str, Status | None, dict[str, Scalar]]:
    if math.isinf(top):
        return "no-finite-bucket", status, {"threshold": _shown(above.threshold)}
    params: dict[str, Scalar] = {"threshold": _shown(above.threshold), "ceiling": _shown(top)}
    return code, status, params


def _between(
    rule: Rule, metric: str, threshold: float, layouts: tuple[tuple[float, ...], ...]
) -> Iterator[Finding]:
    for layout in layouts:
        finite = [b for b in layout if math.isfinite(b)]
        if threshold in finite or threshold < 0:
            continue
        below = max((b for b in finite if b < threshold), default=0.0)
        above = min(b for b in finite if b > threshold)
        wide = below <= 0 or above / below > WIDE
        params: dict[str, Scalar] = {
            "threshold": _shown(threshold),
            "below": _shown(below),
            "above": _shown(above),
        }
        code = "wide-bucket" if wide else "between-bounds"
        yield _finding(rule, metric, code, Status.WARN, params)
        return


def _bounds(rule: Rule, metric: str, wanted: list[Matcher], stored: Stored) -> Iterator[Finding]:
    """Matchers on ``le`` that no bucket fits."""
    there = [le for le in stored.rows(metric).column("le") if le]
    for matcher in wanted:
        if any(accepts(matcher, le) is not False for le in there):
            continue
        listed = sorted(there, key=lambda le: number(le) or 0.0)
        shown = ", ".join(listed[:MOST_SHOWN]) + (", …" if len(listed) > MOST_SHOWN else "")
        bound = number(matcher[2])
        same = next((le for le in there if bound is not None and number(le) == bound), None)
        params: dict[str, Scalar] = {
            "matcher": f'le{matcher[1]}"{matcher[2]}"',
            "near": same or "",
            "seen": shown,
        }
        if same is None:
            yield _finding(rule, metric, "no-such-bucket", None, params)
        elif "." in matcher[2] and "." not in same:
            # Prometheus 3 stores such a bound as the rule has it, Prometheus 2 as it is exposed.
            yield _finding(rule, metric, "bucket-by-version", Status.WARN, params)
        else:
            yield _finding(rule, metric, "bucket-spelling", None, params)


def _shown(value: float) -> str:
    return f"{value:g}"


def _finding(
    rule: Rule,
    metric: str,
    code: str,
    status: Status | None,
    params: Mapping[str, Scalar] | None = None,
) -> Finding:
    return of_rule(rule, code, status, {"metric": metric, **(params or {})})


CHECK = Check(SPEC, (Alerting, Exposed), judge)
