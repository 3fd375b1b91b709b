"""A gate that fails in any way is that gate's error; the others finish, and nothing passes."""

from __future__ import annotations

import asyncio
import json
import math
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from fake_gates import Further, Seen, Settings, Stage, Watcher, fake_gate

from golive.api import Lane, Reason, RunContext, Unavailable
from golive.gate import Gate
from golive.record import Decision, Execution, GateStatus, Run
from golive.verdict import GateLabel, decide, gate_label, run_day

LANES = pytest.mark.parametrize("lane", list(Lane))


def raising(error: BaseException) -> Callable[..., Any]:
    async def behave(*_: object) -> object:
        raise error

    return behave


def returning(part: object) -> Callable[..., Any]:
    async def behave(*_: object) -> object:
        return part

    return behave


def only_alpha_suffered(run: Run, execution: Execution, *codes: str) -> None:
    alpha, beta = (next(g for g in run.gates if g.id == name) for name in ("alpha", "beta"))
    assert alpha.execution is execution
    assert alpha.status is GateStatus.ERROR
    assert [c.reason_code for c in alpha.checks] == list(codes)
    assert gate_label(alpha, run_day(run)) is GateLabel.UNVERIFIED
    assert (beta.execution, beta.status) == (Execution.COMPLETED, GateStatus.PASS)
    assert run.decision is Decision.INCONCLUSIVE
    assert decide(run).decision is Decision.INCONCLUSIVE


def test_two_gates_that_pass_are_go(stage: Stage) -> None:
    run = stage.run(fake_gate("alpha"), fake_gate("beta"))
    assert run.decision is Decision.GO
    alpha = next(g for g in run.gates if g.id == "alpha")
    assert alpha.expected == ("alpha.main",)
    assert alpha.observation["Seen"]["value"] == 2.0
    assert alpha.settings == {"limit": 1.0}
    assert alpha.started is not None
    assert (alpha.note, run.warnings) == ("", ())


