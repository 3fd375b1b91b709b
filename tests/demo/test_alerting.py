"""What the demo changes in the release's alerting to run it here, and what it leaves alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from golive_demo.alerting import (
    ALERTMANAGER,
    RULES,
    RefusedError,
    all_rules_evaluated,
    local_routing,
    quick_rules,
)
from golive_demo.broken import VARIANTS
from golive_demo.broken_release import (
    MUTATIONS,
    RELEASE,
    alerts_running,
    broken_copy,
    mutation,
)
from golive_demo.generation_metrics import FIRST_CONTENT_BUCKETS, GenerationMetrics
from golive_demo.programs import find

PROMTOOL = find("promtool").path
HOOK = "127.0.0.1:9"
TEXT = (RELEASE / ALERTMANAGER).read_text(encoding="utf-8")


def test_only_the_pace_of_the_rules_is_changed(tmp_path: Path) -> None:
    copy = yaml.safe_load(quick_rules(RELEASE, tmp_path, PROMTOOL, {}).read_text(encoding="utf-8"))
    release = yaml.safe_load((RELEASE / RULES).read_text(encoding="utf-8"))
    assert {g["interval"] for g in copy["groups"]} == {"2s"}
    for group in release["groups"]:
        group["interval"] = "2s"
    assert copy == release


def test_rules_that_prometheus_does_not_load_are_refused(tmp_path: Path) -> None:
    broken = broken_copy(MUTATIONS["observability.expressions"], tmp_path)
    with pytest.raises(RefusedError, match=r"Prometheus refuses prometheus/rules\.yml: .+"):
        quick_rules(broken, tmp_path / "alerting", PROMTOOL, {})


def routed(text: str = TEXT) -> Any:
    return json.loads(local_routing(text, HOOK))


def test_nothing_leaves_this_machine_and_the_routes_stay() -> None:
    release, local = yaml.safe_load(TEXT), routed()
    hook = [{"url": f"http://{HOOK}/"}]
    assert local["receivers"] == [
        {"name": r["name"], "webhook_configs": hook} for r in release["receivers"]
    ]
    assert local.keys() == {"route", "inhibit_rules", "receivers"}
    assert local["inhibit_rules"] == release["inhibit_rules"]
    release["route"]["group_interval"] = "5s"
    assert local["route"] == release["route"]
    assert "example.com" not in json.dumps(local)


def test_intervals_of_nested_routes_are_shortened_too() -> None:
    text = TEXT.replace("group_wait: 10s", "group_wait: 10s\n      group_interval: 1h")
    inner = routed(text)["route"]["routes"][0]
    assert (inner["group_wait"], inner["group_interval"]) == ("10s", "5s")


@pytest.mark.parametrize("entry", ["name: 'null'", "{name: 'null', slack_configs: []}"])
def test_a_receiver_without_an_integration_gets_none(entry: str) -> None:
    text = TEXT.replace("\nreceivers:\n", f"\nreceivers:\n  - {entry}\n")
    assert routed(text)["receivers"][0] == {"name": "null"}


@pytest.mark.parametrize("text", ["a: [", "- 1", "", "route: {}", "receivers: {}", "\x00"])
def test_what_is_no_configuration_is_refused(text: str) -> None:
    with pytest.raises(RefusedError, match=r"alertmanager\.yml"):
        local_routing(text, HOOK)


def test_odd_receivers_are_left_for_alertmanager_to_refuse() -> None:
    assert routed("receivers: [1, null, [], {x_configs: [1]}]")["receivers"] == [
        *(1, None, []),
        {"name": None, "webhook_configs": [{"url": f"http://{HOOK}/"}]},
    ]


def test_every_rule_was_looked_at_once() -> None:
    def answer(*times: str) -> bytes:
        rules = [{"lastEvaluation": time} for time in times]
        return json.dumps({"data": {"groups": [{"rules": rules}]}}).encode()

    assert all_rules_evaluated(answer("2026-01-01T00:00:00Z"))
    assert not all_rules_evaluated(answer("2026-01-01T00:00:00Z", "0001-01-01T00:00:00Z"))


@pytest.mark.parametrize("name", alerts_running.MUTATIONS)
def test_a_mistake_that_shows_when_running_is_in_both_files_of_rules(
    name: str, tmp_path: Path
) -> None:
    assert VARIANTS[name].release_mutation == name
    copy = broken_copy(mutation(name), tmp_path)
    before = {p.relative_to(RELEASE): p.read_bytes() for p in RELEASE.rglob("*") if p.is_file()}
    after = {p.relative_to(copy): p.read_bytes() for p in copy.rglob("*") if p.is_file()}
    assert {str(p) for p in before if before[p] != after[p]} == set(mutation(name).files)
    # The mistake is none of syntax: Prometheus loads it as it loads the healthy rules.
    assert quick_rules(copy, tmp_path / "alerting", PROMTOOL, {}).exists()
    groups = yaml.safe_load((copy / RULES).read_text(encoding="utf-8"))["groups"]
    object_ = yaml.safe_load((copy / mutation(name).files[1]).read_text(encoding="utf-8"))
    assert object_["spec"]["groups"] == groups


def test_a_histogram_can_be_made_to_end_before_its_objective() -> None:
    def bounds(metrics: GenerationMetrics) -> list[str]:
        (family,) = metrics.first_content.collect()
        return [s.labels["le"] for s in family.samples if s.name.endswith("_bucket")]

    assert bounds(GenerationMetrics()) == [*map(str, FIRST_CONTENT_BUCKETS), "+Inf"]
    assert bounds(GenerationMetrics(1.0)) == ["0.1", "0.25", "0.5", "0.75", "1.0", "+Inf"]
