"""What is known when a run is stopped stays known, and a stop is heard whatever goes on."""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from load_doubles import (
    RULES,
    STREAM_HEAD,
    Peer,
    Script,
    answering,
    chunk,
    plain,
    serving,
    token,
)

from golive.probe.load import (
    Arrival,
    LoadPlan,
    LoadResult,
    Request,
    RequestOutcome,
    Schedule,
    run_here,
)
from golive.probe.load.here import StoppedBeforeStartError
from golive.probe.load.sender import BATCH

R = RequestOutcome
ONE_A_MS = Schedule(Arrival.CONSTANT, 4, rate=1000)


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    reader, writer = os.pipe()
    yield reader, writer
    os.close(reader)
    os.close(writer)


def beginning(response: bytes) -> Script:
    """Send *response* and leave the rest open."""

    def script(peer: Peer) -> None:
        peer.request()
        peer.send(response)
        peer.over.wait()

    return script


def stopped(plan_request: Request, heads: int, pipe: tuple[int, int]) -> LoadResult:
    """A run of four that is stopped when *heads* heads have come."""
    reader, writer = pipe
    came: list[int] = []

    def on_head(*_: object) -> None:
        came.append(1)
        if len(came) == heads:
            os.write(writer, b"x")

    plan = LoadPlan((plan_request,), ONE_A_MS, deadline=60)
    return run_here(
        plan, control=(reader, lambda: os.read(reader, 9) and "enough"), on_head=on_head
    )


@pytest.mark.parametrize(
    ("response", "outcome", "said"),
    [
        (plain(b"Traceback", "500 No")[:-2], R.STATUS, "HTTP 500"),
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", R.NOT_A_STREAM, "text/html"),
        (
            b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Encoding: br\r\n\r\n",
            R.MALFORMED,
            "br-encoded",
        ),
        (STREAM_HEAD, R.UNFINISHED, "enough"),
    ],
)
def test_a_verdict_that_stands_survives_the_stop(
    response: bytes, outcome: R, said: str, pipe: tuple[int, int]
) -> None:
    with serving(beginning(response)) as url:
        result = stopped(Request("GET", url, rules=RULES), 4, pipe)
    assert {r.outcome for r in result.records} == {outcome}
    assert all(said in r.detail for r in result.records)
    assert result.aborted == "enough"


def test_wrong_content_is_known_before_its_end(pipe: tuple[int, int]) -> None:
    reader, writer = pipe
    wrong = STREAM_HEAD + chunk(token("a")) + chunk(token("x"))
    tokens: list[int] = []

    def on_stream(*_: object) -> None:
        tokens.append(1)
        if len(tokens) == 8:
            os.write(writer, b"x")

    with serving(beginning(wrong)) as url:
        plan = LoadPlan((Request("GET", url, rules=RULES, known_answer="abc"),), ONE_A_MS)
        control = (reader, lambda: os.read(reader, 9) and "enough")
        result = run_here(plan, on_stream=on_stream, control=control)
    assert {(r.outcome, r.matches) for r in result.records} == {(R.WRONG_CONTENT, False)}
    right = STREAM_HEAD + chunk(token("a")) + chunk(token("b"))
    tokens.clear()
    with serving(beginning(right)) as url:
        plan = LoadPlan((Request("GET", url, rules=RULES, known_answer="abc"),), ONE_A_MS)
        result = run_here(plan, on_stream=on_stream, control=control)
    assert {r.outcome for r in result.records} == {R.UNFINISHED}


def test_what_was_overdue_at_the_deadline_is_a_time_out() -> None:
    def script(peer: Peer) -> None:
        if peer.request().startswith(b"PUT"):
            peer.send(plain()[:-1])
        peer.over.wait()

    held_up = threading.Event()  # never set: the loop comes back when both times have passed
    with serving(script) as url:
        hasty = Request("GET", url, timeout=0.05)
        together = Schedule(Arrival.CONSTANT, 2, rate=1e9)
        plan = LoadPlan((hasty, Request("PUT", url)), together, deadline=0.06)
        result = run_here(plan, on_head=lambda *_: held_up.wait(0.1) and None)
    assert [r.outcome for r in result.records] == [R.TIMEOUT, R.UNFINISHED]


@pytest.mark.parametrize(
    "schedule",
    [
        Schedule(Arrival.CLOSED, 5000, concurrency=4),
        Schedule(Arrival.CONSTANT, 5000, rate=1e9),
    ],
)
@pytest.mark.parametrize("host", ["no-such-host.invalid", "localhost"])
def test_a_stop_is_heard_while_every_request_fails_at_once(
    host: str, schedule: Schedule, pipe: tuple[int, int], free_port: int
) -> None:
    reader, writer = pipe
    os.write(writer, b"x")
    plan = LoadPlan((Request("GET", f"http://{host}:{free_port}/"),), schedule)
    result = run_here(plan, control=(reader, lambda: os.read(reader, 9) and "enough"))
    assert result.aborted == "enough"
    assert len(result.records) == 5000
    assert sum(r.outcome is not R.UNSENT for r in result.records) <= 2 * BATCH


def test_a_closed_loop_that_fails_at_once_still_does_it_all() -> None:
    plan = LoadPlan(
        (Request("GET", "http://no-such-host.invalid/"),),
        Schedule(Arrival.CLOSED, 10 * BATCH + 1, concurrency=2),
    )
    result = run_here(plan)
    assert [r.outcome for r in result.records] == [R.CONNECT] * (10 * BATCH + 1)
    assert result.complete


def test_due_times_are_worked_out_before_the_start_is_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    order: list[str] = []
    offsets = Schedule.offsets

    def noted(schedule: Schedule) -> object:
        order.append("due times")
        return offsets(schedule)

    def start() -> float:
        order.append("start")
        return 0.0

    monkeypatch.setattr(Schedule, "offsets", noted)
    with serving(answering(plain())) as url:
        run_here(LoadPlan((Request("GET", url),), ONE_A_MS, deadline=1e9), start=start)
    assert order == ["due times", "start"]


def epolls() -> int:
    names = Path("/proc/self/fd").iterdir()
    return sum(str(one.readlink()) == "anon_inode:[eventpoll]" for one in names if one.is_symlink())


def test_a_start_that_is_never_given_leaves_nothing_behind() -> None:
    def start() -> float:
        raise EOFError

    plan = LoadPlan((Request("GET", "http://127.0.0.1:9/"),), ONE_A_MS)
    before = epolls(), gc.get_freeze_count()
    with pytest.raises(EOFError) as raised:
        run_here(plan, start=start)
    assert (epolls(), gc.get_freeze_count()) == before
    assert gc.isenabled()
    assert raised.value is not None


def test_a_run_that_is_stopped_before_its_start_sends_nothing() -> None:
    def start() -> float:
        raise StoppedBeforeStartError("changed my mind")

    arrived: list[int] = []
    with serving(lambda peer: arrived.append(peer.number)) as url:
        result = run_here(LoadPlan((Request("GET", url),), ONE_A_MS), start=start)
    assert arrived == []
    assert [r.outcome for r in result.records] == [R.UNSENT] * 4
    assert {r.detail for r in result.records} == {result.aborted} == {"changed my mind"}
    assert gc.isenabled()
