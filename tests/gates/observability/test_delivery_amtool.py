"""``observability.amtool``, with the real amtool and with ones that misbehave."""

from __future__ import annotations

import asyncio
import json
import os
from dataclasses import replace
from pathlib import Path
from stat import S_IRWXU
from typing import Any

import pytest

from golive.api import CheckResult, EvidenceRef, Observation, Unavailable
from golive.codec import decode, encode
from golive.config.model import Config, Service
from golive.context import RequestBudget, RunContext, Scope, Silent, SystemClock
from golive.linting import Hashed
from golive.sources.reading import read_release, read_tree
from golive.sources.tree import SourceTree
from golive_gates.observability.observers import amtool
from golive_gates.observability.observers.amtool import AmtoolObserver
from golive_gates.observability.parts import Alerting
from golive_gates.observability.routing.second_opinion import Amtool
from golive_gates.observability.settings import Settings
from tests.gates.observability.delivery import configuration, severe
from tests.gates.observability.snippets import CHECKS, rules
from tests.gates.saying import codes, said

PAGE = "{matchers: ['severity=\"critical\"'], receiver: page}"
GOOD = configuration(PAGE, "{matchers: ['team=~\"a b|q\"'], receiver: team}")
TWO = rules(severe("critical"), severe("warning", name="B", labels=", team: a b"))


class Kept(Hashed):
    """Evidence that a test looks into."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def add(self, name: str, content: bytes | str, media_type: str) -> EvidenceRef:
        self.texts.append(str(content))
        return super().add(name, content, media_type)


def looked(
    folder: Path, text: str, alerts: str = TWO, redact: Any = str
) -> tuple[Amtool | Unavailable, Alerting, Kept]:
    (folder / "alertmanager.yml").write_text(text, encoding="utf-8")
    (folder / "rules.yml").write_text(alerts, encoding="utf-8")
    return asked(
        read_tree([folder / "alertmanager.yml", folder / "rules.yml"], folder), folder, redact
    )


def asked(
    tree: SourceTree, base: Path, redact: Any = str
) -> tuple[Amtool | Unavailable, Alerting, Kept]:
    """What amtool says of *tree*, which a golive.yaml in *base* names."""
    kept = Kept()
    context = RunContext(
        run_id="t",
        gate="observability",
        scope=Scope(Config("golive/v1", Service("t", "0")), base),
        clock=SystemClock(),
        evidence=kept,
        budget=RequestBudget(0),
        progress=Silent(),
        headers=(),
        redact=redact,
        sources=lambda: tree,
    )
    part = asyncio.run(AmtoolObserver().observe(context, Settings()))
    ref = EvidenceRef("a", "a", "0" * 64, 1, "application/json")
    return part, Alerting(tree.files, tree.documents, tree.objects, (), (ref,)), kept


def judge(part: Amtool | Unavailable, files: Alerting) -> CheckResult:
    seen = Observation({"Alerting": files, "Amtool": part})
    result = CHECKS["amtool"].evaluate(seen, Settings())
    said(result)
    return result


def second(folder: Path, text: str, alerts: str = TWO) -> CheckResult:
    part, files, _ = looked(folder, text, alerts)
    return judge(part, files)


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A program called amtool in front of the real one."""

    def make(script: str) -> None:
        folder = tmp_path / "bin"
        folder.mkdir()
        file = folder / "amtool"
        file.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        file.chmod(S_IRWXU)
        monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")

    return make


def test_amtool_agrees(tmp_path: Path) -> None:
    part, files, kept = looked(tmp_path, GOOD)
    assert isinstance(part, Amtool)
    assert [r.answer.said for r in part.routed] == ["page", "team"]
    assert part.version.startswith("0.")
    result = judge(part, files)
    assert (result.status.value, codes(result)) == ("pass", [])
    assert decode(Amtool, json.loads(json.dumps(encode(part)))) == part
    assert '"page"' in kept.texts[0]


