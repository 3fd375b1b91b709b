"""The file-based checks of every gate, without a run: their *files* observers and their judges."""

from __future__ import annotations

import asyncio
import hashlib
import platform
from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from golive import __version__
from golive.codec import encode
from golive.config.model import Config, Service
from golive.context import RequestBudget, RunContext, Scope, Silent, SystemClock
from golive.errors import describe
from golive.gate import Check, Gate, Lane, Need, Observer
from golive.judging import judge
from golive.lint_outcome import exit_code, outcome
from golive.lint_record import (
    LintCheck,
    LintError,
    LintFile,
    LintFinding,
    LintGate,
    LintRecord,
    LintSuppression,
    LintTotals,
)
from golive.lint_suppressions import Suppressions
from golive.lint_wording import worded
from golive.model import CheckResult, EvidenceRef, Reason, Severity
from golive.observation import Observation, Unavailable
from golive.record import Tool
from golive.sanitize import clean
from golive.sources.forking import processes, run
from golive.sources.tree import FileKind, SourceProblem, SourceTree
from golive.texts import LANGUAGES, CatalogueError, catalogue

ENOUGH_OBJECTS = 500
"""From here on a second process that judges saves more time than it costs."""
MANY_CHECKS = 20
"""A gate with fewer is judged by one process: looking at the files costs about as much."""
TOGETHER = 7
"""Checks of a larger gate that one process judges in a row; neighbours ask for the same."""


class Hashed:
    """Evidence that is named and hashed, and not kept: the files themselves are there."""

    def add(self, name: str, content: bytes | str, media_type: str) -> EvidenceRef:
        """The reference of *content*."""
        data = content.encode() if isinstance(content, str) else content
        return EvidenceRef(name, name, hashlib.sha256(data).hexdigest(), len(data), media_type)


@dataclass(frozen=True, slots=True)
class LintRequest:
    """What was asked for, as far as the record says it.

    ``checks``: ids of the checks to judge, ``None`` for all. ``severity``: the threshold that
    decides. ``broken``: gates that could not be loaded, and why.
    """

    paths: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    severity: Severity = Severity.LOW
    strict: bool = False
    checks: tuple[str, ...] | None = None
    broken: Mapping[str, str] | None = None


def static_observers(gate: Gate[Any]) -> tuple[Observer[Any, object], ...]:
    """Observers that need nothing but files."""
    return tuple(o for o in gate.observers if o.lane is Lane.FILES and o.needs == {Need.FILES})


def static_checks(gate: Gate[Any]) -> tuple[Check[Any], ...]:
    """Checks that read nothing but what those observers deliver."""
    delivered = {o.part for o in static_observers(gate)}
    return tuple(c for c in gate.checks if c.reads and set(c.reads) <= delivered)


def look(
    gates: Mapping[str, Gate[Any]],
    tree: SourceTree,
    settings: Mapping[str, object],
    only: Iterable[str] | None = None,
    jobs: int | None = 1,
) -> tuple[CheckResult, ...]:
    """Results of every static check of *gates* over *tree*, in their order.

    *only*: ids of the checks to judge. With everything read, a part that an observer did not
    find in the files leaves its checks not applicable: there is nothing that they are about.
    *jobs*: processes at most, each of which judges whole gates or runs of the checks of a large
    one; ``None``: one for each core.
    """
    wanted = None if only is None else frozenset(only)
    tasks: list[Callable[[], list[CheckResult]]] = []
    weights: list[int] = []
    for gate_id, gate in gates.items():
        checks = [c for c in static_checks(gate) if wanted is None or c.spec.id in wanted]
        judged = _Judged(gate, tree, settings[gate_id], checks)
        size = len(checks) if len(checks) < MANY_CHECKS else TOGETHER
        for begin in range(0, len(checks), max(size, 1)):
            together = checks[begin : begin + size]
            tasks.append(partial(judged.results, together))
            weights.append(len(together))
    count = processes(jobs) if len(tree.objects) >= ENOUGH_OBJECTS else 1
    # The longest first, so that no process is left alone with it at the end.
    order = sorted(range(len(tasks)), key=lambda n: -weights[n])
    found = run([tasks[n] for n in order], [weights[n] for n in order], count)
    of_task = dict(zip(order, found, strict=True))
    return tuple(result for n in range(len(tasks)) for result in of_task[n])


class _Judged:
    """What the files hold for one gate, looked at once in each process that judges for it."""

    def __init__(
        self, gate: Gate[Any], tree: SourceTree, settings: object, checks: Sequence[Check[Any]]
    ) -> None:
        self._gate = gate
        self._tree = tree
        self._settings = settings
        self._parts = frozenset(part for check in checks for part in check.reads)
        self._seen: Observation | None = None

    def results(self, checks: Sequence[Check[Any]]) -> list[CheckResult]:
        if self._seen is None:
            self._seen = observe(self._gate, self._tree, self._settings, self._parts)
        results: list[CheckResult] = []
        for check in checks:
            absent = None if self._tree.problems else _absent(check, self._seen)
            results.append(
                judge(check, self._seen, self._settings, seconds=None)
                if absent is None
                else check.spec.not_applicable(absent)
            )
        return results