class TestObserversThatFail:
    @LANES
    @pytest.mark.parametrize(
        "error",
        [
            ZeroDivisionError("x"),
            SystemExit(0),
            KeyboardInterrupt(),
            asyncio.CancelledError(),
            TimeoutError("its own"),
            ExceptionGroup("several", [ValueError("a"), KeyError("b")]),
            RecursionError(),
        ],
    )
    def test_by_raising(self, stage: Stage, lane: Lane, error: BaseException) -> None:
        run = stage.run(fake_gate("alpha", Watcher(raising(error), lane=lane)), fake_gate("beta"))
        only_alpha_suffered(run, Execution.CRASHED, "core.crashed")
        alpha = next(g for g in run.gates if g.id == "alpha")
        assert type(error).__name__ in alpha.note
        assert alpha.note_in("ko") != alpha.note

    @pytest.mark.parametrize("part", [None, 3, "Seen", Further(1.0), Seen, {"value": 2.0}])
    def test_by_returning_something_else(self, stage: Stage, part: object) -> None:
        run = stage.run(fake_gate("alpha", Watcher(returning(part))), fake_gate("beta"))
        only_alpha_suffered(run, Execution.CRASHED, "core.crashed")

    @pytest.mark.parametrize(
        "part",
        [
            Seen(math.nan),
            Seen(2.0, more=object()),
            Seen(2.0, more={1.5: "key"}),
            Seen(2.0, more={"set": {1, 2}}),
            Seen(2.0, more=10**5000),
            Seen(2.0, more=b"bytes"),
        ],
    )
    def test_by_returning_what_cannot_be_recorded(self, stage: Stage, part: Seen) -> None:
        run = stage.run(fake_gate("alpha", Watcher(returning(part))), fake_gate("beta"))
        only_alpha_suffered(run, Execution.CRASHED, "core.crashed")

    def test_by_returning_a_thing_without_end(self, stage: Stage) -> None:
        loop: list[object] = []
        loop.append(loop)
        part = Seen(2.0, more=loop)
        run = stage.run(fake_gate("alpha", Watcher(returning(part))), fake_gate("beta"))
        only_alpha_suffered(run, Execution.CRASHED, "core.crashed")

    def test_by_returning_what_is_nested_beyond_reason(self, stage: Stage) -> None:
        """What fits the stack here need not fit it where the whole record is written."""
        deep: object = 1
        for _ in range(200):
            deep = [deep]
        run = stage.run(
            fake_gate("alpha", Watcher(returning(Seen(2.0, more=deep)))), fake_gate("beta")
        )
        only_alpha_suffered(run, Execution.CRASHED, "core.crashed")

    def test_by_not_being_a_coroutine(self, stage: Stage) -> None:
        class Plain(Watcher):
            def observe(self, ctx: RunContext, settings: Settings) -> object:  # type: ignore[override]
                return Seen(2.0)

        run = stage.run(fake_gate("alpha", Plain()), fake_gate("beta"))
        only_alpha_suffered(run, Execution.CRASHED, "core.crashed")

    def test_although_no_check_needs_their_part(self, stage: Stage) -> None:
        """A crash beside the checks is still a gate that did not do its work."""
        watchers = (Watcher(), Watcher(raising(ValueError()), part=Further))
        run = stage.run(fake_gate("alpha", *watchers), fake_gate("beta"))
        alpha = next(g for g in run.gates if g.id == "alpha")
        assert (alpha.execution, alpha.status) == (Execution.CRASHED, GateStatus.ERROR)
        assert run.decision is Decision.INCONCLUSIVE

    def test_leave_their_trace_in_the_journal_and_nowhere_else(self, stage: Stage) -> None:
        run = stage.run(fake_gate("alpha", Watcher(raising(ValueError("why")))))
        lines = [json.loads(x) for x in stage.journal_path.read_text("utf-8").splitlines()]
        (crash,) = [entry for entry in lines if entry["kind"] == "crash"]
        assert "Traceback" in crash["trace"]
        assert "Traceback" not in str(run)

    @pytest.mark.parametrize("kind", ["error", "inconclusive"])
    def test_by_having_nothing_to_show_are_no_crash(self, stage: Stage, kind: Any) -> None:
        gap = Unavailable(Reason("found", {"what": "nothing"}), kind)
        run = stage.run(fake_gate("alpha", Watcher(returning(gap))), fake_gate("beta"))
        alpha = next(g for g in run.gates if g.id == "alpha")
        assert alpha.execution is Execution.COMPLETED
        assert alpha.checks[0].status.value == kind
        assert run.decision is Decision.INCONCLUSIVE


class TestObserversThatHang:
    @LANES
    def test_politely_are_cancelled(self, stage: Stage, lane: Lane) -> None:
        stage.timeout = 0.5

        async def behave(*_: object) -> object:
            await asyncio.Event().wait()
            return Seen(2.0)

        run = stage.run(fake_gate("alpha", Watcher(behave, lane=lane)), fake_gate("beta"))
        only_alpha_suffered(run, Execution.TIMED_OUT, "core.timed-out")
        assert run.warnings == ()

    @LANES
    def test_for_good_are_left_behind(
        self, stage: Stage, lane: Lane, release: threading.Event
    ) -> None:
        stage.timeout = 0.5

        async def behave(*_: object) -> object:
            release.wait()
            return Seen(2.0)

        run = stage.run(fake_gate("alpha", Watcher(behave, lane=lane)), fake_gate("beta"))
        only_alpha_suffered(run, Execution.TIMED_OUT, "core.timed-out")
        assert "alpha.Seen did not stop" in run.warnings[0]

    def test_keep_the_rest_of_their_gate_from_beginning(
        self, stage: Stage, release: threading.Event
    ) -> None:
        stage.timeout = 0.5
        begun = []

        async def hang(*_: object) -> object:
            release.wait()
            return Seen(2.0)

        async def never(*_: object) -> object:
            begun.append("further")
            return Further(1.0)

        watchers = (Watcher(hang), Watcher(never, part=Further, lane=Lane.LOUD))
        run = stage.run(fake_gate("alpha", *watchers), fake_gate("beta"))
        only_alpha_suffered(run, Execution.TIMED_OUT, "core.timed-out")
        assert begun == []

    def test_may_send_nothing_further(self, stage: Stage, release: threading.Event) -> None:
        stage.timeout = 0.5
        outcomes: list[str] = []
        over = threading.Event()

        async def behave(ctx: RunContext, _: object) -> object:
            ctx.budget.spend(3)
            release.wait()
            try:
                ctx.budget.spend()
            except Exception as error:  # noqa: BLE001 - the name is what is looked for
                outcomes.append(type(error).__name__)
            over.set()
            return Seen(2.0)

        run = stage.run(fake_gate("alpha", Watcher(behave)), fake_gate("beta"))
        release.set()
        assert over.wait(30)
        assert outcomes == ["BudgetExhausted"]
        assert run.requests == 3


