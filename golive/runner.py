"""Carry a run out: lanes, time limits, journal, judges, record.

Work in the files lane runs side by side; the quiet lane has the wire to itself, one observer
at a time; the loud lane comes last. Nothing that a plugin does ends the run.
"""

from __future__ import annotations

import platform
import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from golive import __version__
from golive.codec import decode, encode
from golive.config.effective import effective
from golive.config.model import Config, Target
from golive.context import BudgetExhausted, RequestBudget, Scope
from golive.errors import describe
from golive.gate import Lane
from golive.gates_of_run import gate_record, idle_record
from golive.judging import judge_gate
from golive.model import Reason
from golive.observation import Unavailable
from golive.observing import GateState, Observing
from golive.planning import first_look
from golive.preflight import absent, look
from golive.record import CheckRecord, Decision, Execution, GateRecord, Run, ServiceFact, Tool
from golive.run_setup import Headers, Setup
from golive.verdict import decide

__all__ = ["Headers", "Runner", "Setup"]

LOOK_SECONDS = 15.0
"""For one look at every service, all at the same time."""


class Runner:
    """One run. ``interrupt`` may be called from any thread; the record is still made."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._budget = RequestBudget(setup.max_requests)
        self._observing = Observing(setup)
        self._states = {
            gate_id: GateState(gate, self._budget.child(), setup.evidence_for(gate_id))
            for gate_id, gate in setup.choice.run.items()
        }

    def interrupt(self) -> None:
        """Stop observing; what was seen is still judged and recorded."""
        self._observing.interrupt()

    def run(self) -> Run:
        """Observe, judge, decide. Raises nothing for the fault of a target or a plugin."""
        setup, observing = self._setup, self._observing
        started = setup.clock.now()
        observing.note(
            "run-started",
            run_id=setup.run_id,
            started=encode(started),
            config_sha256=setup.config_sha256,
            gates=list(self._states),
        )
        services, gap = self._look()
        for lane in Lane:
            self._run_lane(lane, gap)
        gates = self._gate_records()
        run = Run(
            run_id=setup.run_id,
            started=started,
            finished=setup.clock.now(),
            tool=Tool("golive", __version__, platform.python_version(), platform.platform()),
            decision=Decision.INCONCLUSIVE,
            gates=gates,
            config=decode(Config, effective(setup.config)),
            config_path=setup.config_path,
            config_sha256=setup.config_sha256,
            selected=setup.choice.selected,
            services=services,
            requests=self._budget.sent,
            warnings=(*setup.warnings, *observing.warnings),
            interrupted=observing.interrupted,
            resumed=observing.resumed,
        )
        run = replace(run, decision=decide(run).decision)
        observing.note(
            "run-finished", decision=run.decision.value, interrupted=observing.interrupted
        )
        return run

    def _look(self) -> tuple[tuple[ServiceFact, ...], Unavailable | None]:
        """One look at the target, if any observer needs it, and why there is nothing to see."""
        target = self._setup.config.target
        requests = first_look(self._setup.choice.run, Scope(self._setup.config, self._setup.base))
        if target is None or not requests or self._observing.interrupted:
            return (), None
        try:
            self._budget.spend(requests)
        except BudgetExhausted as error:
            params = {"observer": "the first look", "detail": describe(error)}
            return (), Unavailable(Reason("core.budget", params))
        services = tuple(
            replace(s, detail=self._setup.redact(s.detail), server=self._setup.redact(s.server))
            for s in self._facts(target)
        )
        return services, _absence(services)

    def _facts(self, target: Target) -> tuple[ServiceFact, ...]:
        setup = self._setup
        try:
            return self._observing.carry_out(
                lambda: look(target, setup.base, setup.run_id), "the first look", LOOK_SECONDS
            )
        except Exception as error:  # noqa: BLE001 - no look at all is no target at all
            return absent(target, describe(error))

    def _run_lane(self, lane: Lane, gap: Unavailable | None) -> None:
        work = [
            (state, observer, gap)
            for state in self._states.values()
            for observer in state.gate.observers
            if observer.lane is lane
        ]
        if lane is not Lane.FILES:
            for item in work:
                self._observing.observe(*item)
            return
        threads = [
            threading.Thread(target=self._observing.observe, args=item, daemon=True)
            for item in work
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _gate_records(self) -> tuple[GateRecord, ...]:
        records = []
        for gate_id in self._setup.choice.order:
            state = self._states.get(gate_id)
            if state is None:
                records.append(idle_record(self._setup.choice, gate_id))
                continue
            try:
                settings = self._setup.settings[gate_id]
                waivers = self._setup.config.waivers
                checks = judge_gate(state.gate, state.observation, settings, waivers)
                records.append(self._record(state, checks, encode(settings)))
            except Exception as error:  # noqa: BLE001 - plugin code
                detail = self._setup.redact(describe(error))
                state.execution = Execution.CRASHED
                state.note = Reason("crashed", {"detail": detail})
                records.append(self._record(state, (), {}))
        return tuple(records)

    def _record(
        self, state: GateState, checks: tuple[CheckRecord, ...], settings: dict[str, Any]
    ) -> GateRecord:
        return replace(
            gate_record(self._setup.choice, state.gate, checks, state.execution),
            started=state.started,
            seconds=round(state.spent, 3),
            requests=state.budget.sent,
            sent=state.sent.requests,
            observation=dict(state.data),
            settings=settings,
            **_notes(state.note),
        )


def _absence(services: Sequence[ServiceFact]) -> Unavailable | None:
    """Only a target of which nothing answers is no target; a part of it down is evidence."""
    if not services or any(s.reachable for s in services):
        return None
    first = services[0]
    params = {"service": first.name, "url": first.url, "detail": first.detail}
    return Unavailable(Reason("core.unreachable", params))


def _notes(note: Reason | None) -> dict[str, Any]:
    from golive.texts import LANGUAGES, core_catalogue

    if note is None:
        return {}
    words = {
        lang: core_catalogue(lang).core_text("execution", note.code, **note.params)
        for lang in LANGUAGES
    }
    return {"note": words.pop("en"), "localized_note": words}
