"""Progress on stderr: a bar per gate with the time left; plain lines where there is no terminal."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from golive.context import Progress
from golive.gate import Gate
from golive.planning import GatePlan
from golive.texts import CatalogueError, catalogue

if TYPE_CHECKING:
    from rich.progress import Progress as Bars
    from rich.progress import TaskID

Label = Callable[[str, str], str]


class Weights:
    """Turns "done of total in a step" into seconds of the gate's plan.

    A step is an observer's name, or ``<observer>: <part>`` where it works on several at once;
    the parts that have been heard of share the observer's seconds.
    """

    def __init__(self, plans: Sequence[GatePlan]) -> None:
        self._seconds = {
            plan.gate: {w.observer: max(w.seconds, 0.5) for w in plan.work} for plan in plans
        }
        self._done: dict[tuple[str, str], dict[str, float]] = {}

    def total(self, gate: str) -> float:
        """Seconds of the gate's whole plan."""
        return sum(self._seconds.get(gate, {}).values()) or 1.0

    def advance(self, gate: str, step: str, done: int, total: int) -> float:
        """Seconds of the gate's plan that are behind us."""
        observer, _, part = step.partition(": ")
        parts = self._done.setdefault((gate, observer), {})
        parts[part] = min(1.0, done / total) if total else 1.0
        return sum(
            seconds * sum(found.values()) / len(found)
            for name, seconds in self._seconds.get(gate, {}).items()
            if (found := self._done.get((gate, name)))
        )


class _Bars:
    def __init__(self, bars: Bars, plans: Sequence[GatePlan], label: Label) -> None:
        self._bars = bars
        self._label = label
        self._weights = Weights(plans)
        self._lock = threading.Lock()
        self._tasks: dict[str, TaskID] = {
            p.gate: bars.add_task(p.gate, total=self._weights.total(p.gate), step="", left="")
            for p in plans
        }

    def update(self, gate: str, step: str, done: int, total: int, eta: float | None) -> None:
        """Move the gate's bar."""
        with self._lock:
            behind = self._weights.advance(gate, step, done, total)
            left = max(self._weights.total(gate) - behind, eta or 0.0)
            task = self._tasks.get(gate)
            if task is not None:
                shown = f"{_shown(self._label, gate, step)} {done}/{total}"
                self._bars.update(task, completed=behind, step=shown, left=f"{left:.0f} s")


class _Lines:
    """For logs: one line when a step begins and one when it is done."""

    def __init__(self, label: Label) -> None:
        self._label = label
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
        left = f", ~{eta:.0f} s" if eta and not complete else ""
        sys.stderr.write(f"[{gate}] {_shown(self._label, gate, step)}: {done}/{total}{left}\n")
        sys.stderr.flush()


def _shown(label: Label, gate: str, step: str) -> str:
    observer, colon, part = step.partition(": ")
    return label(gate, observer) + colon + part


def step_labels(gates: Mapping[str, Gate[Any]], lang: str) -> Label:
    """Names of steps from the catalogues of the gates; the bare name where there is none."""

    def label(gate_id: str, step: str) -> str:
        try:
            return catalogue(gates[gate_id].package, lang).label("steps", step)
        except (CatalogueError, KeyError):
            return step

    return label


@contextmanager
def watching(plans: Sequence[GatePlan], label: Label) -> Iterator[Progress]:
    """A progress display for the length of a run. *label* names a gate's step for a reader."""
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield _Lines(label)
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
        yield _Bars(bars, plans, label)
