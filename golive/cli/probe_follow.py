"""Runs one request and shows its stream while it comes."""

from __future__ import annotations

import queue
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TextIO

from golive.cli.probe_digest import Seen, answer_of
from golive.cli.probe_document import Answer
from golive.cli.probe_look import Look
from golive.cli.probe_report import answer_lines, heading, piece_line
from golive.cli.probe_request import Prepared
from golive.cli.probe_screen import Line, counted, is_lively, plain, rich_text
from golive.cli.stdout import put
from golive.interrupts import interrupting
from golive.probe.load import Arrival, LoadPlan, LoadResult, Schedule, run_here
from golive.probe.load.http1 import ResponseHead
from golive.probe.sse import Record
from golive.probe.trace import StreamRules

if TYPE_CHECKING:
    from rich.text import Text

DRAW_EVERY = 0.1
"""Seconds between two looks at what has come; its times were taken when it came."""
MARGIN = 2.0

Print = Callable[[list[Line]], None]


@dataclass(frozen=True, slots=True)
class _Head:
    at: float
    head: ResponseHead


@dataclass(frozen=True, slots=True)
class _Taken:
    at: float
    record: Record


@dataclass(slots=True)
class _Engine:
    """The load engine with one request, in a thread of its own, so that showing delays nothing."""

    plan: LoadPlan
    news: queue.SimpleQueue[_Head | _Taken | None] = field(default_factory=queue.SimpleQueue)
    result: LoadResult | None = None
    error: BaseException | None = None
    stopped: bool = False
    control: socket.socket = field(init=False)

    def start(self) -> threading.Thread:
        """Begin; the last of *news* is ``None``."""
        self.control, other = socket.socketpair()
        thread = threading.Thread(target=self._run, args=(other,), name="probe", daemon=True)
        thread.start()
        return thread

    def stop(self) -> None:
        """End the request; its record says how far it came."""
        self.stopped = True
        with suppress(OSError):  # It may just have ended by itself.
            self.control.send(b"s")

    def _run(self, control: socket.socket) -> None:
        try:
            self.result = run_here(
                self.plan,
                on_stream=lambda _, at, record: self.news.put(_Taken(at, record)),
                on_head=lambda _, at, head: self.news.put(_Head(at, head)),
                control=(control.fileno(), lambda: "interrupted"),
            )
        except BaseException as error:  # noqa: BLE001 - raised again in the main thread
            self.error = error
        finally:
            control.close()
            self.news.put(None)


@dataclass(slots=True)
class _Screen:
    """What is printed of a stream, and where."""

    seen: Look
    printed: Print
    shown: int
    prepared: Prepared
    answer: Answer | None = None
    answered_at: float | None = None

    def take(self, batch: list[_Head | _Taken]) -> None:
        lines: list[Line] = []
        for news in batch:
            if isinstance(news, _Head):
                self.answer = answer_of(news.head, self.prepared)
                self.answered_at = news.at
                lines += answer_lines(self.answer, news.at)
                continue
            piece = self.seen.take(news.at, news.record)
            if piece.number == 1 and self.shown:
                lines.append(heading())
            if piece.number <= self.shown:
                lines.append(piece_line(piece))
        if lines:
            self.printed(lines)


def follow(
    prepared: Prepared, rules: StreamRules, *, stall_after: float, keep: int, to_stdout: bool
) -> Seen:
    """Send the request and print what comes; an interrupt ends it and is part of what was seen.

    ``ValueError`` if the request cannot be sent as it is.
    """
    plan = LoadPlan(
        requests=(prepared.request,),
        schedule=Schedule(Arrival.CLOSED, 1, concurrency=1),
        stall_after=stall_after,
        keep_alive=False,
        verify=prepared.verify,
        ca_file=prepared.ca_file,
        deadline=prepared.request.timeout + MARGIN,
    )
    look = Look(rules, prepared.excerpt, keep)
    started = datetime.now(UTC)
    engine = _Engine(plan)
    stream = sys.stdout if to_stdout else sys.stderr
    with _printing(stream, look) as printed:
        screen = _Screen(look, printed, keep, prepared)
        thread = engine.start()
        # By a handler of its own: in a background job SIGINT is ignored, and raises nothing.
        with interrupting(engine.stop):
            _show_until_done(engine, screen)
    thread.join()
    engine.control.close()
    if engine.error is not None:
        raise engine.error
    return Seen(
        prepared=prepared,
        rules=rules,
        look=look,
        started_at=started,
        stall_after=stall_after,
        answer=screen.answer,
        answered_at=screen.answered_at,
        result=engine.result,
        interrupted=engine.stopped,
    )


def _show_until_done(engine: _Engine, screen: _Screen) -> None:
    while True:
        batch: list[_Head | _Taken] = []
        done = False
        try:
            news = engine.news.get(timeout=DRAW_EVERY * 10)
            while news is not None:
                batch.append(news)
                news = engine.news.get_nowait()
            done = True
        except queue.Empty:
            pass
        screen.take(batch)
        if done:
            return
        # Rendering in batches leaves the engine's thread alone for most of the time.
        time.sleep(DRAW_EVERY / 5)


@contextmanager
def _printing(stream: TextIO, look: Look) -> Iterator[Print]:
    if not is_lively(stream):
        if stream is sys.stdout:
            yield lambda lines: put(plain(lines))
        else:
            yield lambda lines: print(plain(lines), end="", file=stream, flush=True)
        return
    from rich.console import Console
    from rich.live import Live

    console = Console(file=stream, highlight=False)
    began = time.monotonic()

    class Status:
        """Redrawn by itself: how long nothing has come."""

        def __rich__(self) -> Text:
            from rich.text import Text

            now = time.monotonic() - began
            last = look.last_at
            silent = f", silent for {now - last:.1f} s" if last is not None else ", nothing yet"
            events = counted(look.events, "event")
            return Text(f"{now:6.1f} s, {events}{silent} ", style="dim")

    with Live(Status(), console=console, refresh_per_second=5, transient=True):
        yield lambda lines: console.print(
            *(rich_text(one) for one in lines), sep="\n", crop=False, soft_wrap=True
        )
