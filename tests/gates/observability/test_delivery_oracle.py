"""Random trees of routes, walked by golive and by the real amtool."""

from __future__ import annotations

import copy
import random
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from golive.sources.tree import FileKind, PlainDocument
from golive_gates.observability.routing.reading import read_config
from golive_gates.observability.routing.refused import refused
from golive_gates.observability.routing.tree import deliveries
from golive_gates.observability.rules.model import Place
from tests.gates.observability.delivery import config

NAMES = ("severity", "team", "service", "env")
VALUES = ("critical", "warning", "a b", "x", "", "web", "db", 'q"x', r"c\d", "a,b", "x.y")
PATTERNS = (
    *("critical|warning", ".+", ".*", "w.*", "(?i)CRIT.*", "[a-c].b", "x", "", "^web$", "a|"),
    *(r"\w+", "[[:alpha:]]+", r"x\.y", "(a|x).?", "(?i:W)(eb|ib)", "x$|db", "(", "x(?=y)"),
)
RECEIVERS = [f"r{i}" for i in range(6)]
TREES, QUESTIONS, CHANGES = 12, 3, 25
ODD = (None, 0, -1, "", True, [], {}, "x", "team", ["a"], {"a": "b"}, "31", "-1:5", "24:00", "a=b")
SOUND = yaml.safe_load("""
route:
  receiver: team
  group_by: [alertname]
  routes:
    - {receiver: page, matchers: ['severity="critical"'], repeat_interval: 1h, continue: true}
    - {receiver: team, match: {a: b}, match_re: {c: d.*}, mute_time_intervals: [n]}
inhibit_rules:
  - {source_matchers: [a="b"], target_match: {c: d}, equal: [x]}
time_intervals:
  - name: n
    time_intervals:
      - times: [{start_time: '00:00', end_time: '06:00'}]
        weekdays: ['monday:friday']
        days_of_month: ['1:5']
        months: [may]
        years: ['2030']
receivers:
  - name: team
    email_configs: [{to: a@b.example, from: c@d.example, smarthost: 'e:25'}]
  - name: page
    pagerduty_configs: [{routing_key_file: /key}]
""")


def amtool(*args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["amtool", *args], capture_output=True, text=True, timeout=30, check=False
    )


def quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def matcher(dice: random.Random) -> str:
    op = dice.choice(("=", "=", "=~", "!=", "!~"))
    value = dice.choice(PATTERNS if "~" in op else VALUES)
    written = dice.choice((quoted(value), quoted(value), f'"{value}"', value))
    space = dice.choice(("", " "))
    return f"{space}{dice.choice(NAMES)}{space}{op}{space}{written}{space}"


def route(dice: random.Random, depth: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if dice.random() < 0.7:
        found["receiver"] = dice.choice(RECEIVERS)
    if dice.random() < 0.5:
        found["matchers"] = [matcher(dice) for _ in range(dice.randint(1, 2))]
    elif dice.random() < 0.3:
        found["matchers"] = ["{" + ",".join(matcher(dice) for _ in range(2)) + "}"]
    if dice.random() < 0.3:
        found["match"] = {dice.choice(NAMES): dice.choice(VALUES)}
    if dice.random() < 0.3:
        found["match_re"] = {dice.choice(NAMES): dice.choice(PATTERNS[:-2])}
    if dice.random() < 0.4:
        found["continue"] = True
    if depth and dice.random() < 0.6:
        found["routes"] = [route(dice, depth - 1) for _ in range(dice.randint(1, 3))]
    return found


@pytest.mark.parametrize("seed", range(4))
def test_golive_and_amtool_agree(seed: int, tmp_path: Path) -> None:
    dice = random.Random(seed)  # noqa: S311 - a repeatable one
    taken = refused = 0
    for number in range(TREES):
        routes = [route(dice, 2) for _ in range(dice.randint(1, 4))]
        data = {
            "route": {"receiver": "r0", "routes": routes},
            "receivers": [{"name": r} for r in RECEIVERS],
        }
        text = yaml.safe_dump(data, allow_unicode=True)
        file = tmp_path / f"{number}.yml"
        file.write_text(text, encoding="utf-8")
        ours = config(text)
        theirs = amtool("check-config", str(file))
        assert (theirs.returncode == 0) is (not ours.faults), (text, ours.faults, theirs)
        if theirs.returncode:
            refused += 1
            continue
        taken += 1
        for _ in range(QUESTIONS):
            labels = {n: dice.choice(VALUES) for n in NAMES if dice.random() < 0.6}
            said = amtool(
                *("config", "routes", "test", f"--config.file={file}"),
                *(f"{name}={quoted(value)}" for name, value in labels.items()),
            )
            mine = ",".join(d.receiver for d in deliveries(ours, labels))
            assert said.stdout.strip() == mine, (text, labels)
    assert taken, "no tree was taken"
    assert refused, "no tree was refused"


def places(data: object, above: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    items = (
        data.items()
        if isinstance(data, dict)
        else enumerate(data if isinstance(data, list) else ())
    )
    for step, value in items:
        yield (*above, step)
        yield from places(value, (*above, step))


@pytest.mark.parametrize("seed", range(4))
def test_what_golive_holds_to_be_refused_is_refused(seed: int, tmp_path: Path) -> None:
    dice = random.Random(seed)  # noqa: S311 - a repeatable one
    seen = set()
    for number in range(CHANGES):
        changed = copy.deepcopy(SOUND)
        *above, last = dice.choice(list(places(changed)))
        inner: Any = changed
        for step in above:
            inner = inner[step]
        inner[last] = copy.deepcopy(dice.choice(ODD))
        file = tmp_path / f"{number}.yml"
        file.write_text(yaml.safe_dump(changed), encoding="utf-8")
        place = Place(PlainDocument(FileKind.ALERTMANAGER, changed, "a"), ())
        cause = refused(read_config(changed, place, "a"))
        taken = amtool("check-config", str(file)).returncode == 0
        seen.add(taken)
        assert not (taken and cause), (above, last, inner[last], cause)
    assert seen == {True, False}
