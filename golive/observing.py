"""Call observers and keep what they return: redacted, encoded, journalled.

Whatever an observer does (crash, hang, return nonsense) becomes an ``Unavailable`` part of its
own gate. Safe to use from several threads.
"""

from __future__ import annotations

import json
import threading
import traceback
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from golive.codec import decode, encode
from golive.context import BudgetExhausted, EvidenceStore, RequestBudget, RunContext, Scope
from golive.errors import describe
from golive.gate import Gate, Lane, Need, Observer
from golive.isolation import Call, Cancelled, TimedOut
from golive.model import Reason, Scalar
from golive.observation import Observation, Unavailable
from golive.planning import unmet
from golive.record import Execution
from golive.run_setup import Setup
from golive.sent import SentLog

T = TypeVar("T")

MAX_DEPTH = 100
"""Levels of nesting that a part may have."""

MAX_TRACE = 20_000
"""Characters kept of a plugin's traceback, in the journal only."""


@dataclass(slots=True)
class GateState:
    """One gate under way. ``data``: its parts as they go into the record."""

    gate: Gate[Any]
    budget: RequestBudget
    evidence: EvidenceStore
    sent: SentLog = field(default_factory=SentLog)
    observation: Observation = field(default_factory=Observation)
    data: dict[str, Any] = field(default_factory=dict)
    execution: Execution = Execution.COMPLETED
    note: Reason | None = None
    out_of_time: bool = False
    spent: float = 0.0
    started: datetime | None = None


