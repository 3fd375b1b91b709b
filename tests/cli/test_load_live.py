"""What a run says of itself while it runs."""

from __future__ import annotations

import math

import pytest

from golive.cli.load_live import Meter, log_line, table, watching_load
from golive.cli.probe_screen import plain
from golive.probe.load import Arrival, LoadPlan, LoadProgress, Request, Schedule
from golive.probe.trace import StreamRules


def plan(rules: StreamRules | None = None, *, closed: bool = False) -> LoadPlan:
    schedule = (
        Schedule(Arrival.CLOSED, 100, concurrency=3)
        if closed
        else Schedule(Arrival.CONSTANT, 100, rate=10.0)
    )
    return LoadPlan((Request("GET", "http://127.0.0.1:9/", rules=rules),), schedule, warmup=20)


def progress(seconds: float, sent: int, done: int = 0, events: int = 0) -> LoadProgress:
    return LoadProgress(done, 1, sent - done, sent, events, seconds, 0.5, math.inf)


def test_what_is_due_and_not_sent_is_overdue_after_a_second() -> None:
    meter = Meter(plan())
    assert meter.overdue(progress(5.0, 50)) == 0
    assert meter.overdue(progress(5.0, 41)) == 0
    assert meter.overdue(progress(5.0, 11)) == 30
    assert Meter(plan(closed=True)).overdue(progress(5.0, 0)) == 0


def test_events_a_second_are_those_of_the_last_two() -> None:
    meter = Meter(plan(StreamRules()))
    rates = [meter.events_per_second(progress(t / 2, 1, events=t * 10)) for t in range(20)]
    assert rates[0] == 0.0
    assert rates[-1] == 20.0
    assert [meter.events_per_second(progress(10 + t, 1, events=190)) for t in range(4)][-1] == 0.0


@pytest.mark.parametrize(
    ("sent", "phase"),
    [
        (0, "calibrating"),
        (10, "warming up"),
        (50, "sending"),
        (100, "waiting for the last answers"),
    ],
)
def test_the_phases_of_a_run(sent: int, phase: str) -> None:
    assert Meter(plan()).phase(progress(1.0, sent)).startswith(phase)


def test_the_table_and_the_line_hold_every_figure() -> None:
    meter = Meter(plan(StreamRules()))
    now = progress(7.0, 61, done=60, events=600)
    shown = plain(table(meter, now))
    for part in ("60%", "61", "in flight", "overdue", "events/s", "p50 500 ms", "p95 ∞"):
        assert part in shown
    assert log_line(meter, now).startswith("7 s, 61 sent, 1 in flight, 60 done, 1 failed")
    assert "events/s" not in plain(table(Meter(plan()), now))


def test_a_log_gets_a_line_every_five_seconds(capsys: pytest.CaptureFixture[str]) -> None:
    with watching_load(plan()) as watch:
        for tenth in range(110):
            watch(progress(tenth / 10, tenth))
    assert [text.split(",")[0] for text in capsys.readouterr().err.splitlines()] == [
        "0 s", "5 s", "10 s",
    ]  # fmt: skip
