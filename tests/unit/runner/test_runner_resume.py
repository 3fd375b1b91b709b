"""What an earlier, unfinished run had seen is taken over, and said to be."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from fake_gates import Further, Seen, Settings, Stage, Watcher, fake_gate

from golive.api import Lane, Reason, RunContext, Unavailable
from golive.journal import recover
from golive.record import Decision, Run


class Counting:
    def __init__(self, part: object) -> None:
        self.part = part
        self.looked = 0

    async def __call__(self, ctx: RunContext, settings: Settings) -> object:
        self.looked += 1
        return self.part


def again(folder: Path, recovered: Mapping[str, Any], *watchers: Watcher) -> tuple[Run, Stage]:
    folder.mkdir()
    stage = Stage(folder, recovered=recovered)
    run = stage.run(fake_gate("alpha", *watchers))
    assert stage.journal is not None
    stage.journal.close()
    return run, stage


def first(stage: Stage, *watchers: Watcher) -> Mapping[str, Any]:
    stage.run(fake_gate("alpha", *watchers))
    return recover(stage.journal_path).parts


@pytest.mark.parametrize("lane", list(Lane))
def test_a_recorded_part_is_not_observed_again(stage: Stage, tmp_path: Path, lane: Lane) -> None:
    parts = first(stage, Watcher(lane=lane))
    spy = Counting(Seen(9.0))
    run, second = again(tmp_path / "second", parts, Watcher(spy, lane=lane))
    assert spy.looked == 0
    assert run.decision is Decision.CONDITIONAL
    assert run.checks()[0].facts[0].value == 2.0
    assert run.resumed == ("alpha.Seen",)
    assert recover(second.journal_path).parts == parts


def test_what_was_missing_then_is_observed_now(stage: Stage, tmp_path: Path) -> None:
    gone = Counting(Unavailable(Reason("found", {"what": "nothing"})))
    parts = first(stage, Watcher(gone), Watcher(Counting(Further(1.0)), Further))
    assert parts.keys() == {"alpha"}
    assert parts["alpha"].keys() == {"Further"}
    spy = Counting(Seen(2.0))
    run, _ = again(tmp_path / "second", parts, Watcher(spy), Watcher(part=Further))
    assert spy.looked == 1
    assert run.decision is Decision.CONDITIONAL


@pytest.mark.parametrize(
    "known",
    [
        {},
        {"value": "two"},
        {"value": 2.0, "unknown": 1},
        {"value": None},
        [1],
        "text",
        {"value": 10**400},
    ],
)
def test_a_part_of_another_version_is_observed_again(tmp_path: Path, known: object) -> None:
    spy = Counting(Seen(2.0))
    run, _ = again(tmp_path / "second", {"alpha": {"Seen": known}}, Watcher(spy))
    assert spy.looked == 1
    assert run.decision is Decision.GO
    assert "alpha.Seen was observed again" in run.warnings[0]


def test_parts_of_other_gates_and_names_change_nothing(tmp_path: Path) -> None:
    spy = Counting(Seen(2.0))
    parts = {"beta": {"Seen": {"value": 0.0}}, "alpha": {"Gone": {"value": 0.0}}}
    run, _ = again(tmp_path / "second", parts, Watcher(spy))
    assert (spy.looked, run.warnings) == (1, ())


class TestJournal:
    def test_holds_the_run_from_its_beginning_to_its_decision(self, stage: Stage) -> None:
        stage.run(fake_gate("alpha"), fake_gate("beta"))
        found = recover(stage.journal_path)
        assert found.run_id == "run-1"
        assert found.config_sha256 == "c" * 64
        assert set(found.parts) == {"alpha", "beta"}

    def test_that_cannot_be_written_is_a_warning_and_the_run_goes_on(
        self, stage: Stage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        runner = stage.runner([fake_gate("alpha", Watcher(lane=Lane.FILES)), fake_gate("beta")])
        assert stage.journal is not None

        def full(*_: object, **__: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(stage.journal, "append", full)
        run = runner.run()
        assert run.decision is Decision.GO
        assert len(run.warnings) == 1
        assert "No space left" in run.warnings[0]
