"""An interrupted run stops soon, judges what it saw, and never approves."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Callable
from typing import Any

import pytest
from fake_gates import Seen, Settings, Stage, Watcher, fake_gate, recorded

from golive.api import Lane, RunContext
from golive.interrupts import interrupting
from golive.journal import recover
from golive.record import Decision, Execution, GateStatus
from golive.runner import Runner
from golive.verdict import decide

LONG = 30.0


class Waiting:
    """An observer that says when it began, then waits; politely or not at all."""

    def __init__(self, release: threading.Event | None = None) -> None:
        self.begun = threading.Event()
        self._release = release

    async def __call__(self, ctx: RunContext, settings: Settings) -> object:
        self.begun.set()
        if self._release is not None:
            self._release.wait()
        else:
            await asyncio.Event().wait()
        return Seen(2.0)


def when(begun: threading.Event, act: Callable[[], Any]) -> threading.Thread:
    def wait() -> None:
        assert begun.wait(LONG)
        act()

    thread = threading.Thread(target=wait)
    thread.start()
    return thread


@pytest.mark.parametrize("lane", list(Lane))
@pytest.mark.parametrize("politely", [True, False])
def test_the_record_holds_what_was_seen_before(
    stage: Stage, release: threading.Event, lane: Lane, politely: bool
) -> None:
    waiting = Waiting(None if politely else release)
    gates = [
        fake_gate("alpha", Watcher(lane=Lane.FILES)),
        fake_gate("beta", Watcher(waiting, lane=lane)),
        fake_gate("gamma", Watcher(lane=Lane.LOUD)),
    ]
    runner = stage.runner(gates)
    thread = when(waiting.begun, runner.interrupt)
    run = recorded(runner.run())
    thread.join()
    alpha, beta, gamma = (g for g in run.gates if g.id in ("alpha", "beta", "gamma"))
    assert run.interrupted
    assert run.decision is Decision.INCONCLUSIVE
    assert {g.code for g in decide(run).grounds} >= {"interrupted", "gate-interrupted"}
    assert (beta.execution, beta.status) == (Execution.INTERRUPTED, GateStatus.ERROR)
    assert beta.checks[0].reason_code == "core.interrupted"
    assert beta.note_in("ko")
    assert gamma.execution is Execution.INTERRUPTED
    if lane is not Lane.FILES:
        assert (alpha.execution, alpha.status) == (Execution.COMPLETED, GateStatus.PASS)


def test_a_failure_seen_before_is_still_no_go(stage: Stage) -> None:
    async def low(*_: object) -> object:
        return Seen(0.0)

    waiting = Waiting()
    gates = [fake_gate("alpha", Watcher(low)), fake_gate("beta", Watcher(waiting))]
    runner = stage.runner(gates)
    thread = when(waiting.begun, runner.interrupt)
    run = runner.run()
    thread.join()
    assert run.decision is Decision.NO_GO
    assert run.interrupted


def test_before_it_began_nothing_is_observed(stage: Stage) -> None:
    waiting = Waiting()
    runner = stage.runner([fake_gate("alpha", Watcher(waiting))])
    runner.interrupt()
    run = runner.run()
    assert not waiting.begun.is_set()
    assert run.checks()[0].reason_code == "core.interrupted"
    assert run.decision is Decision.INCONCLUSIVE


def test_an_interrupted_observer_may_send_nothing_further(
    stage: Stage, release: threading.Event
) -> None:
    outcomes: list[str] = []
    begun, over = threading.Event(), threading.Event()

    async def behave(ctx: RunContext, _: Settings) -> object:
        begun.set()
        release.wait()
        try:
            ctx.budget.spend()
        except Exception as error:  # noqa: BLE001 - the name is what is looked for
            outcomes.append(type(error).__name__)
        over.set()
        return Seen(2.0)

    runner = stage.runner([fake_gate("alpha", Watcher(behave))])
    thread = when(begun, runner.interrupt)
    runner.run()
    thread.join()
    release.set()
    assert over.wait(LONG)
    assert outcomes == ["BudgetExhausted"]


def test_half_a_part_is_neither_judged_nor_kept_for_later(stage: Stage) -> None:
    begun = threading.Event()

    async def behave(*_: object) -> object:
        begun.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return Seen(2.0, text="half of it")
        return Seen(2.0)

    runner = stage.runner([fake_gate("alpha", Watcher(behave))])
    thread = when(begun, runner.interrupt)
    run = runner.run()
    thread.join()
    assert run.checks()[0].reason_code == "core.interrupted"
    assert recover(stage.journal_path).parts == {}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_real_signal_ends_in_a_record(stage: Stage, number: signal.Signals) -> None:
    waiting = Waiting()
    runner: Runner = stage.runner([fake_gate("alpha"), fake_gate("beta", Watcher(waiting))])
    thread = when(waiting.begun, lambda: os.kill(os.getpid(), number))
    with interrupting(runner.interrupt):
        run = recorded(runner.run())
    thread.join()
    assert run.interrupted
    assert {c.id: c.reason_code for c in run.checks()} == {
        "alpha.main": "proven",
        "beta.main": "core.interrupted",
    }


def test_an_interrupt_after_the_last_observer_blames_no_gate(stage: Stage) -> None:
    runners: list[Runner] = []
    inner = fake_gate("alpha").checks[0].judge

    def judge(observation: Any, settings: Settings) -> Any:
        runners[0].interrupt()
        return inner(observation, settings)

    runners.append(stage.runner([fake_gate("alpha", judge=judge)]))
    run = runners[0].run()
    alpha = next(g for g in run.gates if g.id == "alpha")
    assert alpha.execution is Execution.COMPLETED
    assert run.interrupted
    assert run.decision is Decision.INCONCLUSIVE
