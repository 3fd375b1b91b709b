"""``observability.label-matchers``: every matcher of a rule fits a value that its label has.

What: each matcher is held against the labels and values that the metric is really exposed with.
Why: ``status=~"5xx"`` over a label that holds ``503`` is valid, matches nothing, and its alert
never fires. A value that was only not seen yet is no fault: a status is held against every status
there is. Remedy: write the label and the value as the service exposes them.
"""

from __future__ import annotations

from collections.abc import Iterator

from golive.api import Check, CheckResult, CheckSpec, EvidenceLevel, Finding, Observation, Status
from golive.model import Scalar
from golive_gates.observability.looking import rules_of
from golive_gates.observability.metrics.exposed import Exposed
from golive_gates.observability.metrics.judging import (
    ELSEWHERE,
    exposed_of,
    judged_exposed,
    of_rule,
)
from golive_gates.observability.metrics.matchers import Matcher
from golive_gates.observability.metrics.matching import (
    Judged,
    Verdict,
    judged_matcher,
)
from golive_gates.observability.metrics.selecting import OWN, Selection, recorded, selections
from golive_gates.observability.metrics.stored import Stored, stored_of
from golive_gates.observability.parts import Alerting
from golive_gates.observability.settings import Settings

SPEC = CheckSpec("observability.label-matchers", needs=EvidenceLevel.STATIC)

FINE = frozenset({Verdict.FITS, Verdict.PLAUSIBLE})
WEIGHTS = {
    Verdict.NO_LABEL: None,
    Verdict.NO_STATUS: None,
    Verdict.NO_VALUE: None,
    Verdict.SPELLING: None,
    Verdict.EXCLUDES_ALL: None,
    Verdict.FILTERS_NOTHING: Status.WARN,
    Verdict.LABEL_UNSURE: Status.INCONCLUSIVE,
    Verdict.UNSEEN: Status.INCONCLUSIVE,
    Verdict.UNDECIDABLE: Status.INCONCLUSIVE,
}
BUCKET_LABELS = frozenset({"le", "quantile"})
"""Numbers, which ``observability.bucket-ceiling`` looks at."""
MOST_SHOWN = 8


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """No matcher leaves its selector empty for ever."""
    del settings
    rules = rules_of(observation.require(Alerting)).rules
    stored = stored_of(exposed_of(observation))
    known = recorded(rules)
    found: list[Finding] = []
    looked = 0
    for selection in selections(rules):
        matchers = [m for m in selection.selector.matchers if m[0] not in BUCKET_LABELS]
        metric = selection.selector.metric
        if not matchers or metric in known or metric in ("ALERTS", "ALERTS_FOR_STATE"):
            continue
        looked += 1
        found.extend(_findings(selection, matchers, stored))
    return judged_exposed(SPEC, observation, looked, found)


def _findings(selection: Selection, matchers: list[Matcher], stored: Stored) -> Iterator[Finding]:
    metric = selection.selector.metric
    rows = stored.rows(metric)
    if not rows.series:
        yield _finding(selection, ELSEWHERE, Status.INCONCLUSIVE)
        return
    verdicts = [(m, judged_matcher(m, metric, stored)) for m in matchers]
    for matcher, judged in verdicts:
        if judged.verdict not in FINE:
            yield _of(selection, matcher, judged, others=metric in OWN)
    if all(judged.verdict in FINE for _, judged in verdicts):
        decided = [m for m, judged in verdicts if judged.verdict is Verdict.FITS]
        if not rows.chosen(decided):
            together = ", ".join(f'{label}{op}"{value}"' for label, op, value in decided)
            yield _finding(selection, "not-together", Status.WARN, matcher=together)


def _of(selection: Selection, matcher: Matcher, judged: Judged, *, others: bool) -> Finding:
    label, operator, value = matcher
    status = WEIGHTS[judged.verdict]
    code = str(judged.verdict)
    if others and judged.verdict is Verdict.NO_VALUE:
        # Prometheus may scrape more than the services that were seen.
        status, code = Status.INCONCLUSIVE, "target-not-seen"
    shown = ", ".join(judged.seen[:MOST_SHOWN])
    return _finding(
        selection,
        f"{code}-near" if judged.near and code in NEAR else code,
        status,
        label=label,
        matcher=f'{label}{operator}"{value}"',
        near=judged.near,
        seen=shown + (", …" if len(judged.seen) > MOST_SHOWN else ""),
    )


NEAR = frozenset({"no-such-label", "no-such-value"})
"""Findings that have a second sentence, which names what was probably meant."""


def _finding(selection: Selection, code: str, status: Status | None, **params: Scalar) -> Finding:
    return of_rule(selection.rule, code, status, {"metric": selection.selector.metric, **params})


CHECK = Check(SPEC, (Alerting, Exposed), judge)