class TestJudgesThatFail:
    @pytest.mark.parametrize(
        ("judge", "code"),
        [
            (lambda *_: 1 / 0, "core.judge-crashed"),
            (lambda *_: sys.exit(0), "core.judge-crashed"),
            (lambda *_: None, "core.judge-crashed"),
            (lambda *_: fake_gate().checks[0].spec.passed(Reason("proven")), "core.overclaim"),
        ],
    )
    def test_are_an_error_of_their_check(
        self, stage: Stage, judge: Callable[..., object], code: str
    ) -> None:
        run = stage.run(fake_gate("alpha", judge=judge), fake_gate("beta"))
        only_alpha_suffered(run, Execution.COMPLETED, code)

    def test_for_want_of_a_catalogue_are_an_error(self, stage: Stage) -> None:
        run = stage.run(fake_gate("alpha", package="golive_nowhere"), fake_gate("beta"))
        only_alpha_suffered(run, Execution.COMPLETED, "core.judge-crashed")


class TestGatesThatFail:
    def test_beyond_their_judges_are_recorded_as_crashed(self, stage: Stage) -> None:
        """Whatever else goes wrong while a gate is judged, its record says so."""
        stage.settings = {"alpha": Settings(math.nan)}
        run = stage.run(fake_gate("alpha"), fake_gate("beta"))
        only_alpha_suffered(run, Execution.CRASHED)
        alpha = next(g for g in run.gates if g.id == "alpha")
        assert "NaN" in alpha.note
        assert "check-missing" in {g.code for g in decide(run).grounds}

    def test_to_load_are_missing_and_required(self, stage: Stage) -> None:
        run = stage.run(fake_gate("beta"), broken={"alpha": "ImportError: no module"})
        alpha = next(g for g in run.gates if g.id == "alpha")
        assert (alpha.execution, alpha.required) == (Execution.MISSING, True)
        assert "ImportError" in alpha.note
        assert run.decision is Decision.INCONCLUSIVE

    def test_without_observers_have_nothing_to_judge(self, stage: Stage) -> None:
        blind: Gate[Settings] = replace(fake_gate("alpha"), observers=())
        run = stage.run(blind, fake_gate("beta"))
        only_alpha_suffered(run, Execution.COMPLETED, "core.not-observed")

    def test_although_they_also_refute_something_are_no_go(self, stage: Stage) -> None:
        watchers = (
            Watcher(returning(Seen(0.0))),
            Watcher(raising(ValueError()), part=Further),
        )
        run = stage.run(fake_gate("alpha", *watchers))
        assert run.decision is Decision.NO_GO


def test_no_gate_at_all_is_inconclusive(stage: Stage) -> None:
    run = stage.run()
    assert run.decision is Decision.INCONCLUSIVE
    assert {g.execution for g in run.gates} == {Execution.NOT_IN_PROFILE}
