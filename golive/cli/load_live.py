"""A load run while it runs: a table that redraws itself on a terminal, plain lines elsewhere."""

from __future__ import annotations

import bisect
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from golive.cli.load_plan import due_times
from golive.cli.probe_screen import Line, duration, is_lively, line, rich_text
from golive.probe.load import LoadPlan, LoadProgress
from golive.rounding import Toward, rounded

if TYPE_CHECKING:
    from rich.console import Group

Watch = Callable[[LoadProgress], None]

EVERY = 5.0
"""Seconds between two lines of a log."""
WINDOW = 2.0
"""Seconds over which the events a second are counted."""
NEWS_AGE = 1.0
"""Seconds by which the reports of several workers may lie apart."""
_BAR, _CELL = 40, 12


@dataclass(slots=True)
class Meter:
    """Turns successive progress into rates, and the schedule into what is overdue."""

    plan: LoadPlan
    _due: Sequence[float] = field(init=False)
    _recent: deque[tuple[float, int]] = field(default_factory=deque)

    def __post_init__(self) -> None:
        self._due = due_times(self.plan.schedule)

    def events_per_second(self, progress: LoadProgress) -> float:
        """Over the last two seconds."""
        recent = self._recent
        recent.append((progress.seconds, progress.events))
        while len(recent) > 2 and recent[1][0] <= progress.seconds - WINDOW:
            recent.popleft()
        began, before = recent[0]
        passed = progress.seconds - began
        return max(0, progress.events - before) / passed if passed > 0 else 0.0

    def overdue(self, progress: LoadProgress) -> int:
        """Requests that should have left a second ago and did not; 0 for a closed loop.

        What several workers report is about a second old at worst.
        """
        due = bisect.bisect_right(self._due, progress.seconds - NEWS_AGE)
        return max(0, due - progress.sent)

    def phase(self, progress: LoadProgress) -> str:
        """What is being done."""
        count, warmup = self.plan.schedule.count, self.plan.warmup
        if not progress.sent:
            return "calibrating the instrument"
        if progress.sent < warmup:
            return "warming up"
        return "sending" if progress.sent < count else "waiting for the last answers"

    def left(self, progress: LoadProgress) -> str:
        """Until the last request is due."""
        if not self._due or not 0 < progress.sent < len(self._due):
            return ""
        return f"~{max(0.0, self._due[-1] - progress.seconds):.0f} s to send"


def table(meter: Meter, progress: LoadProgress) -> list[Line]:
    """The live table."""
    count = meter.plan.schedule.count
    full = min(_BAR, _BAR * progress.done // count)
    overdue = meter.overdue(progress)
    streams = meter.plan.requests[0].rules is not None
    clock = "first content" if streams else "answer"
    cells = [
        ("sent", f"{progress.sent:,}", ""),
        ("in flight", f"{progress.in_flight:,}", "cyan"),
        ("done", f"{progress.done:,}", ""),
        ("failed", f"{progress.failed:,}", "bold red" if progress.failed else "green"),
        ("overdue", f"{overdue:,}", "yellow" if overdue else ""),
    ]
    rate = meter.events_per_second(progress)
    if streams:
        cells.append(("events/s", f"{rate:,.0f}", ""))
    return [
        line(
            ("━" * full, "green"),
            ("━" * (_BAR - full), "dim"),
            f"  {progress.done / count:>4.0%}  {progress.seconds:>5.0f} s  ",
            (f"{meter.phase(progress)} {meter.left(progress)}", "dim"),
        ),
        line(*((f"{name:>{_CELL}}", "dim") for name, _, _ in cells)),
        line(*((f"{value:>{_CELL}}", style) for _, value, style in cells)),
        line(
            (f"{clock:>{2 * _CELL}}  ", "dim"),
            f"p50 {duration(progress.first_content_p50):<10}",
            f"p95 {duration(progress.first_content_p95):<10}",
            ("recent requests, failures as ∞", "dim"),
        ),
    ]


def log_line(meter: Meter, progress: LoadProgress) -> str:
    """One line of a log."""
    parts = [
        f"{progress.seconds:.0f} s",
        f"{progress.sent:,} sent",
        f"{progress.in_flight:,} in flight",
        f"{progress.done:,} done",
        f"{progress.failed:,} failed",
        f"p50 {duration(progress.first_content_p50)}",
        f"p95 {duration(progress.first_content_p95)}",
    ]
    if meter.plan.requests[0].rules is not None:
        rate = meter.events_per_second(progress)
        parts.append(f"{rounded(rate, Toward.NEAREST, digits=2)} events/s")
    if overdue := meter.overdue(progress):
        parts.append(f"{overdue:,} overdue")
    return ", ".join(parts)


@contextmanager
def watching_load(plan: LoadPlan) -> Iterator[Watch]:
    """A display on stderr for the length of a run."""
    meter = Meter(plan)
    if not is_lively(sys.stderr):
        yield _Log(meter).update
        return
    from rich.console import Console, Group
    from rich.live import Live

    def drawn(progress: LoadProgress) -> Group:
        return Group(*(rich_text(one) for one in table(meter, progress)))

    start = LoadProgress(0, 0, 0, 0, 0, 0.0)
    console = Console(stderr=True, highlight=False)
    with Live(drawn(start), console=console, refresh_per_second=5, transient=True) as live:
        yield lambda progress: live.update(drawn(progress))


class _Log:
    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        self._next = 0.0

    def update(self, progress: LoadProgress) -> None:
        """Write a line every few seconds."""
        if progress.seconds >= self._next:
            self._next = progress.seconds + EVERY
            sys.stderr.write(f"{log_line(self._meter, progress)}\n")
            sys.stderr.flush()
