"""Inline suppressions against findings: which are in force, and what each covers. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from golive.lint_record import LintSuppression, Suppressed, SuppressionState
from golive.model import Location
from golive.sanitize import clean
from golive.sources.tree import Suppression


@dataclass(slots=True)
class _Written:
    """One suppression with what it covers, counted while findings are matched."""

    source: Suppression
    state: SuppressionState
    until: date
    problem: str
    covers: int = 0


class Suppressions:
    """The suppressions of a tree, asked finding by finding.

    ``known``: ids of every check there is; a suppression that names another one is malformed.
    ``ran``: ids of the checks that were judged; one of another check cannot be called unused.
    """

    def __init__(
        self,
        found: Iterable[Suppression],
        today: date,
        known: Collection[str],
        ran: Collection[str],
    ) -> None:
        self._written = [_judged(s, today, known) for s in found]
        self._ran = frozenset(ran)
        self._places: dict[str, list[_Written]] = {}
        for written in self._written:
            self._places.setdefault(written.source.location.path, []).append(written)

    def covering(self, check: str, place: Location | None) -> Suppressed | None:
        """The suppression in force at *place* for *check*; others there are counted too.

        What is rendered has no line: there only one of the whole document counts, which then is
        the kustomization or the chart.
        """
        if place is None:
            return None
        found: Suppressed | None = None
        for written in self._places.get(place.path, ()):
            if check not in written.source.checks or not _covers(written.source, place.line):
                continue
            written.covers += 1
            if written.state is SuppressionState.IN_FORCE and found is None:
                found = _beside(written)
        return found

    def records(self) -> tuple[LintSuppression, ...]:
        """Every suppression and what became of it, to be asked after the last finding."""
        return tuple(self._record(w) for w in self._written)

    def _record(self, written: _Written) -> LintSuppression:
        source, state = written.source, written.state
        unused = not written.covers and self._ran.issuperset(source.checks)
        if state is SuppressionState.IN_FORCE and unused:
            state = SuppressionState.UNUSED
        return LintSuppression(
            file=clean(source.location.path),
            line=source.location.line or 1,
            state=state,
            checks=tuple(clean(c) for c in source.checks),
            until=clean(source.until),
            reason=clean(source.reason),
            covers=written.covers,
            problem=written.problem,
        )


def _covers(source: Suppression, line: int | None) -> bool:
    first, last = source.applies
    if line is None:  # Only one of a whole document lies within what it covers.
        return first < last and first <= (source.location.line or 0) <= last
    return first <= line <= last


def _judged(source: Suppression, today: date, known: Collection[str]) -> _Written:
    try:
        until = date.fromisoformat(source.until)
    except ValueError:
        until = date.min
    problem = source.problem or _problem(source, until, known)
    if problem:
        return _Written(source, SuppressionState.MALFORMED, until, clean(problem))
    # The last day counts, as a waiver's does.
    state = SuppressionState.IN_FORCE if today <= until else SuppressionState.EXPIRED
    return _Written(source, state, until, "")


def _problem(source: Suppression, until: date, known: Collection[str]) -> str:
    if not source.checks:
        return "it names no check"
    if until == date.min:
        return f"until={source.until} is no day (YYYY-MM-DD)"
    if not source.reason.strip():
        return "it gives no reason"
    for check in source.checks:
        if check not in known:
            return f"no file-based check is called {check!r:.60}{_near(check, sorted(known))}"
    return ""


def _near(check: str, known: Sequence[str]) -> str:
    names = {name.partition(".")[2]: name for name in known}
    near = names.get(check) or next(iter(difflib.get_close_matches(check, known, 1)), "")
    return f"; did you mean {near}?" if near else ""


def _beside(written: _Written) -> Suppressed:
    place = written.source.location
    return Suppressed(
        clean(place.path), place.line or 1, written.until, clean(written.source.reason)
    )
