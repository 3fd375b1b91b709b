"""Files side by side; the quiet lane alone on the wire, one at a time; the loud lane last."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest
from core_records import config
from fake_gates import Further, Seen, Settings, Stage, Watcher, fake_gate

from golive.api import Lane, RunContext
from golive.record import Decision, Execution

LONG = 30.0


class Diary:
    """Who began and ended when, in order."""

    def __init__(self) -> None:
        self.events: list[tuple[str, str]] = []
        self._lock = threading.Lock()

    def write(self, event: str, who: str) -> None:
        with self._lock:
            self.events.append((event, who))

    def behaviour(self, who: str, part: object) -> Callable[..., Any]:
        async def behave(*_: object) -> object:
            self.write("begin", who)
            for _ in range(5):
                await asyncio.sleep(0)
            self.write("end", who)
            return part

        return behave


def test_quiet_and_loud_work_never_overlaps(stage: Stage) -> None:
    diary = Diary()
    gates = []
    for gate_id in ("alpha", "beta", "gamma"):
        watchers = (
            Watcher(diary.behaviour(f"loud {gate_id}", Further(1.0)), Further, Lane.LOUD),
            Watcher(diary.behaviour(f"quiet {gate_id}", Seen(2.0)), Seen, Lane.QUIET),
        )
        gates.append(fake_gate(gate_id, *watchers))
    run = stage.run(*gates)
    assert run.decision is Decision.GO
    expected = [
        f"{lane} {gate}" for lane in ("quiet", "loud") for gate in ("alpha", "beta", "gamma")
    ]
    assert diary.events == [(e, who) for who in expected for e in ("begin", "end")]


def test_files_are_read_side_by_side_and_before_anything_is_sent(stage: Stage) -> None:
    diary = Diary()
    together = threading.Barrier(3)

    async def read(ctx: RunContext, _: Settings) -> object:
        diary.write("begin", ctx.gate)
        # Only when all three are under way at once does any of them get on.
        await asyncio.to_thread(together.wait, LONG)
        diary.write("end", ctx.gate)
        return Seen(2.0)

    gates = [
        fake_gate(
            gate_id,
            Watcher(diary.behaviour("quiet", Further(1.0)), Further),
            Watcher(read, Seen, Lane.FILES),
        )
        for gate_id in ("alpha", "beta", "gamma")
    ]
    run = stage.run(*gates)
    assert run.decision is Decision.GO
    assert [e for e, _ in diary.events[:6]] == ["begin"] * 3 + ["end"] * 3
    assert [who for _, who in diary.events[6:]] == ["quiet"] * 6


def test_a_later_observer_sees_what_an_earlier_one_of_its_gate_saw(stage: Stage) -> None:
    seen: list[object] = []

    async def further(ctx: RunContext, _: Settings) -> object:
        seen.append(ctx.observed.find(Seen))
        return Further(1.0)

    stage.run(fake_gate("alpha", Watcher(), Watcher(further, Further)), fake_gate("beta"))
    assert seen == [Seen(2.0)]


def test_a_gate_knows_its_own_name_deadline_and_evidence(stage: Stage) -> None:
    left: list[float] = []

    async def behave(ctx: RunContext, _: Settings) -> object:
        left.append(ctx.seconds_left() or 0.0)
        ref = ctx.evidence.add("answer.txt", ctx.gate, "text/plain")
        return Seen(2.0, text=ref.path)

    run = stage.run(fake_gate("alpha", Watcher(behave)), fake_gate("beta", Watcher(behave)))
    paths = [g.observation["Seen"]["text"] for g in run.gates if g.observation]
    assert [(stage.folder / p).read_text() for p in paths] == ["alpha", "beta"]
    assert all(0 < x <= stage.timeout for x in left)


def test_two_observers_of_one_gate_never_overwrite_each_others_evidence(stage: Stage) -> None:
    def keeping(content: str, part: Callable[[float, str], object]) -> Callable[..., Any]:
        async def behave(ctx: RunContext, _: Settings) -> object:
            ref = ctx.evidence.add("answer.txt", content, "text/plain")
            return Seen(2.0, text=ref.path) if part is Seen else Further(float(len(ref.path)))

        return behave

    for lane in (Lane.FILES, Lane.QUIET):
        stage.folder = stage.folder / lane
        stage.folder.mkdir()
        stage.journal = None
        watchers = (
            Watcher(keeping("one", Seen), Seen, lane),
            Watcher(keeping("two", Further), Further, lane),  # type: ignore[arg-type]
        )
        stage.run(fake_gate("alpha", *watchers))
        assert stage.journal is not None
        stage.journal.close()
        kept = sorted(p.read_text() for p in (stage.folder / "evidence").rglob("*.txt"))
        assert kept == ["one", "two"]


class TestRequests:
    @staticmethod
    async def five(ctx: RunContext, _: Settings) -> object:
        for _ in range(5):
            ctx.budget.spend()
        return Seen(2.0)

    def test_are_counted_by_gate_and_in_all(self, stage: Stage) -> None:
        run = stage.run(fake_gate("alpha", Watcher(self.five)), fake_gate("beta"))
        assert run.requests == 5
        assert {g.id: g.requests for g in run.gates if g.checks} == {"alpha": 5, "beta": 0}

    def test_are_capped_over_the_whole_run(self, stage: Stage) -> None:
        stage.max_requests = 8
        gates = [fake_gate(g, Watcher(self.five)) for g in ("alpha", "beta")]
        run = stage.run(*gates)
        alpha, beta = (g for g in run.gates if g.checks)
        assert alpha.checks[0].reason_code == "proven"
        assert beta.checks[0].reason_code == "core.budget"
        assert beta.execution is Execution.COMPLETED
        assert run.requests == 8
        assert run.decision is Decision.INCONCLUSIVE

    def test_of_a_task_group_are_capped_alike(self, stage: Stage) -> None:
        stage.max_requests = 2

        async def behave(ctx: RunContext, settings: Settings) -> object:
            async with asyncio.TaskGroup() as group:
                for _ in range(3):
                    group.create_task(self.five(ctx, settings))  # type: ignore[arg-type]
            return Seen(2.0)

        run = stage.run(fake_gate("alpha", Watcher(behave)))
        (alpha,) = (g for g in run.gates if g.checks)
        assert (alpha.checks[0].reason_code, alpha.execution) == (
            "core.budget",
            Execution.COMPLETED,
        )


@pytest.mark.parametrize("profile", [("beta",), ("beta", "gone")])
def test_only_the_profile_is_run(stage: Stage, profile: tuple[str, ...]) -> None:
    stage.profile = profile
    stage.config = config(profile=profile)
    run = stage.run(fake_gate("alpha"), fake_gate("beta"))
    assert {g.id for g in run.gates if g.checks} == {"beta"}
    assert run.decision is (Decision.INCONCLUSIVE if "gone" in profile else Decision.GO)
