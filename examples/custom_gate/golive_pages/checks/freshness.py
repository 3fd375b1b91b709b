"""``pages.freshness``: no cache may keep the status page longer than ``max_age``.

What: ``max-age`` (or ``no-store``/``no-cache``) of the page's Cache-Control header against the
setting. Why: a page kept for an hour shows yesterday's calm during today's outage.
Remedy: send ``Cache-Control: max-age=30``.
"""

from __future__ import annotations

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    Comparator,
    Measurement,
    Observation,
    Reason,
    Severity,
)
from golive_pages.part import StatusPage
from golive_pages.settings import Settings

# Not required: it leaves a condition on the release and never blocks it.
SPEC = CheckSpec("pages.freshness", severity=Severity.LOW, required=False)


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """An exact measurement: the header either says so or does not."""
    page = observation.require(StatusPage)
    if page.status != 200:
        return SPEC.inconclusive(Reason("no-page"), blocked_by="pages.status-page")
    age = _age(page.cache_control)
    if age is None:
        return SPEC.inconclusive(Reason("unstated"), evidence=page.evidence)
    measurement = Measurement("max_age", age, "s", Comparator.LE, settings.max_age)
    params = {"age": age, "limit": settings.max_age}
    if age <= settings.max_age:
        return SPEC.passed(Reason("fresh", params), measurement=measurement, evidence=page.evidence)
    return SPEC.failed(Reason("stale", params), measurement=measurement, evidence=page.evidence)


def _age(header: str) -> float | None:
    """Seconds that a cache may keep the page; ``None`` when the header leaves that open."""
    ages = []
    for directive in header.lower().split(","):
        name, _, value = directive.strip().partition("=")
        if name in ("no-store", "no-cache"):
            return 0.0
        if name in ("max-age", "s-maxage") and value.strip('"').isdecimal():
            ages.append(float(value.strip('"')))
    return max(ages, default=None)


CHECK = Check(SPEC, (StatusPage,), judge)
