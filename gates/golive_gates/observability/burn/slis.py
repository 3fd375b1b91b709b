"""From an SLO to expressions: the share of its failures over any window. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from golive.api import Comparator, Indicator, Slo
from golive.objectives import FIRST_EVENT, success_objective
from golive.rounding import complement
from golive_gates.observability.metrics.inventory import Inventory, number
from golive_gates.observability.metrics.roles import Role, roles_of
from golive_gates.observability.rules import promql
from golive_gates.observability.rules.durations import written
from golive_gates.observability.settings import RoleSetting

WINDOW, STEP = "$window", "$step"
_BREAKS = {Comparator.LE: ">", Comparator.LT: ">=", Comparator.GE: "<", Comparator.GT: "<="}


@dataclass(frozen=True, slots=True)
class Sli:
    """An SLO that can be measured.

    ``objective``: share of successes; ``window_s``: seconds of its window. ``errors``: template
    of the share of failures, ``failures`` of their number (empty where nothing counts them),
    ``events`` of the number of all; ``$window`` and ``$step`` are filled in by :meth:`over`.
    ``side``, ``total``: selectors of a ratio, ``good`` whether the side counts successes.
    ``query``: of a raw ratio or of a value held against a threshold.
    """

    slo: str
    kind: Literal["ratio", "raw", "value", "latency"]
    objective: float
    window_s: float
    errors: str
    failures: str = ""
    events: str = ""
    side: str = ""
    total: str = ""
    good: bool = False
    query: str = ""
    threshold: float | None = None

    @property
    def budget(self) -> float:
        """The share of failures that is allowed."""
        return complement(self.objective)

    def over(self, template: str, window_s: float) -> str:
        """*template* over *window_s* seconds. Subqueries look as often as still adds something."""
        step = max(60.0, round(window_s / 72 / 60) * 60.0)
        return template.replace(WINDOW, written(window_s)).replace(STEP, written(step))


@dataclass(frozen=True, slots=True)
class NoSli:
    """Why an SLO cannot be measured from Prometheus; ``code`` names the sentence.

    ``open``: it has an indicator, and golive does not follow it.
    """

    slo: str
    code: Literal[
        "no-objective", "no-window", "no-indicator", "no-metrics", "no-histogram", "no-bucket",
        "not-promql", "no-threshold", "no-query",
    ]  # fmt: skip
    detail: str = ""
    open: bool = False


def sli_of(slo: Slo, inventory: Inventory | None, roles: Mapping[str, RoleSetting]) -> Sli | NoSli:
    """How *slo* is measured. *inventory*: what the services expose, where that is known."""
    objective = success_objective(slo)
    if objective is None:
        return NoSli(slo.id, "no-objective")
    if not slo.window:
        return NoSli(slo.id, "no-window")
    if slo.indicator is not None:
        found = _of_indicator(slo, slo.indicator, objective, slo.window)
    elif slo.id == FIRST_EVENT and slo.threshold:
        found = _of_histogram(slo, slo.threshold, objective, inventory, roles)
    else:
        return NoSli(slo.id, "no-indicator")
    if isinstance(found, NoSli):
        return found
    for template in (found.errors, found.failures or "0", found.events or "0"):
        tree = promql.parse(found.over(template, 3_600.0))
        if isinstance(tree, promql.Refused):
            return NoSli(slo.id, "not-promql", tree.problem, open=True)
    return found


def _of_indicator(slo: Slo, said: Indicator, objective: float, window: float) -> Sli | NoSli:
    if said.kind == "ratio":
        return _ratio(slo, said, objective, window)
    query = said.query
    if not query:
        return NoSli(slo.id, "no-query", open=True)
    if said.kind == "value":
        if slo.threshold is None:
            return NoSli(slo.id, "no-threshold", open=True)
        breaks = f"({query}) {_BREAKS[said.op]} bool {slo.threshold:g}"
        errors = f"avg(avg_over_time(({breaks})[{WINDOW}:{STEP}]))"
        asked = slo.threshold
    else:
        whole = WINDOW in query
        mean = f"({query})" if whole else f"avg_over_time(({query})[{WINDOW}:{STEP}])"
        errors = mean if said.raw_type == "failure" else f"1 - {mean}"
        asked = None
    return Sli(
        slo.id,
        said.kind,
        objective,
        window,
        errors,
        query=query,
        good=said.raw_type == "success",
        threshold=asked,
    )


def _ratio(slo: Slo, said: Indicator, objective: float, window: float) -> Sli | NoSli:
    side, total = said.bad or said.good, said.total
    if not side or not total:
        return NoSli(slo.id, "no-query", open=True)
    good = said.bad is None
    if not said.counter:
        parts = [f"sum(sum_over_time(({q})[{WINDOW}:{STEP}]))" for q in (side, total)]
        share = " / ".join(parts)
        errors = f"1 - {share}" if good else share
        return Sli(slo.id, "ratio", objective, window, errors, side=side, total=total, good=good)
    return _counted(slo.id, objective, window, side, total, good=good)


def _counted(
    slo: str,
    objective: float,
    window: float,
    side: str,
    total: str,
    *,
    good: bool,
    kind: Literal["ratio", "latency"] = "ratio",
    threshold: float | None = None,
) -> Sli:
    # A failure that never happened has no series yet, and a success may have none either.
    share = f"(sum(rate({side}[{WINDOW}])) or vector(0)) / sum(rate({total}[{WINDOW}]))"
    number_ = f"sum(increase({side}[{WINDOW}]))"
    events = f"sum(increase({total}[{WINDOW}]))"
    return Sli(
        slo,
        kind,
        objective,
        window,
        f"1 - {share}" if good else share,
        f"{events} - ({number_} or vector(0))" if good else number_,
        events,
        side=side,
        total=total,
        good=good,
        threshold=threshold,
    )


def _of_histogram(
    slo: Slo,
    threshold: float,
    objective: float,
    inventory: Inventory | None,
    roles: Mapping[str, RoleSetting],
) -> Sli | NoSli:
    """A latency SLO without an indicator: from the histogram that plays its role."""
    setting = roles.get("first-content")
    name, unit, bound = "", 1.0, ""
    if inventory is not None and inventory.families:
        role = roles_of(inventory, roles)["first-content"]
        if not isinstance(role, Role):
            return NoSli(slo.id, "no-histogram", ", ".join(role.candidates) or "-")
        name, unit = role.metric, role.unit_s
        # Written as it is exposed: 2 and 2.0 are two values of the label.
        texts = {
            s.labels.get("le", "")
            for s in inventory.samples(f"{name}_bucket")
            if number(s.labels.get("le", "")) == round(threshold / unit, 9)
        }
        if not texts:
            bounds = ", ".join(f"{b:g}" for b in inventory.bounds(name))
            return NoSli(slo.id, "no-bucket", f"{name}: {bounds}")
        # Several services may write it differently.
        bound = texts.pop() if len(texts) == 1 else _either(texts)
    elif setting is not None:
        name = re.sub(r"_(?:bucket|count|sum)$", "", setting.metric)
        bound = (
            f"{threshold:g}" if threshold % 1 else _either([f"{threshold:g}", f"{threshold:g}.0"])
        )
    else:
        return NoSli(slo.id, "no-metrics")
    sign = "=~" if "|" in bound else "="
    return _counted(
        slo.id,
        objective,
        slo.window or 0.0,
        f'{name}_bucket{{le{sign}"{bound}"}}',
        f"{name}_count",
        good=True,
        kind="latency",
        threshold=threshold / unit,
    )


def _either(texts: Iterable[str]) -> str:
    """A matcher's regular expression for one of *texts*, within a string of PromQL."""
    return "|".join(re.escape(t).replace("\\", "\\\\") for t in sorted(texts))
