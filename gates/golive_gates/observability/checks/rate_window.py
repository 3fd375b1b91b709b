"""``observability.rate-window``: every window holds the samples that its function needs.

What: the range of each ``rate()`` and of its kin against the scrape interval of the monitors, or
the interval of the group that records the series. Why: a rate needs two samples; with a window of
less than two intervals there often are none, the expression is empty and its alert never fires;
with less than four, one missed scrape does it. Remedy: widen the window to four intervals.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from golive.api import Check, CheckResult, CheckSpec, EvidenceLevel, Finding, Observation, Status
from golive_gates.observability.looking import finding, judged, rules_of, shown
from golive_gates.observability.parts import Alerting
from golive_gates.observability.rules import promql
from golive_gates.observability.rules.model import Rule
from golive_gates.observability.rules.scraping import Paces, paces
from golive_gates.observability.settings import Settings

SPEC = CheckSpec("observability.rate-window", needs=EvidenceLevel.STATIC)
TWO_SAMPLES = frozenset(
    {"rate", "increase", "irate", "delta", "idelta", "deriv", "predict_linear"}
    | {"changes", "resets", "double_exponential_smoothing"}
)
CERTAIN = frozenset({"too-short", "gaps-fire", "one-step"})
"""Sentences that fail; what the steps of a subquery are is at times not known."""
NEEDED, MARGIN = 2, 4
"""Intervals: for two samples, and for two samples with a scrape or two missing."""
DEFAULT_RESOLUTION_S = 60.0
"""Of a subquery without one: ``global.evaluation_interval``, which is 1 m where nothing says so."""


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """No window may be too short for what is computed over it."""
    part = observation.require(Alerting)
    rules = rules_of(part).rules
    known = paces(part.objects, rules, settings.scrape_interval)
    found: list[Finding] = []
    looked = refused = 0
    for rule in rules:
        tree = promql.parse(rule.expr)
        if isinstance(tree, promql.Refused):
            refused += 1
            continue
        said: set[tuple[object, ...]] = set()
        for node in promql.nodes(tree):
            if promql.kind(node) != "Call":
                continue
            for argument in map(promql.bare, node.args):
                if promql.kind(argument) in ("MatrixSelector", "SubqueryExpr"):
                    looked += 1
                    found += _judged(rule, node.func.name, argument, known, said)
    return judged(SPEC, observation, looked, found, refused=refused)


def _judged(
    rule: Rule,
    function: str,
    argument: Any,  # noqa: ANN401
    known: Paces,
    said: set[tuple[object, ...]],
) -> Iterator[Finding]:
    """What is wrong with one window; *said*: what of this rule was said already."""
    window = argument.range.total_seconds()
    code, pace = _fault(rule, function, argument, window, known)
    selector = promql.selector(argument)
    metric = "" if selector is None else selector.metric
    key = (code, function, metric, window)
    if not code or key in said:
        return
    said.add(key)
    yield finding(
        rule.place,
        rule.name,
        code,
        below=("expr",),
        status=None if code in CERTAIN else Status.WARN,
        function=function,
        metric=shown(metric, 80) or "{...}",
        window=round(window, 3),
        interval=round(pace, 3),
    )


def _fault(
    rule: Rule,
    function: str,
    argument: Any,  # noqa: ANN401
    window: float,
    known: Paces,
) -> tuple[str, float]:
    """The sentence, empty for none, and the interval that it names."""
    selector = promql.selector(argument)
    if selector is None:
        stated = argument.step
        step = stated.total_seconds() if stated is not None else rule.interval_s
        step = step or DEFAULT_RESOLUTION_S
        short = function in TWO_SAMPLES and window < NEEDED * step
        return ("one-step" if stated is not None else "few-steps") if short else "", step
    pace = known.of(selector)
    if function in TWO_SAMPLES:
        if window < NEEDED * pace.shortest:
            return "too-short", pace.shortest
        return ("narrow" if window < MARGIN * pace.longest else ""), pace.longest
    if window < pace.shortest:
        return ("gaps-fire" if function == "absent_over_time" else "gaps"), pace.shortest
    return "", pace.longest


CHECK = Check(SPEC, (Alerting,), judge)
