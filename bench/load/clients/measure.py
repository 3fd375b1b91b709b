"""What every Python client of the benchmark shares: its task, and how its work is counted.

A client is started as ``python -m bench.load.clients.NAME key=value ...`` with the keys of
``reference.c`` and prints one line of JSON with the same fields.
"""

from __future__ import annotations

import atexit
import json
import os
import re
import signal
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import NoReturn

_STAMPS = re.compile(rb'"t":(\d+),"q":(\d+)')
TICK = 0.02
SETTLE = 0.3
"""Seconds after the last stream is open until the window may open: opening leaves work behind."""
CALM = 3
"""Ticks in time, one after the other, of a client that has its core."""
PATIENCE = 1.0
"""Seconds that a window waits for such a moment; then it opens, or closes, regardless."""


@dataclass(frozen=True, slots=True)
class Task:
    """What to do: see ``reference.c``. Times in s.

    *mode* "flood" is "stream" without any stamp kept. *count* delayed streams are measured
    after one that is not.
    """

    mode: str = "stream"
    port: int = 0
    path: str = "/"
    streams: int = 1
    seconds: float = 1.0
    warm: float = 5.0
    whole: bool = False
    count: int = 0
    source: str = ""

    @property
    def base(self) -> str:
        """The server."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        """What to ask for."""
        return self.base + self.path


def read_task(arguments: list[str]) -> Task:
    """The task in *arguments*. Raises ``ValueError`` for one that is not key=value."""
    given = dict(argument.split("=", 1) for argument in arguments)
    return Task(
        mode=given.get("mode", "stream"),
        port=int(given["port"]),
        path=given.get("path", "/"),
        streams=int(given.get("streams", "1")),
        seconds=float(given.get("seconds", "1")),
        warm=float(given.get("warm", "5")),
        whole=given.get("whole", "0") == "1",
        count=int(given.get("count", "0")),
        source=given.get("source", ""),
    )


def resident() -> int:
    """Resident bytes of this process, counted exactly (``statm`` is a rough estimate)."""
    for line in Path("/proc/self/smaps_rollup").read_text(encoding="ascii").splitlines():
        if line.startswith("Rss:"):
            return int(line.split()[1]) * 1024
    raise OSError("the kernel does not tell the resident size")


def quantile(ordered: list[float], share: float) -> float:
    """The value at *share* of *ordered*, nearest rank."""
    return ordered[round(share * (len(ordered) - 1))]


@dataclass(slots=True)
class Window:
    """The measured part of a run."""

    since: float
    cpu: float
    events: int
    requests: int


@dataclass(slots=True)
class Tally:
    """Counts of one run; the same few lines for every client, so they compare.

    *opened* counts streams whose response head has come, and requests that were answered.
    *kept* holds (monotonic ns of the read, block of the event) of the window; the server's own
    stamps are parsed out of the blocks after it. *count*: how many events came so far, of a
    client that counts them itself.
    """

    opened: int = 0
    broken: int = 0
    finished: int = 0
    events: int = 0
    requests: int = 0
    recording: bool = False
    baseline: int = field(default_factory=resident)
    held: int = 0
    kept: list[tuple[int, bytes]] = field(default_factory=list)
    biases: list[float] = field(default_factory=list)
    window: Window | None = None
    figures: dict[str, float] = field(default_factory=dict)
    count: Callable[[], int] | None = None

    def begin(self) -> None:
        """The window opens: memory is taken before anything is kept."""
        self.held = resident()
        self.events = self.count() if self.count else self.events
        self.window = Window(time.monotonic(), time.process_time(), self.events, self.requests)

    def close(self) -> None:
        """The window closes."""
        window = self.window
        if window is None:
            raise RuntimeError("the window was never opened")
        self.events = self.count() if self.count else self.events
        self.figures = {
            "events": self.events - window.events,
            "requests": self.requests - window.requests,
            "seconds": time.monotonic() - window.since,
            "cpu_seconds": time.process_time() - window.cpu,
        }
        self.recording = False

    def delayed(self, sent: int, at: int, block: bytes) -> None:
        """Keep what a delayed stream's first content cost beyond the server's true delay."""
        found = _STAMPS.search(block)
        if found:
            self.biases.append(((at - sent) - (int(found[1]) - int(found[2]))) / 1e6)

    def answer(self, version: str) -> str:
        """The line of JSON."""
        known: dict[str, str | float] = {
            "version": version,
            "opened": self.opened,
            "broken": self.broken,
            "finished": self.finished,
            "all_events": self.events,
            **self.figures,
        }
        if self.held:
            known["memory_bytes"] = self.held - self.baseline
        found = ((at, _STAMPS.search(block)) for at, block in self.kept)
        errors = sorted((at - int(stamps[1])) / 1e3 for at, stamps in found if stamps)
        if errors:
            known["stamps"] = len(errors)
            known["error_p50_us"] = round(quantile(errors, 0.5), 2)
            known["error_p99_us"] = round(quantile(errors, 0.99), 2)
        measured = self.biases[1:]  # the first one opened the connection
        if measured:
            known["samples"] = len(measured)
            known["bias_ms"] = round(statistics.median(measured), 4)
        return json.dumps(known)


class Splitter:
    """Counts the events of one stream; about the least that Python code can do for it."""

    __slots__ = ("done", "rest", "tally")

    def __init__(self, tally: Tally) -> None:
        self.tally = tally
        self.rest = b""
        self.done = False

    def feed(self, data: bytes) -> None:
        """Take what one read brought."""
        at = time.monotonic_ns()
        tally = self.tally
        blocks = (self.rest + data if self.rest else data).split(b"\n\n")
        self.rest = blocks.pop()
        for block in blocks:
            if b"event: content" in block:
                tally.events += 1
                if tally.recording:
                    tally.kept.append((at, block))
            elif b"event: done" in block:
                self.done = True


def finish(tally: Tally, version: str) -> NoReturn:
    """Print the answer and leave at once: winding down thousands of streams shows nothing."""
    print(tally.answer(version), flush=True)
    os._exit(0)


class Edges:
    """When the window opens and closes. Asked at every tick, once; times are monotonic s.

    It opens when all streams are answered and what opening them left behind is settled, at the
    latest after the warm-up, and closes *seconds* later. Neither happens to a client that has
    just been off its core: what came meanwhile is still unread, and would be counted in the
    wrong place. ``edges.h`` keeps the same rules.
    """

    __slots__ = ("_answered", "_calm", "_last", "_limit", "_settle", "_task")

    def __init__(self, task: Task, now: float) -> None:
        self._task = task
        self._limit = now + task.warm
        self._settle = SETTLE if task.mode == "stream" else 0.0
        self._last = now
        self._answered: float | None = None
        self._calm = 0

    def opens(self, now: float, answered: int) -> bool:
        """Whether it opens now; *answered* of the streams are open, or have failed."""
        self._tick(now)
        if self._answered is None and answered >= self._task.streams:
            self._answered = now
        due = self._limit if self._answered is None else self._answered + self._settle
        return self._at(min(due, self._limit), now)

    def closes(self, now: float, since: float) -> bool:
        """Whether the window that opened at *since* closes now."""
        self._tick(now)
        return self._at(since + self._task.seconds, now)

    def _tick(self, now: float) -> None:
        self._calm = self._calm + 1 if now - self._last <= 1.5 * TICK else 0
        self._last = now

    def _at(self, due: float, now: float) -> bool:
        return now >= due and (self._calm >= CALM or now >= due + PATIENCE)


def watch(task: Task, tally: Tally, version: str, look: Callable[[], None] = lambda: None) -> None:
    """Open the window, close it, print the answer and leave: see ``Edges``.

    By a timer signal: a client that drowns in events never gives its own timers a turn. *look*
    brings *tally* up to date first, where the client does not by itself.
    """
    edges = Edges(task, time.monotonic())

    def tick(_number: int, _frame: FrameType | None) -> None:
        look()
        now = time.monotonic()
        if tally.window is None:
            if edges.opens(now, tally.opened + tally.broken):
                tally.begin()
                tally.recording = task.mode == "stream"
        elif edges.closes(now, tally.window.since):
            tally.close()
            signal.setitimer(signal.ITIMER_REAL, 0)
            finish(tally, version)

    # A client that fails ends without a handler: the timer must not outlive it.
    atexit.register(signal.setitimer, signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, tick)
    signal.setitimer(signal.ITIMER_REAL, TICK, TICK)


def main(client: Callable[[Task], None]) -> None:
    """Run *client* with the task of the command line."""
    client(read_task(sys.argv[1:]))
