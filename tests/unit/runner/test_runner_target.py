"""A target that does not answer costs seconds, not a gate its time; a part of one goes on."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from core_records import config
from fake_gates import Further, Seen, Settings, Stage, Watcher, fake_gate
from listeners import answering, listening, refused_port, silent

from golive import preflight, runner
from golive.api import (
    CheckResult,
    CheckSpec,
    Lane,
    Need,
    Observation,
    RunContext,
    ServiceEndpoint,
    Target,
    Unavailable,
)
from golive.config.model import Tls
from golive.record import Decision, Execution, Run

TARGET = frozenset({Need.TARGET})


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflight, "LOOK_SECONDS", 0.8)


def aim(stage: Stage, *ports: int, tls: Tls | None = None) -> None:
    services = tuple(
        ServiceEndpoint(f"s{i}", f"http://127.0.0.1:{port}") for i, port in enumerate(ports)
    )
    stage.config = replace(config(), target=Target(services, tls=tls or Tls()))


class Spy:
    """Counts how often its observer was asked to look."""

    def __init__(self) -> None:
        self.looked = 0

    async def __call__(self, ctx: RunContext, settings: Settings) -> object:
        self.looked += 1
        return Seen(2.0)


def reasons(run: Run) -> dict[str, str]:
    return {c.id: c.reason_code for c in run.checks()}


def targeting(spy: Spy, **watcher: Any) -> Watcher:
    return Watcher(spy, needs=TARGET, **watcher)


def test_nothing_there_stops_what_needs_the_target_and_nothing_else(stage: Stage) -> None:
    spy = Spy()
    aim(stage, refused_port(), refused_port())
    run = stage.run(
        fake_gate("alpha", targeting(spy)),
        fake_gate("beta", targeting(spy, lane=Lane.LOUD)),
        fake_gate("gamma", Watcher(lane=Lane.FILES)),
    )
    assert spy.looked == 0
    assert reasons(run) == {
        "alpha.main": "core.unreachable",
        "beta.main": "core.unreachable",
        "gamma.main": "proven",
    }
    assert [s.reachable for s in run.services] == [False, False]
    assert "refused" in next(c.reason for c in run.checks() if c.id == "alpha.main")
    assert {g.execution for g in run.gates if g.checks} == {Execution.COMPLETED}
    assert run.decision is Decision.INCONCLUSIVE


def test_one_service_of_two_is_enough_to_go_on(stage: Stage) -> None:
    spy = Spy()
    with listening(answering()) as port:
        aim(stage, refused_port(), port)
        run = stage.run(fake_gate("alpha", targeting(spy)))
    assert spy.looked == 1
    assert [s.reachable for s in run.services] == [False, True]
    assert run.decision is Decision.GO


def test_a_service_that_never_answers_is_left_to_the_gates(stage: Stage) -> None:
    spy = Spy()
    with listening(silent) as port:
        aim(stage, port)
        run = stage.run(fake_gate("alpha", targeting(spy)))
    assert spy.looked == 1
    assert "total-timeout" in run.services[0].detail


def test_the_look_is_counted_and_left_out_when_nobody_needs_it(stage: Stage) -> None:
    with listening(answering()) as port:
        aim(stage, port)
        assert stage.run(fake_gate("alpha", targeting(Spy()))).requests == 1
    other = Stage(stage.folder / "other", stage.config)
    other.folder.mkdir()
    run = other.run(fake_gate("alpha"))
    assert other.journal is not None
    other.journal.close()
    assert (run.requests, run.services) == (0, ())


def test_a_cap_too_small_for_the_look_sends_nothing(stage: Stage) -> None:
    spy = Spy()
    stage.max_requests = 1
    aim(stage, refused_port(), refused_port())
    run = stage.run(fake_gate("alpha", targeting(spy)), fake_gate("beta"))
    assert (spy.looked, run.requests) == (0, 0)
    assert reasons(run) == {"alpha.main": "core.budget", "beta.main": "proven"}


async def never(*_: object) -> object:
    await asyncio.Event().wait()
    return ()


async def unable(*_: object) -> object:
    raise RuntimeError("resolver")


@pytest.mark.parametrize(("broken", "why"), [(never, "TimedOut"), (unable, "resolver")])
def test_a_look_that_fails_ends_the_look_and_not_the_run(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, broken: object, why: str
) -> None:
    spy = Spy()
    monkeypatch.setattr(runner, "look", broken)
    monkeypatch.setattr(runner, "LOOK_SECONDS", 0.1)
    aim(stage, 1)
    run = stage.run(fake_gate("alpha", targeting(spy)), fake_gate("beta"))
    assert spy.looked == 0
    assert reasons(run) == {"alpha.main": "core.unreachable", "beta.main": "proven"}
    assert why in run.services[0].detail


def test_authorities_that_cannot_be_read_are_no_crash(stage: Stage) -> None:
    aim(stage, 1, tls=Tls(ca="no-such-ca.pem"))
    run = stage.run(fake_gate("alpha", targeting(Spy())))
    assert reasons(run) == {"alpha.main": "core.unreachable"}
    assert "no-such-ca.pem" in run.services[0].detail


@pytest.mark.parametrize("need", list(Need))
@pytest.mark.parametrize("lane", list(Lane))
def test_what_is_not_configured_is_said_and_not_looked_at(
    stage: Stage, need: Need, lane: Lane
) -> None:
    spy = Spy()
    run = stage.run(fake_gate("alpha", Watcher(spy, lane=lane, needs=frozenset({need}))))
    assert spy.looked == 0
    assert reasons(run) == {"alpha.main": f"core.needs-{need}"}
    assert run.decision is Decision.INCONCLUSIVE


def test_a_judge_can_tell_that_nothing_of_the_kind_is_configured(stage: Stage) -> None:
    kinds = []

    def judge(observation: Observation, settings: object) -> CheckResult:
        found = observation.find(Seen)
        assert isinstance(found, Unavailable)
        kinds.append(found.kind)
        return CheckSpec("alpha.main").not_applicable(found.reason)

    watcher = Watcher(lane=Lane.FILES, needs=frozenset({Need.FILES}))
    run = stage.run(fake_gate("alpha", watcher, judge=judge))
    assert (kinds, reasons(run)) == (["absent"], {"alpha.main": "core.needs-files"})


class TestSecrets:
    """A target that echoes a credential: nobody behind the observer ever sees it."""

    TOKEN = "s3cr3t-token"

    def redact(self, text: str) -> str:
        return text.replace(self.TOKEN, "***")

    def test_are_removed_before_judge_journal_and_record(self, stage: Stage) -> None:
        stage.redact = self.redact
        judged: list[object] = []

        async def behave(*_: object) -> object:
            return Seen(2.0, text=f"you sent {self.TOKEN}", more={self.TOKEN: [self.TOKEN]})

        gate = fake_gate("alpha", Watcher(behave))
        inner = gate.checks[0].judge

        def judge(observation: Any, settings: Settings) -> Any:
            judged.append(observation.require(Seen))
            return inner(observation, settings)

        run = stage.run(replace(gate, checks=(replace(gate.checks[0], judge=judge),)))
        assert judged == [Seen(2.0, text="you sent ***", more={"***": ["***"]})]
        assert run.decision is Decision.GO
        assert self.TOKEN not in str(run)
        assert self.TOKEN not in stage.journal_path.read_text("utf-8")

    def test_are_removed_from_crashes(self, stage: Stage) -> None:
        stage.redact = self.redact

        async def behave(*_: object) -> object:
            raise ValueError(self.TOKEN)

        async def gone(*_: object) -> object:
            from golive.api import Reason, Unavailable

            return Unavailable(Reason("found", {"what": self.TOKEN}))

        watchers = (Watcher(behave), Watcher(gone, Further))
        run = stage.run(fake_gate("alpha", *watchers))
        assert self.TOKEN not in str(run)
        assert self.TOKEN not in stage.journal_path.read_text("utf-8")

    def test_are_removed_from_what_the_first_look_saw(self, stage: Stage) -> None:
        stage.redact = self.redact
        with listening(answering(headers=f"Server: {self.TOKEN}\r\n")) as port:
            aim(stage, port)
            run = stage.run(fake_gate("alpha", targeting(Spy())))
        assert run.services[0].server == "***"
