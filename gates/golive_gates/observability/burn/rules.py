"""Rules for the SLOs: recorded error shares over the windows, and alerts on them. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from golive_gates.observability.burn.policy import DAY, HOUR, LeftOut, Tier, tiers_for
from golive_gates.observability.burn.slis import Sli
from golive_gates.observability.rules.durations import written

ERRORS, FAILURES = "slo:errors:ratio_rate", "slo:failures:increase"
OFTEN, SELDOM = 30.0, 120.0
"""Seconds between evaluations, of windows up to an hour and of the longer ones."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is wanted of the rules.

    ``runbook``: address, in which ``{slo}`` and ``{alert}`` are filled in. ``labels``: for every
    alert. ``severities``: of pages and of tickets. ``least``: how many failures the long window
    has to hold, so that a single one of few requests wakes nobody; 0 for none.
    """

    runbook: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    severities: tuple[str, str] = ("critical", "warning")
    least: int = 3


@dataclass(frozen=True, slots=True)
class Written:
    """The groups of one SLO, ready for YAML, and the tiers that it cannot have."""

    sli: Sli
    groups: tuple[Mapping[str, Any], ...]
    left_out: tuple[LeftOut, ...]


def rules_for(sli: Sli, wishes: Wishes) -> Written:
    """Recording rules for the windows of *sli*, and an alert for each tier that it can have."""
    tiers, left_out = tiers_for(sli.objective, sli.window_s)
    windows = sorted({w for t in tiers for w in (t.short_s, t.long_s)})
    near = [w for w in windows if w <= HOUR]
    far = [w for w in windows if w > HOUR]
    groups = [
        _group(f"slo.{sli.slo}.{name}", every, _records(sli, some, tiers, wishes))
        for name, every, some in (("windows", OFTEN, near), ("long-windows", SELDOM, far))
        if some
    ]
    if tiers:
        alerts = [_alert(sli, tier, wishes) for tier in tiers]
        groups.append(_group(f"slo.{sli.slo}.burn-rate", OFTEN, alerts))
    return Written(sli, tuple(groups), left_out)


def alert_name(slo: str, tier: Tier) -> str:
    """``AvailabilityBudgetBurnFast``."""
    words = "".join(w[:1].upper() + w[1:] for w in re.split(r"[^A-Za-z0-9]+", slo) if w)
    return f"{words}BudgetBurn{tier.name}"


def _group(name: str, every: float, rules: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    return {"name": name, "interval": written(every), "rules": list(rules)}


def _records(
    sli: Sli, windows: Sequence[float], tiers: Sequence[Tier], wishes: Wishes
) -> list[Mapping[str, Any]]:
    long = {t.long_s for t in tiers}
    found: list[Mapping[str, Any]] = []
    for window in windows:
        found.append(_record(ERRORS, window, sli, sli.errors))
        if wishes.least and sli.failures and window in long:
            found.append(_record(FAILURES, window, sli, sli.failures))
    return found


def _record(name: str, window: float, sli: Sli, template: str) -> Mapping[str, Any]:
    expr = sli.over(template, window)
    return {"record": f"{name}{written(window)}", "expr": expr, "labels": {"slo": sli.slo}}


def _alert(sli: Sli, tier: Tier, wishes: Wishes) -> Mapping[str, Any]:
    name = alert_name(sli.slo, tier)
    chosen = f'{{slo="{sli.slo}"}}'
    factor = tier.factor(sli.window_s)
    limit = f"({factor:g} * {sli.budget:g})"
    long, short = written(tier.long_s), written(tier.short_s)
    terms = [f"{ERRORS}{window}{chosen} > {limit}" for window in (long, short)]
    if wishes.least and sli.failures:
        terms.append(f"{FAILURES}{long}{chosen} > {wishes.least}")
    days = written(sli.window_s) if sli.window_s % DAY else f"{sli.window_s / DAY:g}-day"
    annotations = {
        "summary": f"{sli.slo} spends {tier.share * 100:g} % of its {days} error budget in {long}",
        "description": "Failures over "
        f"{long}: {{{{ $value | humanizePercentage }}}} (limit {factor * sli.budget * 100:.3g} %, "
        f"{'' if factor == 1 else f'{factor:g} times '}what the budget allows).",
    }
    if wishes.runbook:
        address = wishes.runbook.replace("{slo}", sli.slo).replace("{alert}", name)
        annotations["runbook_url"] = address
    return {
        "alert": name,
        "expr": "\nand\n".join(terms),
        "for": written(tier.for_s),
        "labels": {
            **wishes.labels,
            "severity": wishes.severities[0 if tier.pages else 1],
            "slo": sli.slo,
        },
        "annotations": annotations,
    }
