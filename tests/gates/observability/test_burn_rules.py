"""Generated burn-rate rules: what they hold, and that the gate and promtool take them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import yaml

from golive.api import Indicator, Slo
from golive.linting import static_checks
from golive_gates.observability import GATE
from golive_gates.observability.burn.policy import TIERS, tiers_for
from golive_gates.observability.burn.rules import Wishes, rules_for
from golive_gates.observability.burn.slis import Sli, sli_of
from golive_gates.observability.burn.writing import as_yaml
from golive_gates.observability.metrics.inventory import Family, Inventory, Series
from golive_gates.observability.settings import RoleSetting
from tests.gates.observability.burning import (
    DAY,
    EVERY_KIND,
    ROLES,
    generated,
    sli,
    without,
)
from tests.gates.observability.snippets import judged


def every_kind() -> list[Sli]:
    found = [sli_of(one, None, ROLES) for one in EVERY_KIND]
    assert all(isinstance(one, Sli) for one in found), found
    return [one for one in found if isinstance(one, Sli)]


@pytest.mark.parametrize("check", [c.spec.name for c in static_checks(GATE)])
def test_they_pass_this_gate(check: str) -> None:
    result = judged(check, generated(*every_kind()))
    assert result.status.value in ("pass", "not-applicable"), (result.reason, result.findings)


def test_something_of_the_gate_looks_at_them() -> None:
    passing = [
        c.spec.name
        for c in static_checks(GATE)
        if judged(c.spec.name, generated(sli())).status.value == "pass"
    ]
    wanted = {"parse", "expressions", "comparison", "annotations", "severity", "rate-window"}
    assert wanted <= set(passing)


def test_promtool_takes_them(tmp_path: Path) -> None:
    file = tmp_path / "rules.yml"
    file.write_text(generated(*every_kind()), encoding="utf-8")
    done = subprocess.run(
        ["promtool", "check", "rules", "--lint-fatal", str(file)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "SUCCESS" in done.stdout


def test_the_figures_of_the_workbook() -> None:
    tiers, left_out = tiers_for(0.999, 30 * DAY)
    assert left_out == ()
    assert [t.factor(30 * DAY) for t in tiers] == [14.4, 6.0, 1.0]
    assert [(t.long_s, t.short_s) for t in tiers] == [(3600, 300), (21600, 1800), (259200, 21600)]
    text = generated(sli())
    for threshold in ("(14.4 * 0.001)", "(6 * 0.001)", "(1 * 0.001)"):
        assert text.count(threshold) == 2


@pytest.mark.parametrize(
    ("objective", "days", "why"),
    [
        (0.9, 30, {"Fast": "beyond"}),
        (0.99, 7, {"Slow": "lasting"}),
        (0.99, 3, {"Medium": "lasting", "Slow": "longer"}),
        (0.5, 30, {"Fast": "beyond", "Medium": "beyond"}),
    ],
)
def test_a_tier_that_an_slo_cannot_have(objective: float, days: int, why: dict[str, str]) -> None:
    kept, left_out = tiers_for(objective, days * DAY)
    assert {out.tier.name: out.why for out in left_out} == why
    assert len(kept) + len(left_out) == len(TIERS)


def test_what_is_wanted_of_the_alerts() -> None:
    wishes = Wishes("https://x/{slo}#{alert}", {"team": "a"}, ("page", "ticket"), least=0)
    alerts = [
        rule for group in rules_for(sli(), wishes).groups for rule in group["rules"]
        if "alert" in rule
    ]  # fmt: skip
    assert [a["labels"]["severity"] for a in alerts] == ["page", "page", "ticket"]
    assert {(a["labels"]["team"], a["labels"]["slo"]) for a in alerts} == {("a", "availability")}
    first = alerts[0]["annotations"]["runbook_url"]
    assert first == "https://x/availability#AvailabilityBudgetBurnFast"
    assert not any("increase" in a["expr"] for a in alerts)


def test_an_object_for_the_operator() -> None:
    written = [rules_for(sli(), Wishes())]
    labels = {"release": "stack"}
    text = as_yaml(written, "prometheusrule", ["x: said"], namespace="app", labels=labels)
    document = yaml.safe_load(text)
    assert document["kind"] == "PrometheusRule"
    wanted = {"name": "slo-burn-rate", "namespace": "app", "labels": labels}
    assert document["metadata"] == wanted
    assert document["spec"] == yaml.safe_load(as_yaml(written, "rules"))
    assert "# x: said" in text.splitlines()
    assert judged("expressions", text).status.value == "pass"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"indicator": None}, "no-indicator"),
        ({"window": None}, "no-window"),
        ({"objective": 1.0}, "no-objective"),
        ({"indicator": Indicator("ratio", bad="x{", total="y")}, "not-promql"),
        ({"indicator": Indicator("ratio", total="y")}, "no-query"),
        ({"indicator": Indicator("raw")}, "no-query"),
        ({"indicator": Indicator("value", query="x")}, "no-threshold"),
        ({"name": "sse-first-event", "indicator": None, "threshold": 2.0}, "no-metrics"),
    ],
)
def test_what_cannot_be_written_is_said(changed: dict[str, object], code: str) -> None:
    assert without(**changed).code == code


def first(*bounds: str, name: str = "first_content_seconds") -> Inventory:
    series = tuple(Series(f"{name}_bucket", {"le": b}) for b in (*bounds, "+Inf"))
    return Inventory({name: Family(name, "histogram", (*series, Series(f"{name}_count")))})


@pytest.mark.parametrize(("bound", "matcher"), [("2", 'le="2"'), ("2.0", 'le="2.0"')])
def test_a_bucket_as_it_is_exposed(bound: str, matcher: str) -> None:
    found = sli("sse-first-event", None, threshold=2.0, inventory=first("1", bound))
    assert matcher in found.errors


def test_a_histogram_without_a_bucket_at_the_threshold() -> None:
    found = without("sse-first-event", None, threshold=2.0, inventory=first("1", "5"))
    assert (found.code, found.detail) == ("no-bucket", "first_content_seconds: 1, 5, inf")


def test_a_histogram_that_a_setting_names() -> None:
    roles = {"first-content": RoleSetting("first_seconds_bucket")}
    found = sli("sse-first-event", None, threshold=2.0, roles=roles)
    assert found.total == "first_seconds_count"


def test_any_slo_can_be_left_out_or_written() -> None:
    assert isinstance(sli_of(Slo("empty"), None, {}), object)
    assert without(objective=0.0).code == "no-objective"
