"""The observer of behaviour: its evidence, its bounds, and what goes wrong with promtool."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
from pathlib import Path
from textwrap import indent

import pytest

from golive.api import Reason, Unavailable
from golive.codec import decode, encode
from golive_gates.observability.observers import promtool
from golive_gates.observability.observers.behaviour import BehaviourObserver
from golive_gates.observability.scenarios.parts import Behaviour
from golive_gates.observability.scenarios.scripts import Script
from golive_gates.observability.scenarios.unit_tests import answers
from golive_gates.observability.settings import Settings
from tests.gates.observability import programs
from tests.gates.observability.exposing import MONITOR, exposed
from tests.gates.observability.playing import (
    GOOD,
    Kept,
    behaviour,
    context,
    good,
    judged,
    page,
    play,
    rule_file,
    soonest,
    without,
)
from tests.gates.observability.snippets import alerting, rules
from tests.gates.saying import codes

NOTHING = Unavailable(Reason("no-exposition"), kind="absent")
CHECKS = ("promtool", "fires", "silent", "thresholds")


def operator(text: str, name: str = "shop") -> str:
    """*text*, a rule file, as a PrometheusRule."""
    head = (
        f"apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata: {{name: {name}}}\n"
    )
    return head + "spec:\n" + indent(text, "  ")


def reported(text: str) -> list[str]:
    """What promtool says of scenarios, without what else it prints in between."""
    return [line.strip() for line in text.splitlines() if line.strip().startswith(("exp", "got"))]


def test_what_was_played_can_be_played_again_from_the_evidence(tmp_path: Path) -> None:
    kept = Kept()
    seen = play(rule_file(GOOD), kept=kept)
    for name, text in kept.texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    again = subprocess.run(
        ["promtool", "test", "rules", "scenarios-files-short.json"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert again.returncode == 1, "every scenario expects what cannot be"
    said = kept.texts["promtool-scenarios-files.txt"]
    assert reported(again.stderr) == reported(said)
    assert len(reported(said)) > 10
    assert {e.name for e in judged("fires", seen).evidence} == set(kept.texts)


def test_without_promtool(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    seen = play(rule_file(GOOD))
    for name in CHECKS:
        result = judged(name, seen)
        assert (result.status.value, result.reason.code) == ("inconclusive", "promtool-missing")


def test_without_rules_or_metrics() -> None:
    seen = play("groups: []")
    assert {judged(n, seen).reason.code for n in CHECKS} == {"no-rules"}
    seen = play(rule_file(GOOD), part=NOTHING)
    assert judged("promtool", seen).status.value == "pass"
    for name in CHECKS[1:]:
        result = judged(name, seen)
        assert (result.status.value, result.blocked_by) == (
            "inconclusive",
            "observability.exposition",
        )
    gap = Unavailable(Reason("no-alerting"))
    found = asyncio.run(BehaviourObserver().observe(context(gap, NOTHING), Settings()))
    assert found is gap


def tool(folder: Path, script: str) -> None:
    """A promtool that is none."""
    file = folder / "promtool"
    file.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    file.chmod(0o755)


@pytest.mark.parametrize(
    "script",
    [
        "exit 1",
        "echo nonsense; exit 2",
        'test "$1" = --version && exit 0; kill -9 $$',
        'test "$1" = test && echo "exp: nothing" && exit 1; exit 0',
        'test "$1" = test || exit 0; head -c 20000000 /dev/zero',
    ],
)
def test_a_promtool_that_fails(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str
) -> None:
    tool(tmp_path, script)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    seen = play(rule_file(GOOD))
    for name in CHECKS[1:]:
        result = judged(name, seen)
        assert (result.status.value, result.reason.code) == ("inconclusive", "promtool-failed")


def test_a_promtool_that_never_ends_is_ended_with_its_children(tmp_path: Path) -> None:
    tool(tmp_path, "sleep 1000 & echo $! > child; sleep 1000")
    done = asyncio.run(promtool.run(str(tmp_path / "promtool"), ("check",), tmp_path, 1.0))
    assert (done.status, done.problem) == (None, "too-slow")
    child = int((tmp_path / "child").read_text(encoding="utf-8"))
    state = Path(f"/proc/{child}/stat")

    def ended() -> bool:
        try:
            return state.read_text(encoding="utf-8").split()[2] == "Z"
        except OSError:
            return True

    # It was killed; the kernel may not have come to it yet.
    programs.until(ended, "the child was ended")


def test_a_promtool_that_cannot_be_started(tmp_path: Path) -> None:
    (tmp_path / "promtool").write_text("", encoding="utf-8")
    done = asyncio.run(promtool.run(str(tmp_path / "promtool"), ("check",), tmp_path, 1.0))
    assert done.problem == "not-started"


def test_a_prometheusrule_is_unwrapped_and_the_same_rules_are_played_once() -> None:
    kept = Kept()
    seen = play(rule_file(GOOD), operator(rule_file(GOOD)), kept=kept)
    assert [(s.set, s.same_as) for s in behaviour(seen).sets] == [
        ("files", ""),
        ("operator", "files"),
    ]
    assert not [name for name in kept.texts if "operator" in name]
    assert judged("fires", seen).status.value == "pass"
    alone = play(operator(rule_file(GOOD)))
    assert [s.set for s in behaviour(alone).sets] == ["operator"]
    assert judged("fires", alone).status.value == "pass"


def test_two_ways_to_install_the_rules_are_judged_apart_and_two_halves_together() -> None:
    seen = play(rule_file(GOOD), operator(rule_file(without("Errors"))))
    result = judged("fires", seen)
    assert result.status.value == "fail"
    assert [f.subject for f in result.findings] == ["error-rate (operator)"]
    half = {k: GOOD[k] for k in ("Errors", "Slow", "Down", "Gone")}
    other = {k: v for k, v in GOOD.items() if k not in half}
    assert judged("fires", play(rule_file(half), operator(rule_file(other)))).status.value == "pass"


def test_labels_that_look_like_promtools_own_words() -> None:
    strange = 'a"b\\c } 1E+00, {x="y"}\n\t\x01한글'
    quoted = strange.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    more = f'# TYPE jobs gauge\njobs{{name="{quoted}"}} 4\n'
    noisy = without(Jobs="jobs > 1", Templated="jobs > 2")
    text = rule_file(noisy)
    seen = play(text, pages={"api": page(more=more)})
    (state,) = behaviour(seen).sets
    healthy = next(p for p in state.scenarios if p.scenario == "healthy")
    assert {f.alert: f.labels["name"] for f in healthy.firings} == {
        "Jobs": strange,
        "Templated": strange,
    }
    assert sorted(codes(judged("silent", seen))) == ["fires-when-healthy"] * 2


def test_names_that_need_prometheus_3_are_left_out() -> None:
    more = '# TYPE "jobs.done" counter\n{"jobs.done"} 4\n'
    seen = play(rule_file(GOOD), pages={"api": page(more=more)})
    assert soonest(seen, "error-rate").keys() == {"Errors"}


def test_templates_that_fail_only_when_they_are_filled_in() -> None:
    rule = (
        "alert: A\nexpr: up == 0\nlabels: {severity: critical, x: '{{ .Nothing }}'}\n"
        'annotations: {summary: \'{{ printf "%d" $value }} {{ query "no" | first | value }}\'}'
    )
    seen = play(rules(rule), rule_file(without("Down")))
    assert soonest(seen, "target-absent/down")["A"] > 0


def test_groups_of_one_name_in_two_files_and_a_slow_group() -> None:
    slow = rule_file({"Down": "up == 0"}).replace("interval: 30s", "interval: 5m")
    seen = play(rule_file(without("Down")), slow)
    plain = good()
    late = soonest(seen, "target-absent/down")["Down"]
    assert late == soonest(plain, "target-absent/down")["Down"] + 270


def test_rules_about_somebody_else_are_not_played() -> None:
    kept = Kept()
    many = {f"Other{i}": f"other_metric_{i} > 1" for i in range(300)}
    seen = play(rule_file(GOOD), rule_file(many), kept=kept)
    (state,) = behaviour(seen).sets
    assert len(state.alien) == 300
    assert "Other" not in kept.texts["rules-files-short.json"]
    result = judged("silent", seen)
    assert (result.status.value, result.reason.params["n"]) == ("pass", len(GOOD))
    alone = play(rule_file(many))
    assert judged("silent", alone).reason.code == "nothing-played"
    assert judged("fires", alone).status.value != "pass"


def test_a_service_whose_metrics_are_unknown_leaves_its_signals_open() -> None:
    files = alerting(rule_file(GOOD), MONITOR)
    only = "\n".join(line for line in page().splitlines() if "http_requests" in line)
    part = exposed({"api": only}, files=files, unread=("worker",))
    seen = play(rule_file(GOOD), part=part)
    result = judged("fires", seen)
    assert (result.status.value, result.blocked_by) == (
        "inconclusive",
        "observability.exposition",
    )
    assert set(codes(result)) == {"not-shown-unseen", "service-unseen"}


def test_a_report_that_lacks_a_scenario_says_nothing() -> None:
    with pytest.raises(ValueError, match="0 of 1"):
        answers("nonsense", [[Script("healthy", (), 0.0, 1.0)]])


def test_gauges_that_are_times_keep_their_distance() -> None:
    more = """
        # TYPE process_start_time_seconds gauge
        process_start_time_seconds 1.7e9
        # TYPE backup_last_success_timestamp_seconds gauge
        backup_last_success_timestamp_seconds 9e9
    """
    alerts = without(
        Restarted="time() - process_start_time_seconds < 600",
        Expired="backup_last_success_timestamp_seconds - time() < 86400",
    )
    seen = play(rule_file(alerts), pages={"api": page(more=more)})
    assert judged("silent", seen).status.value == "pass"


def test_the_part_can_be_kept_and_read_again() -> None:
    part = behaviour(good())
    assert decode(Behaviour, json.loads(json.dumps(encode(part)))) == part


def test_the_plan_sends_nothing() -> None:
    ctx = context(NOTHING, NOTHING)
    (work,) = BehaviourObserver().plan(ctx.scope, Settings())
    assert work.requests == 0
