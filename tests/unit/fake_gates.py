"""Small gates for tests of the core, made through the public door, and a run of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from core_records import config as plain_config

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    Comparator,
    Config,
    Fact,
    Gate,
    Lane,
    Measurement,
    Need,
    Observation,
    PlannedWork,
    Reason,
    RunContext,
    Scope,
)
from golive.context import Silent, SystemClock
from golive.discovery import Gates
from golive.evidence import FileEvidence
from golive.gates_of_run import choose
from golive.journal import Journal
from golive.record import Run, from_data, to_data
from golive.record_schema import validate_record
from golive.run_setup import Setup
from golive.runner import Runner

WORDS = "fake_gate_words"


@dataclass(frozen=True, slots=True)
class Settings:
    limit: float = 1.0


@dataclass(frozen=True, slots=True)
class Seen:
    value: float
    text: str = ""
    more: Any = None


@dataclass(frozen=True, slots=True)
class Further:
    value: float


Behaviour = Callable[[RunContext, Settings], Awaitable[object]]


async def fine(ctx: RunContext, settings: Settings) -> object:
    return Seen(2.0)


@dataclass(frozen=True)
class Watcher:
    behave: Behaviour = fine
    part: type = Seen
    lane: Lane = Lane.QUIET
    needs: frozenset[Need] = frozenset()
    planned: Callable[[], object] = tuple

    def plan(self, scope: Scope, settings: Settings) -> tuple[PlannedWork, ...]:
        return self.planned()  # type: ignore[return-value]

    async def observe(self, ctx: RunContext, settings: Settings) -> object:
        return await self.behave(ctx, settings)


def measured(value: float, settings: Settings) -> Measurement:
    return Measurement("value", value, "", Comparator.GE, settings.limit)


Judge = Callable[[Observation, Settings], CheckResult]


def judging(spec: CheckSpec) -> Judge:
    """The ordinary judge: the seen value against the limit."""

    def judge(observation: Observation, settings: Settings) -> CheckResult:
        seen = observation.require(Seen)
        measurement = measured(seen.value, settings)
        facts = (Fact("value", seen.value), Fact("text", seen.text))
        if seen.value >= settings.limit:
            reason = Reason("proven", {"value": seen.value})
            return spec.passed(reason, measurement=measurement, facts=facts)
        reason = Reason("refuted", {"value": seen.value})
        return spec.failed(reason, measurement=measurement, facts=facts)

    return judge


def fake_gate(
    gate_id: str = "alpha",
    *watchers: Watcher,
    judge: Callable[[Observation, Settings], object] | None = None,
    package: str = WORDS,
    reads: tuple[type, ...] = (Seen,),
) -> Gate[Settings]:
    spec = CheckSpec(f"{gate_id}.main")
    check = Check(spec, reads, judge or judging(spec))  # type: ignore[arg-type]
    return Gate(gate_id, package, Settings, watchers or (Watcher(),), (check,))


@dataclass
class Stage:
    """Where fake gates run: a folder, and what the command line would give."""

    folder: Path
    config: Config = field(default_factory=plain_config)
    timeout: float = 30.0
    max_requests: int = 100
    redact: Callable[[str], str] = str
    recovered: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    profile: tuple[str, ...] | None = None
    settings: Mapping[str, object] = field(default_factory=dict)
    journal: Journal | None = None

    @property
    def journal_path(self) -> Path:
        return self.folder / "journal.jsonl"

    def runner(self, gates: Sequence[Gate[Any]], broken: Mapping[str, str] | None = None) -> Runner:
        loaded = Gates({g.id: g for g in gates}, broken or {})
        self.journal = self.journal or Journal(self.journal_path)
        return Runner(
            Setup(
                run_id="run-1",
                config=self.config,
                base=self.folder,
                settings={g.id: self.settings.get(g.id, Settings()) for g in gates},
                choice=choose(loaded, self.profile, None),
                clock=SystemClock(),
                progress=Silent(),
                evidence_for=lambda g: FileEvidence(
                    self.folder / "evidence" / g, self.folder, bytes
                ),
                journal=self.journal,
                timeout=self.timeout,
                max_requests=self.max_requests,
                config_sha256="c" * 64,
                redact=self.redact,
                recovered=self.recovered,
            )
        )

    def run(self, *gates: Gate[Any], broken: Mapping[str, str] | None = None) -> Run:
        """Run the gates. Whatever they do, the record fits its schema and reads back."""
        return recorded(self.runner(gates, broken).run())


def recorded(run: Run) -> Run:
    data = to_data(run)
    assert validate_record(data) == []
    again = from_data(data)
    assert replace(again, content_sha256="") == run
    return again
