"""Carry a run out: lanes, time limits, journal, judges, record.

Work in the files lane runs side by side; the quiet lane has the wire to itself, one observer
at a time; the loud lane comes last. Nothing that a plugin does ends the run.
"""

from __future__ import annotations

import contextlib
import platform
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from golive import __version__
from golive.codec import CodecError, decode, encode
from golive.config.model import Config
from golive.context import (
    BudgetExhausted,
    Clock,
    EvidenceStore,
    Progress,
    RequestBudget,
    RunContext,
    Scope,
)
from golive.gate import Gate, Lane, Need, Observer
from golive.gates_of_run import Choice, gate_record, idle_record
from golive.isolation import Call, Cancelled, TimedOut
from golive.journal import Journal
from golive.judging import judge_gate
from golive.model import Reason, Scalar
from golive.observation import Observation, Unavailable
from golive.planning import unmet
from golive.preflight import look
from golive.record import Decision, Execution, GateRecord, Run, ServiceFact, Tool
from golive.verdict import decide

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Setup:
    """Everything a run is made of, resolved and checked."""

    run_id: str
    config: Config
    base: Path
    settings: Mapping[str, object]
    choice: Choice
    clock: Clock
    progress: Progress
    evidence_for: Callable[[str], EvidenceStore]
    journal: Journal
    timeout: float
    max_requests: int
    headers: Headers = ()
    auth_headers: Headers = ()
    prometheus_auth_headers: Headers = ()
    config_path: str = ""
    config_sha256: str = ""
    warnings: tuple[str, ...] = ()
    redact: Callable[[str], str] = str
    recovered: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(slots=True)
class _GateState:
    gate: Gate[Any]
    budget: RequestBudget
    observation: Observation = field(default_factory=Observation)
    execution: Execution = Execution.COMPLETED
    note: Reason | None = None
    spent: float = 0.0
    started: datetime | None = None