def test_files_that_are_not_below_golive_yaml_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "release").mkdir()
    (tmp_path / "run").mkdir()
    (tmp_path / "release" / "alertmanager.yml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "release" / "rules.yml").write_text(TWO, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    named = {n: (str(tmp_path / "release" / f"{n}.yml"),) for n in ("alertmanager", "rules")}
    part, files, _ = asked(read_release(named, tmp_path / "run"), tmp_path / "run")
    assert isinstance(part, Amtool)
    assert len(part.checked) == 1
    assert judge(part, files).status.value == "pass"


def test_amtool_refuses_what_golive_does_not_look_at(tmp_path: Path) -> None:
    odd = GOOD.replace("route:", "global: {resolve_timeout: soon}\nroute:", 1)
    result = second(tmp_path, odd)
    assert (result.status.value, codes(result)) == ("fail", ["refuses"])
    shown = str(result.findings[0].reason.params["detail"])
    assert "not a valid duration" in shown
    assert str(tmp_path) not in shown


def test_a_field_that_its_version_does_not_know(tmp_path: Path) -> None:
    result = second(tmp_path, GOOD.replace("route:", "tracing: {a: b}\nroute:", 1))
    assert (result.status.value, codes(result)) == ("inconclusive", ["newer"])


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        (GOOD.replace("receiver: page", "receiver: pager"), "routes"),
        (GOOD.replace("routing_key_file: /run/secrets/pagerduty", "severity: x"), "receivers"),
        (GOOD.replace("receiver: page", "receiver: page, mute_time_intervals: [n]"), "mute-times"),
        (GOOD + "inhibit_rules: [{source_matchers: [severity]}]\n", "inhibition"),
        (GOOD + "time_intervals: [{name: n, time_intervals: [{months: [x]}]}]\n", "mute-times"),
        (GOOD.replace("route:\n", "route:\n  mute_time_intervals: [n]\n"), "mute-times"),
    ],
)
def test_both_refuse_and_another_check_says_why(tmp_path: Path, text: str, cause: str) -> None:
    result = second(tmp_path, text)
    assert (result.status.value, codes(result)) == ("inconclusive", ["refuses-too"])
    assert result.blocked_by == f"observability.{cause}"


def test_secrets_stay_out_of_the_evidence(tmp_path: Path) -> None:
    text = GOOD.replace("route:", "global: {smtp_hello: canary}\nroute:", 1) + "x: canary\n"
    _, _, kept = looked(tmp_path, text, redact=lambda t: t.replace("canary", "-"))
    assert "canary" not in kept.texts[0]


def test_without_amtool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    result = second(tmp_path, GOOD)
    assert (result.status.value, result.reason.code) == ("not-applicable", "amtool-missing")


def test_an_amtool_that_says_something_else(tmp_path: Path, program: Any) -> None:
    program('[ "$1" = check-config ] || echo other')
    result = second(tmp_path, GOOD)
    assert (result.status.value, set(codes(result))) == ("fail", {"differs"})


def test_an_amtool_that_takes_what_is_refused(tmp_path: Path, program: Any) -> None:
    program("exit 0")
    broken = GOOD.replace("receiver: page", "receiver: pager")
    assert "accepts" in codes(second(tmp_path, broken))


def test_an_amtool_that_fails_or_never_ends(
    tmp_path: Path, program: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    program('[ "$1" = check-config ] || { echo broken >&2; exit 3; }')
    result = second(tmp_path, GOOD)
    assert (result.status.value, set(codes(result))) == ("inconclusive", {"no-answer"})
    monkeypatch.setattr(amtool, "TIMEOUT", 0.05)
    (tmp_path / "bin" / "amtool").write_text("#!/bin/sh\nexec sleep 60\n", encoding="utf-8")
    late = second(tmp_path, GOOD)
    assert (late.status.value, codes(late)) == ("inconclusive", ["too-slow"])


def test_an_amtool_that_never_stops_talking(tmp_path: Path, program: Any) -> None:
    program("exec yes")
    result = second(tmp_path, GOOD)
    assert (result.status.value, codes(result)) == ("inconclusive", ["too-much"])


def test_questions_beyond_the_cap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(amtool, "MOST_CALLS", 1)
    part, files, _ = looked(tmp_path, GOOD)
    assert isinstance(part, Amtool)
    assert (len(part.routed), part.left_out) == (1, 1)
    result = judge(part, files)
    assert (result.status.value, codes(result)) == ("inconclusive", ["too-many"])


def test_without_a_configuration(tmp_path: Path) -> None:
    part, files, _ = looked(tmp_path, GOOD)
    nothing = replace(files, documents=())
    assert judge(Amtool("0.25"), nothing).status.value == "not-applicable"
    assert isinstance(part, Amtool)
