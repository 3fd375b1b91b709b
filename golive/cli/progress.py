"""Progress on stderr: a bar per gate with the time left; plain lines where there is no terminal."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from golive.context import Progress
from golive.planning import GatePlan

if TYPE_CHECKING:
    from rich.progress import Progress as Bars
    from rich.progress import TaskID


class _Weights:
    """Turns "done of total in a step" into seconds of the gate's plan."""

    def __init__(self, plans: Sequence[GatePlan]) -> None:
        self.seconds = {
            plan.gate: {w.observer: max(w.seconds, 0.5) for w in plan.work} for plan in plans
        }
        self._share: dict[str, dict[str, float]] = {plan.gate: {} for plan in plans}

    def total(self, gate: str) -> float:
        return sum(self.seconds[gate].values()) or 1.0

    def advance(self, gate: str, step: str, done: int, total: int) -> float:
        """Seconds of the gate's plan that are behind us."""
        share = self._share.setdefault(gate, {})
        share[step] = min(1.0, done / total) if total else 1.0
        weights = self.seconds.get(gate, {})
        return sum(weights.get(s, 0.0) * part for s, part in share.items())


class _Bars:
    def __init__(self, bars: Bars, plans: Sequence[GatePlan]) -> None:
        self._bars = bars
        self._weights = _Weights(plans)
        self._lock = threading.Lock()
        self._tasks: dict[str, TaskID] = {
            p.gate: bars.add_task(p.gate, total=self._weights.total(p.gate), step="", left="")
            for p in plans
        }

    def update(self, gate: str, step: str, done: int, total: int, eta: float | None) -> None:
        """Move the gate's bar."""
        with self._lock:
            behind = self._weights.advance(gate, step, done, total)
            whole = self._weights.total(gate)
            left = max(whole - behind, eta or 0.0)
            task = self._tasks.get(gate)
            if task is not None:
                shown = f"{step} {done}/{total}"
                self._bars.update(task, completed=behind, step=shown, left=f"{left:.0f} s")


class _Lines:
    """For logs: one line when a step begins and one when it is done."""

    def __init__(self) -> None:
        self._seen: set[tuple[str, str, bool]] = set()
        self._lock = threading.Lock()

    def update(self, gate: str, step: str, done: int, total: int, eta: float | None) -> None:
        """Write the first and the last news of a step."""
        complete = total > 0 and done >= total
        with self._lock:
            key = (gate, step, complete)
            if key in self._seen:
                return
            self._seen.add(key)
        left = f", about {eta:.0f} s left" if eta and not complete else ""
        sys.stderr.write(f"[{gate}] {step}: {done}/{total}{left}\n")
        sys.stderr.flush()


@contextmanager
def watching(plans: Sequence[GatePlan]) -> Iterator[Progress]:
    """A progress display for the length of a run."""
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield _Lines()
        return
    from rich.console import Console
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn
    from rich.progress import Progress as RichProgress

    columns = (
        TextColumn("{task.description:<14}", markup=False),
        BarColumn(bar_width=28),
        TaskProgressColumn(),
        TextColumn("{task.fields[left]:>6}", markup=False),
        TextColumn("{task.fields[step]}", markup=False),
    )
    with RichProgress(*columns, console=Console(stderr=True), transient=True) as bars:
        yield _Bars(bars, plans)