class Observing:
    """The observers of one run. ``interrupt`` may be called from any thread."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._calls: set[Call[Any]] = set()
        self._lock = threading.Lock()
        self._warnings: dict[str, None] = {}
        self._resumed: list[str] = []
        self.interrupted = False

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader of the record should know beside its results."""
        return tuple(self._warnings)

    @property
    def resumed(self) -> tuple[str, ...]:
        """Parts that were taken from the journal of an earlier run, as ``<gate>.<part>``."""
        return tuple(sorted(self._resumed))

    def interrupt(self) -> None:
        """Stop whatever is being observed; nothing further begins."""
        with self._lock:
            self.interrupted = True
            calls = tuple(self._calls)
        for call in calls:
            call.cancel()

    def carry_out(self, work: Callable[[], Awaitable[T]], name: str, seconds: float) -> T:
        """Run *work* isolated and interruptible; raises as ``Call.wait`` does."""
        call = Call(work, name)
        with self._lock:
            self._calls.add(call)
            stop = self.interrupted
        if stop:
            call.cancel()
        try:
            return call.wait(seconds)
        finally:
            with self._lock:
                self._calls.discard(call)

    def note(self, kind: str, **data: Any) -> None:  # noqa: ANN401 - JSON-able by contract
        """Write to the journal. A journal that cannot be written is a warning, not the end."""
        try:
            self._setup.journal.append(kind, **data)
        except (OSError, ValueError) as error:
            self._warn(
                f"the journal is incomplete, --resume will miss something: {describe(error)}"
            )

    def observe(
        self, state: GateState, observer: Observer[Any, object], absent: Unavailable | None
    ) -> None:
        """Have *observer* look, and keep its part or why there is none. Never raises."""
        name = observer.part.__name__
        try:
            found = self._part(state, observer, absent)
            part, data = self._recordable(observer, found)
        except Exception as error:  # noqa: BLE001 - plugin code
            part = self._crashed(state, name, error)
            data = encode(part)
        with self._lock:
            state.observation = state.observation.with_part(name, part)
            state.data[name] = data
        if not isinstance(part, Unavailable):
            self.note("part", gate=state.gate.id, part=name, data=data)

    def _part(
        self, state: GateState, observer: Observer[Any, object], absent: Unavailable | None
    ) -> object:
        name = observer.part.__name__
        known = self._setup.recovered.get(state.gate.id, {}).get(name)
        if known is not None:
            try:
                part = decode(observer.part, known)
            except Exception as error:  # noqa: BLE001 - made by another version of the plugin
                self._warn(f"{state.gate.id}.{name} was observed again: {describe(error)}")
            else:
                with self._lock:
                    self._resumed.append(f"{state.gate.id}.{name}")
                return part
        gap = self._gap(state, observer, absent)
        return self._look(state, observer) if gap is None else gap

    def _gap(
        self, state: GateState, observer: Observer[Any, object], absent: Unavailable | None
    ) -> Unavailable | None:
        if self.interrupted:
            return self._interrupted(state, observer)
        need = unmet(observer.needs, Scope(self._setup.config, self._setup.base))
        if need is not None:
            return Unavailable(Reason(f"core.needs-{need}"), kind="absent")
        if Need.TARGET in observer.needs and absent is not None:
            return absent
        if state.out_of_time or state.spent >= self._setup.timeout:
            return self._timed_out(state, observer)
        return None

    def _look(self, state: GateState, observer: Observer[Any, object]) -> object:
        setup = self._setup
        name = observer.part.__name__
        begin = setup.clock.monotonic()
        left = setup.timeout - state.spent
        budget = state.budget.child()
        with self._lock:
            state.started = state.started or setup.clock.now()
        ctx = self._context(state, budget, begin + left)
        try:
            return self.carry_out(
                lambda: observer.observe(ctx, setup.settings[state.gate.id]), name, left
            )
        except TimedOut as error:
            self._warn_hung(state, name, hung=error.hung)
            return self._timed_out(state, observer)
        except Cancelled as error:
            self._warn_hung(state, name, hung=error.hung)
            return self._interrupted(state, observer)
        except (BudgetExhausted, BaseExceptionGroup) as error:
            if not _exhausted(error):
                raise
            detail = f"{state.budget.sent} sent"
            return Unavailable(Reason("core.budget", {"observer": name, "detail": detail}))
        finally:
            # Whatever it left running sends nothing further.
            budget.revoke()
            took = setup.clock.monotonic() - begin
            with self._lock:
                parallel = observer.lane is Lane.FILES
                state.spent = max(state.spent, took) if parallel else state.spent + took

    def _context(self, state: GateState, budget: RequestBudget, deadline: float) -> RunContext:
        setup = self._setup
        return RunContext(
            run_id=setup.run_id,
            gate=state.gate.id,
            scope=Scope(setup.config, setup.base),
            clock=setup.clock,
            evidence=state.evidence,
            budget=budget,
            progress=setup.progress,
            headers=setup.headers,
            auth_headers=setup.auth_headers,
            prometheus_auth_headers=setup.prometheus_auth_headers,
            clients=setup.clients,
            secrets=setup.secrets,
            sent=state.sent,
            observed=state.observation,
            deadline=deadline,
            redact=setup.redact,
            sources=setup.sources,
        )

    def _recordable(
        self, observer: Observer[Any, object], part: object
    ) -> tuple[object, Mapping[str, Any]]:
        """The part as judges see it, and as it is recorded: the same, without secrets."""
        if not isinstance(part, (observer.part, Unavailable)):
            msg = f"returned {type(part).__name__} instead of {observer.part.__name__}"
            raise TypeError(msg)
        data = encode(part)
        _demand_shallow(data)
        safe = data if self._setup.redact is str else _redacted(data, self._setup.redact)
        json.dumps(safe, allow_nan=False)
        return (part if safe == data else decode(type(part), safe)), safe

    def _crashed(self, state: GateState, name: str, error: Exception) -> Unavailable:
        redact = self._setup.redact
        detail = redact(describe(error))
        trace = redact("".join(traceback.format_exception(error)))[-MAX_TRACE:]
        self.note("crash", gate=state.gate.id, part=name, trace=trace)
        self._end(state, Execution.CRASHED, Reason("crashed", {"detail": f"{name}: {detail}"}))
        return _error("crashed", observer=name, detail=detail)

    def _timed_out(self, state: GateState, observer: Observer[Any, object]) -> Unavailable:
        seconds = self._setup.timeout
        state.out_of_time = True
        self._end(state, Execution.TIMED_OUT, Reason("timed-out", {"seconds": seconds}))
        return _error("timed-out", seconds=seconds, observer=observer.part.__name__)

    def _interrupted(self, state: GateState, observer: Observer[Any, object]) -> Unavailable:
        self._end(state, Execution.INTERRUPTED, Reason("interrupted"))
        return _error("interrupted", observer=observer.part.__name__)

    def _end(self, state: GateState, execution: Execution, note: Reason) -> None:
        with self._lock:
            if state.execution is Execution.COMPLETED:
                state.execution, state.note = execution, note

    def _warn_hung(self, state: GateState, name: str, *, hung: bool) -> None:
        if hung:
            where = f"{state.gate.id}.{name}"
            self._warn(f"{where} did not stop when asked; it may disturb what was measured later")

    def _warn(self, text: str) -> None:
        with self._lock:
            self._warnings[text] = None


def _exhausted(error: BaseException) -> bool:
    """Whether the budget, and nothing else, ended an observer; groups come from task groups."""
    if isinstance(error, BaseExceptionGroup):
        return all(_exhausted(member) for member in error.exceptions)
    return isinstance(error, BudgetExhausted)


def _demand_shallow(data: object) -> None:
    """Raises ``ValueError`` for data whose nesting the whole record could not carry."""
    level = [data]
    for _ in range(MAX_DEPTH):
        level = [
            item
            for held in level
            if isinstance(held, dict | list)
            for item in (held.values() if isinstance(held, dict) else held)
        ]
        if not level:
            return
    msg = f"nested deeper than {MAX_DEPTH} levels"
    raise ValueError(msg)


def _redacted(data: Any, redact: Callable[[str], str]) -> Any:  # noqa: ANN401 - JSON
    if isinstance(data, str):
        return redact(data)
    if isinstance(data, dict):
        return {redact(key): _redacted(value, redact) for key, value in data.items()}
    if isinstance(data, list):
        return [_redacted(item, redact) for item in data]
    return data


def _error(code: str, **params: Scalar) -> Unavailable:
    return Unavailable(Reason(f"core.{code}", params), kind="error")
