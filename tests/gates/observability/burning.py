"""SLOs and their generated rules, for tests."""

from __future__ import annotations

from typing import Any

from golive.api import Comparator, Indicator, Objective, Slo
from golive_gates.observability.burn.rules import Wishes, Written, rules_for
from golive_gates.observability.burn.slis import NoSli, Sli, sli_of
from golive_gates.observability.burn.writing import as_yaml
from golive_gates.observability.metrics.inventory import Inventory
from golive_gates.observability.settings import RoleSetting

DAY = 86_400.0
RUNBOOK = Wishes(runbook="https://example.com/runbook#{alert}")
BAD, TOTAL = 'http_requests_total{code=~"5.."}', "http_requests_total"
RATIO = Indicator("ratio", bad=BAD, total=TOTAL)


def slo(
    name: str = "availability",
    indicator: Indicator | None = RATIO,
    objective: float = 0.999,
    window: float | None = 30 * DAY,
    **fields: Any,
) -> Slo:
    goal = Objective(Comparator.GE, objective)
    return Slo(name, objective=goal, window=window, indicator=indicator, **fields)


def sli(
    *args: Any,
    inventory: Inventory | None = None,
    roles: dict[str, RoleSetting] | None = None,
    **fields: Any,
) -> Sli:
    found = sli_of(slo(*args, **fields), inventory, roles or {})
    assert isinstance(found, Sli), found
    return found


def without(
    *args: Any,
    inventory: Inventory | None = None,
    roles: dict[str, RoleSetting] | None = None,
    **fields: Any,
) -> NoSli:
    found = sli_of(slo(*args, **fields), inventory, roles or {})
    assert isinstance(found, NoSli), found
    return found


def generated(*slis: Sli, wishes: Wishes = RUNBOOK) -> str:
    """The rule file that golive writes for *slis*."""
    return as_yaml([rules_for(one, wishes) for one in slis], "rules")


def groups(written: Written) -> list[str]:
    return [group["name"] for group in written.groups]


EVERY_KIND = (
    slo(),
    slo("good", Indicator("ratio", good='x_total{ok="1"}', total="x_total")),
    slo("rates", Indicator("ratio", bad="bad:rate1m", total="all:rate1m", counter=False)),
    slo("raw", Indicator("raw", query='avg(up{job="a"})'), objective=0.99),
    slo("failed", Indicator("raw", query="job:failed:ratio", raw_type="failure"), objective=0.99),
    slo(
        "value",
        Indicator("value", query="histogram_quantile(0.95, sum by (le) (rate(t_bucket[5m])))"),
        objective=0.99,
        threshold=2.0,
    ),
    slo("sse-first-event", None, objective=0.95, threshold=2.0),
)
ROLES = {"first-content": RoleSetting("first_seconds")}
