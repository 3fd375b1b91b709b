"""The stub itself: scenarios, journal, script, ports, and the command around it."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path

import pytest

from golive_gates.recovery.providers.stub.board import Board
from golive_gates.recovery.providers.stub.faults import (
    KINDS,
    BadScenario,
    read_scenario,
    write_scenario,
)
from golive_gates.recovery.providers.stub.journal import Journal
from golive_gates.recovery.providers.stub.script import read_script, script_of
from tests.gates.recovery.provider_clients import (
    ANTHROPIC_SAYS,
    OPENAI_SAYS,
    PROMPT,
    control,
    say,
    say_openai,
    scenario,
    stub,
)


@pytest.mark.parametrize("kind", KINDS)
def test_a_scenario_is_written_as_it_is_read(kind: str) -> None:
    told: dict[str, object] = {"provider": "openai", "fault": kind, "always": True, "lease": 30.0}
    if kind == "status":
        told |= {"status": 429, "retry_after": 2.0}
    if kind == "slow-first-token":
        told |= {"delay": 4.0}
    if kind == "stall":
        told |= {"after_events": 3}
    read = read_scenario(told)
    assert write_scenario(read) == told
    assert (read.fault.kind, read.count, read.lease) == (kind, None, 30.0)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ([], "an object"),
        ({"provider": "openai"}, "fault is one of"),
        ({"provider": "other", "fault": "cut"}, "provider is one of openai, anthropic"),
        ({"provider": "openai", "fault": "cut", "afer_events": 1}, "unknown: afer_events"),
        ({"provider": "openai", "fault": "status"}, "status (400 to 599)"),
        ({"provider": "openai", "fault": "status", "status": 200}, "status is a whole number"),
        ({"provider": "openai", "fault": "status", "status": 700}, "status (400 to 599)"),
        ({"provider": "openai", "fault": "cut", "status": 500}, "status (400 to 599)"),
        ({"provider": "openai", "fault": "cut", "retry_after": 1}, "retry_after belongs"),
        ({"provider": "openai", "fault": "cut", "delay": 1}, "delay belongs"),
        ({"provider": "openai", "fault": "cut", "count": 0}, "count is a whole number"),
        ({"provider": "openai", "fault": "cut", "count": 1, "always": True}, "excludes count"),
        ({"provider": "openai", "fault": "cut", "always": False}, "needs a count"),
        ({"provider": "openai", "fault": "cut", "after_events": -1}, "whole number from 0"),
        ({"provider": "openai", "fault": "cut", "lease": float("nan")}, "number of seconds"),
        ({"provider": "openai", "fault": "refuse", "after_events": 1}, "means nothing"),
        ({"provider": "openai", "fault": "refuse", "count": 1}, "cannot be counted"),
    ],
)
def test_scenarios_that_are_refused(wrong: object, said: str) -> None:
    with pytest.raises(BadScenario, match=re.escape(said)):
        read_scenario(wrong)


def test_counts_and_leases_end_by_themselves() -> None:
    now = 0.0
    board = Board(lambda: now)
    board.put(scenario("openai", "cut", count=2))
    board.put(scenario("anthropic", "refuse", lease=10.0))
    taken = [board.take("openai") for _ in range(3)]
    assert [t.kind if t else None for t in taken] == ["cut", "cut", None]
    now = 9.9
    assert board.refuses("anthropic")
    now = 10.0
    assert not board.refuses("anthropic")
    assert board.standing() == ()
    assert board.clear() == 0


def test_a_full_journal_says_what_it_lost() -> None:
    journal = Journal(capacity=2)
    for number in range(3):
        journal.begin(float(number), "openai", "POST", "/").prompt = f"marker-{number} private"
    assert journal.lost == 1
    assert [e.number for e in journal.entries()] == [2, 3]
    assert [e.number for e in journal.entries(since=2)] == [3]
    assert [e.number for e in journal.entries(marker="marker-1")] == [2]
    assert "private" not in json.dumps([e.public() for e in journal.entries()])


def test_the_control_api() -> None:
    async def go() -> None:
        async with stub() as one:
            about = (await control(one, "GET", "")).json()
            assert about["golive_provider_stub"] == 1
            assert about["providers"] == dict(one.addresses)
            fault = {"provider": "openai", "fault": "status", "status": 503}
            assert (await control(one, "POST", "/scenario", fault)).status_code == 201
            assert one.board.standing() == (scenario("openai", "status", status=503),)
            told = (await control(one, "GET", "/scenario")).json()["scenarios"]
            assert told == [{**fault, "always": True}]
            wrong = await control(one, "POST", "/scenario", {"provider": "openai"})
            assert (wrong.status_code, "fault is one of" in wrong.json()["detail"]) == (422, True)
            assert (await control(one, "POST", "/scenario", [fault, fault])).status_code == 422
            assert one.board.standing() == (scenario("openai", "status", status=503),)
            back = (await control(one, "DELETE", "/scenario")).json()
            assert back == {"rolled_back": 1, "scenarios": []}
            assert (await control(one, "DELETE", "/scenario?provider=x")).status_code == 422
            assert await say(one, "openai") == OPENAI_SAYS
            journal = (await control(one, "GET", f"/journal?marker={PROMPT}")).json()
            (entry,) = journal["entries"]
            assert (entry["provider"], entry["model"], entry["stream"]) == (
                "openai",
                "gpt-4o-mini",
                True,
            )
            assert (entry["fault"], entry["ended"], entry["status"]) == ("", "complete", 200)
            assert PROMPT not in json.dumps(journal)
            assert (await control(one, "GET", "/journal?marker=nobody")).json()["entries"] == []
            assert (await control(one, "GET", "/journal?since=x")).status_code == 422
            answers = (await control(one, "GET", "/answers")).json()
            assert answers == {"openai": OPENAI_SAYS, "anthropic": ANTHROPIC_SAYS}
            assert (await control(one, "DELETE", "/journal")).json() == {"cleared": 1}
            assert (await control(one, "PUT", "/journal")).status_code == 404

    asyncio.run(go())


def test_answers_by_prompt() -> None:
    script = script_of(
        {
            "answers": {"openai": "평소 대답"},
            "prompts": [{"contains": "빵", "openai": "빵 이야기", "anthropic": "배 이야기"}],
            "pace": {"first_token": 0, "gap": 0},
            "scenarios": [{"provider": "anthropic", "fault": "status", "status": 500, "count": 1}],
        }
    )

    async def go() -> None:
        async with stub(script) as one:
            assert await say_openai(one.addresses["openai"], prompt="빵에 대해") == "빵 이야기"
            assert await say_openai(f"{one.url}/openai", prompt="다른 것") == "평소 대답"
            assert await say(one, "anthropic", retries=1) == ANTHROPIC_SAYS
            assert [e.status for e in one.journal.entries()] == [200, 200, 500, 200]

    asyncio.run(go())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("answers: {other: x}", "answers: unknown other"),
        ("answers: {openai: ''}", "answers.openai is a text"),
        ("prompts: [{openai: x}]", "prompts[0].contains is a text"),
        ("pace: {gap: fast}", "pace.gap is a number"),
        ("pace: {gap: -1}", "a pace lies in"),
        ("scenarios: [{provider: openai}]", "fault is one of"),
        ("- x", "the script is an object"),
        ("a: [", "expected"),
    ],
)
def test_script_files_that_are_refused(text: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "script.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(BadScenario, match=re.escape(said)) as caught:
        read_script(file)
    assert str(file) in str(caught.value)


def test_a_script_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BadScenario, match="cannot be read"):
        read_script(tmp_path / "none.yaml")