def observe(
    gate: Gate[Any], tree: SourceTree, settings: object, parts: Container[type] | None = None
) -> Observation:
    """What the static observers of *gate* see in *tree*; of *parts* only, where given."""
    context = _context(gate.id, tree)
    wanted = (o for o in static_observers(gate) if parts is None or o.part in parts)
    return Observation({o.part.__name__: _observed(o, context, settings) for o in wanted})


def lint(
    gates: Mapping[str, Gate[Any]],
    tree: SourceTree,
    settings: Mapping[str, object],
    request: LintRequest,
    today: date,
    jobs: int | None = 1,
) -> LintRecord:
    """Judge *tree* and record everything. *today*: the day on which suppressions are judged.

    *jobs*: as of :func:`look`.
    """
    known = [c.spec.id for gate in gates.values() for c in static_checks(gate)]
    ran = known if request.checks is None else [i for i in known if i in request.checks]
    suppressions = Suppressions(tree.suppressions, today, known, ran)
    results = look(gates, tree, settings, ran, jobs)
    found = [worded(gates[r.spec.gate], r, suppressions, request.severity) for r in results]
    checks = tuple(w.check for w in found)
    findings = tuple(sorted((f for w in found for f in w.findings), key=_place))
    written = suppressions.records()
    said = {(f.file, f.line) for f in findings}
    errors = tuple(_error(p, said) for p in tree.problems)
    broken = dict(request.broken or {})
    came_to = outcome(checks, errors, written, broken=bool(broken), threshold=request.severity)
    return LintRecord(
        tool=Tool("golive", __version__, platform.python_version(), platform.system()),
        day=today,
        outcome=came_to,
        exit_code=exit_code(came_to, strict=request.strict),
        paths=tuple(clean(p) for p in request.paths),
        exclude=tuple(clean(p) for p in request.exclude),
        severity=request.severity,
        strict=request.strict,
        selected=request.checks,
        gates=tuple(_gate(g, settings[i]) for i, g in gates.items()),
        broken=broken,
        totals=_totals(tree, checks, findings, written),
        checks=checks,
        findings=findings,
        suppressions=written,
        errors=errors,
        files=tuple(
            LintFile(clean(f.path), f.kind.value, f.size, f.sha256)
            for f in tree.files
            if f.kind is not FileKind.OTHER
        ),
    )


def _context(gate_id: str, tree: SourceTree) -> RunContext:
    return RunContext(
        run_id="lint",
        gate=gate_id,
        scope=Scope(Config("golive/v1", Service("lint", "0")), Path()),
        clock=SystemClock(),
        evidence=Hashed(),
        budget=RequestBudget(0),
        progress=Silent(),
        headers=(),
        sources=lambda: tree,
    )


def _observed(observer: Observer[Any, object], ctx: RunContext, settings: object) -> object:
    seen: list[object] = []

    async def work() -> None:
        # Kept out of the task's own result, which asyncio.run writes out as text at its end: it
        # asks the signal module for a handler that holds the task.
        seen.append(await observer.observe(ctx, settings))

    try:
        asyncio.run(work())
        return seen[0]
    except Exception as error:  # noqa: BLE001 - plugin code
        params = {"observer": observer.part.__name__, "detail": describe(error)}
        return Unavailable(Reason("core.crashed", params), kind="error")


def _absent(check: Check[Any], seen: Observation) -> Reason | None:
    """Why there is nothing for *check* in the files, if an observer said so."""
    for part in check.reads:
        found: object = seen.find(part)
        if isinstance(found, Unavailable) and found.kind != "error":
            return found.reason
    return None


def _place(finding: LintFinding) -> tuple[bool, str, int, int]:
    return (not finding.file, finding.file, finding.line or 0, finding.column or 0)


def _error(problem: SourceProblem, said: set[tuple[str, int | None]]) -> LintError:
    place = problem.location
    file = clean(place.path)
    return LintError(
        file=file,
        line=place.line,
        column=place.column,
        kind=problem.kind.value,
        code=problem.code,
        message=clean(problem.message),
        hint=clean(problem.hint),
        reported=(file, place.line) in said,
    )


def _gate(gate: Gate[Any], settings: object) -> LintGate:
    try:
        titles = {lang: catalogue(gate.package, lang).title for lang in LANGUAGES}
    except CatalogueError:
        titles = dict.fromkeys(LANGUAGES, gate.id)  # Its checks say so; a title must not end it.
    others = {lang: t for lang, t in titles.items() if lang != "en"}
    return LintGate(gate.id, titles["en"], others, encode(settings))


def _totals(
    tree: SourceTree,
    checks: Iterable[LintCheck],
    findings: Iterable[LintFinding],
    suppressions: Iterable[LintSuppression],
) -> LintTotals:
    return LintTotals(
        files=_counted(f.kind.value for f in tree.files),
        objects=len(tree.objects),
        checks=_counted(c.status.value for c in checks),
        findings=_counted(f.effect.value for f in findings),
        errors=len(tree.problems),
        suppressions=_counted(s.state.value for s in suppressions),
    )


def _counted(names: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(names).items()))
