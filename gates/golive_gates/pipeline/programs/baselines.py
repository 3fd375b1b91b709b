"""Findings that the project's own commands let pass because a baseline holds them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from golive_gates.pipeline.programs.leaks import Leak, leaks_in
from golive_gates.pipeline.programs.own import OwnScan, Scanned
from golive_gates.pipeline.programs.reading import NoAnswerError


def baseline(text: str) -> tuple[Leak, ...]:
    """The findings in the report *text*; none where it is no report of gitleaks in JSON."""
    try:
        return leaks_in(text)
    except NoAnswerError:
        return ()


def without_known(scan: OwnScan, known: Collection[Leak]) -> OwnScan:
    """*scan* whose runs with the project's rules leave out what is *known*, at the very place.

    The runs with gitleaks' own rules keep it: it is let through, and not gone.
    """
    places = {(leak.path, leak.line, leak.rule) for leak in known}

    def kept(run: Scanned, leak: Leak) -> bool:
        if run.what == "history":
            return leak not in known
        return (leak.path, leak.line, leak.rule) not in places

    runs = (
        replace(r, leaks=tuple(leak for leak in r.leaks if kept(r, leak)))
        if r.rules == "project"
        else r
        for r in scan.runs
    )
    return replace(scan, runs=tuple(runs))