class Runner:
    """One run. ``interrupt`` may be called from a signal handler; the record is still made."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._budget = RequestBudget(setup.max_requests)
        self._calls: set[Call[Any]] = set()
        self._lock = threading.RLock()
        self._interrupted = False
        self._states = {
            gate_id: _GateState(gate, self._budget.child())
            for gate_id, gate in setup.choice.run.items()
        }

    def interrupt(self) -> None:
        """Stop observing; what was seen is still judged and recorded."""
        self._interrupted = True
        with self._lock:
            for call in self._calls:
                call.cancel()

    def run(self) -> Run:
        """Observe, judge, decide. Raises nothing for the fault of a target or a plugin."""
        setup = self._setup
        started = setup.clock.now()
        setup.journal.append(
            "run-started",
            run_id=setup.run_id,
            started=encode(started),
            config_sha256=setup.config_sha256,
            gates=list(self._states),
        )
        services = self._look()
        absent = self._absence(services)
        for lane in Lane:
            self._run_lane(lane, absent)
        gates = self._gate_records()
        run = Run(
            run_id=setup.run_id,
            started=started,
            finished=setup.clock.now(),
            tool=Tool("golive", __version__, platform.python_version(), platform.platform()),
            decision=Decision.INCONCLUSIVE,
            gates=gates,
            config=setup.config,
            config_path=setup.config_path,
            config_sha256=setup.config_sha256,
            selected=setup.choice.selected,
            services=services,
            requests=self._budget.sent,
            warnings=setup.warnings,
            interrupted=self._interrupted,
        )
        run = replace(run, decision=decide(run).decision)
        setup.journal.append("run-finished", decision=run.decision.value)
        return run

    def _look(self) -> tuple[ServiceFact, ...]:
        target = self._setup.config.target
        wanted = any(
            Need.TARGET in o.needs for s in self._states.values() for o in s.gate.observers
        )
        if target is None or not wanted or self._interrupted:
            return ()
        self._budget.spend(len(target.services))
        return Call(
            lambda: look(target, self._setup.base, self._setup.run_id), "look at the target"
        ).wait(30.0)

    @staticmethod
    def _absence(services: Sequence[ServiceFact]) -> Unavailable | None:
        """Only a target of which nothing answers is no target; a part of it down is evidence."""
        if not services or any(s.reachable for s in services):
            return None
        first = services[0]
        params = {"service": first.name, "url": first.url, "detail": first.detail}
        return Unavailable(Reason("core.unreachable", params))

    def _run_lane(self, lane: Lane, absent: Unavailable | None) -> None:
        work = [
            (state, observer)
            for state in self._states.values()
            for observer in state.gate.observers
            if observer.lane is lane
        ]
        if lane is not Lane.FILES:
            for state, observer in work:
                self._keep(state, observer, self._observe(state, observer, absent))
            return
        threads = [
            threading.Thread(
                target=lambda s=s, o=o: self._keep(s, o, self._observe(s, o, absent)), daemon=True
            )
            for s, o in work
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _observe(
        self, state: _GateState, observer: Observer[Any, object], absent: Unavailable | None
    ) -> object:
        setup = self._setup
        name = observer.part.__name__
        known = setup.recovered.get(state.gate.id, {}).get(name)
        if known is not None:
            with contextlib.suppress(CodecError):  # Of another version: look again.
                return decode(observer.part, known)
        gap = self._gap(state, observer, absent)
        if gap is not None:
            return gap
        begin = setup.clock.monotonic()
        state.started = state.started or setup.clock.now()
        left = setup.timeout - state.spent
        ctx = self._context(state, begin + left)
        call = Call(lambda: observer.observe(ctx, setup.settings[state.gate.id]), name)
        with self._lock:
            self._calls.add(call)
            if self._interrupted:
                call.cancel()
        try:
            return call.wait(left)
        except TimedOut as error:
            ctx.budget.revoke()
            state.execution = Execution.TIMED_OUT
            state.note = Reason("timed-out", {"seconds": setup.timeout})
            return _error("timed-out", seconds=setup.timeout, observer=name, detail=str(error))
        except Cancelled:
            return _error("interrupted", observer=name)
        except BudgetExhausted as error:
            return Unavailable(Reason("core.budget", {"observer": name, "detail": str(error)}))
        except Exception as error:  # noqa: BLE001 - plugin code
            detail = setup.redact(f"{type(error).__name__}: {error}")
            return _error("crashed", observer=name, detail=detail)
        finally:
            with self._lock:
                self._calls.discard(call)
            if observer.lane is not Lane.FILES:
                state.spent += setup.clock.monotonic() - begin

    def _gap(
        self, state: _GateState, observer: Observer[Any, object], absent: Unavailable | None
    ) -> Unavailable | None:
        name = observer.part.__name__
        if self._interrupted:
            return _error("interrupted", observer=name)
        if state.execution is Execution.TIMED_OUT:
            return _error("timed-out", seconds=self._setup.timeout, observer=name)
        need = unmet(observer.needs, Scope(self._setup.config, self._setup.base))
        if need is not None:
            return Unavailable(Reason(f"core.needs-{need}"))
        return absent if Need.TARGET in observer.needs else None

    def _context(self, state: _GateState, deadline: float) -> RunContext:
        setup = self._setup
        return RunContext(
            run_id=setup.run_id,
            gate=state.gate.id,
            scope=Scope(setup.config, setup.base),
            clock=setup.clock,
            evidence=setup.evidence_for(state.gate.id),
            budget=state.budget.child(),
            progress=setup.progress,
            headers=setup.headers,
            auth_headers=setup.auth_headers,
            prometheus_auth_headers=setup.prometheus_auth_headers,
            observed=state.observation,
            deadline=deadline,
            redact=setup.redact,
        )

    def _keep(self, state: _GateState, observer: Observer[Any, object], part: object) -> None:
        name = observer.part.__name__
        try:
            if not isinstance(part, (observer.part, Unavailable)):
                msg = f"returned {type(part).__name__} instead of {name}"
                raise TypeError(msg)
            data = encode(part)
        except (TypeError, CodecError) as error:
            part = _error("crashed", observer=name, detail=str(error))
            data = encode(part)
        with self._lock:
            state.observation = state.observation.with_part(name, part)
            if not isinstance(part, Unavailable):
                self._setup.journal.append("part", gate=state.gate.id, part=name, data=data)

    def _gate_records(self) -> tuple[GateRecord, ...]:
        setup = self._setup
        records = []
        for gate_id in setup.choice.order:
            state = self._states.get(gate_id)
            if state is None:
                records.append(idle_record(setup.choice, gate_id))
                continue
            settings = setup.settings[gate_id]
            checks = judge_gate(state.gate, state.observation, settings, setup.config.waivers)
            if self._interrupted and state.execution is Execution.COMPLETED:
                state.execution = Execution.INTERRUPTED
                state.note = Reason("interrupted")
            records.append(
                replace(
                    gate_record(setup.choice, state.gate, checks),
                    execution=state.execution,
                    started=state.started,
                    seconds=round(state.spent, 3),
                    requests=state.budget.sent,
                    observation={k: encode(v) for k, v in state.observation.parts.items()},
                    settings=encode(settings),
                    **_notes(state.note),
                )
            )
        return tuple(records)


def _error(code: str, **params: Scalar) -> Unavailable:
    return Unavailable(Reason(f"core.{code}", params), kind="error")


def _notes(note: Reason | None) -> dict[str, Any]:
    from golive.texts import LANGUAGES, core_catalogue

    if note is None:
        return {}
    words = {
        lang: core_catalogue(lang).core_text("execution", note.code, **note.params)
        for lang in LANGUAGES
    }
    return {"note": words.pop("en"), "localized_note": words}
