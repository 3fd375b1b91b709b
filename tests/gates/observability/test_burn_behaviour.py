"""Generated rules fire when they are said to: real promtool against the figures."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from golive_gates.observability.burn.comparing import Timing, timing
from golive_gates.observability.burn.comparing import generated as watches
from tests.gates.observability.burning import generated, sli

MINUTE, HOUR = 60.0, 3600.0
RATE = 100
"""Requests between two scrapes."""


def first_fires(
    folder: Path, rules: dict[str, Any], said: Timing, lead: float, step: float
) -> None:
    """Raises unless the alert fires when it is *said* to, and not two steps earlier.

    Health for *lead* seconds, then a constant *share* of failures; scrapes *step* apart.
    """
    at = said.detect
    before, after = round(lead / step), round((at + 10 * step) / step)
    bad = round(RATE * said.share, 6)
    # Windows that reach back before the first sample make others fire earlier than they would.
    chosen = f'alertname="{said.alert}",alertstate="firing"'

    def counter(labels: str, healthy: float, faulty: float) -> dict[str, str]:
        begin = healthy * before
        values = f"0+{healthy:g}x{before} {begin + faulty:g}+{faulty:g}x{after}"
        return {"series": f"http_requests_total{{{labels}}}", "values": values}

    def firing(seconds: float, count: int | None) -> dict[str, Any]:
        # One second off a boundary: which samples count there changed in Prometheus 3.
        samples = [] if count is None else [{"labels": "{}", "value": count}]
        return {
            "expr": f"count(ALERTS{{{chosen}}})",
            "eval_time": f"{round(lead + seconds) + 1}s",
            "exp_samples": samples,
        }

    (folder / "rules.json").write_text(json.dumps(rules), encoding="utf-8")
    test = {
        "rule_files": ["rules.json"],
        "evaluation_interval": f"{step:g}s",
        # Else in any order, in which an alert may miss what is recorded at the same moment.
        "group_eval_order": [group["name"] for group in rules["groups"]],
        "tests": [
            {
                "interval": f"{step:g}s",
                "input_series": [
                    counter('code="200"', RATE, RATE - bad),
                    counter('code="500"', 0, bad),
                ],
                "promql_expr_test": [firing(at - 2 * step, None), firing(at + 2 * step, 1)],
            }
        ],
    }
    (folder / "test.json").write_text(json.dumps(test), encoding="utf-8")
    done = subprocess.run(
        ["promtool", "test", "rules", "test.json"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def rules(every: str, *parts: str) -> dict[str, Any]:
    """The generated groups whose names end with *parts*, evaluated *every* so often."""
    document: dict[str, Any] = yaml.safe_load(generated(sli()))
    chosen = [g for g in document["groups"] if g["name"].endswith(parts)]
    return {"groups": [{**g, "interval": every} for g in chosen]}


@pytest.mark.parametrize(
    ("share", "alert", "lead"),
    [
        (1.0, "AvailabilityBudgetBurnFast", HOUR),
        (0.1, "AvailabilityBudgetBurnFast", HOUR),
        (0.02, "AvailabilityBudgetBurnFast", HOUR),
        (0.01, "AvailabilityBudgetBurnMedium", 6 * HOUR),
    ],
)
def test_a_page(share: float, alert: str, lead: float, tmp_path: Path) -> None:
    said = timing(sli(), watches(sli()), share)
    assert said.alert == alert
    first_fires(tmp_path, rules("1m", "windows", "burn-rate"), said, lead, MINUTE)


def test_a_ticket(tmp_path: Path) -> None:
    said = timing(sli(), watches(sli()), 0.002)
    assert said.alert == "AvailabilityBudgetBurnSlow"
    slow = rules("20m", "long-windows", "burn-rate")
    slow["groups"][1]["rules"] = slow["groups"][1]["rules"][2:]
    first_fires(tmp_path, slow, said, 72 * HOUR, 20 * MINUTE)


def test_one_failure_of_few_requests_wakes_nobody(tmp_path: Path) -> None:
    """One request a minute, and one of them fails."""
    (tmp_path / "rules.json").write_text(json.dumps(rules("1m", "windows", "burn-rate")))
    series = 'http_requests_total{code="%s"}'
    test = {
        "rule_files": ["rules.json"],
        "evaluation_interval": "1m",
        "tests": [
            {
                "interval": "1m",
                "input_series": [
                    {"series": series % "200", "values": "0+1x600"},
                    {"series": series % "500", "values": "0x400 1x199"},
                ],
                "promql_expr_test": [
                    {
                        "expr": 'sum_over_time(count(ALERTS{alertstate="firing"})[5h:1m])',
                        "eval_time": "9h59m",
                        "exp_samples": [],
                    },
                    {
                        "expr": "count(max_over_time((slo:errors:ratio_rate5m > 0.0144)[5h:1m]))",
                        "eval_time": "9h59m",
                        "exp_samples": [
                            {
                                "labels": "{}",
                                "value": 1,
                            }
                        ],
                    },
                ],
            }
        ],
    }
    (tmp_path / "test.json").write_text(json.dumps(test), encoding="utf-8")
    done = subprocess.run(
        ["promtool", "test", "rules", "test.json"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
