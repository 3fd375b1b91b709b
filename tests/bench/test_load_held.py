"""What is not really held, or not really read, gives no figure: for golive as for its peers."""

import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))  # bench is no package, and not installed

from bench.load.aims import judged  # noqa: E402
from bench.load.catalogue import catalogue  # noqa: E402
from bench.load.clients.measure import TICK, Edges, Task  # noqa: E402
from bench.load.figures import Client, NoFigureError, Options, Report  # noqa: E402
from bench.load.machine import this_machine  # noqa: E402
from bench.load.measures import Measure, asked, not_held, reduced  # noqa: E402
from bench.load.processes import Programs, ask, compiled, serving  # noqa: E402
from bench.load.table import text  # noqa: E402

CORE = min(os.sched_getaffinity(0))
OPTIONS = Options(streams=100, rate=10.0, held=200, held_rate=0.2)
MODULE = "bench.load.clients."


@pytest.fixture(scope="module")
def programs() -> Programs:
    return compiled()


def command(programs: Programs, key: str) -> tuple[str, ...]:
    if key == "reference":
        return (str(programs.reference),)
    library, _, loop = key.partition("-")
    fixed = (sys.executable, "-m", f"{MODULE}{library}_client")
    return (*fixed, f"loop={loop}") if loop else fixed


@pytest.fixture
def silent() -> Iterator[int]:
    """A port whose connections stand, and which answers nothing."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        yield listener.getsockname()[1]


@pytest.mark.parametrize(
    "key", ["reference", "golive", "aiohttp", "aiohttp-uvloop", "httpx", "httpx-uvloop"]
)
def test_a_stream_without_a_response_head_is_not_open(
    programs: Programs, silent: int, key: str
) -> None:
    given = (f"port={silent}", "path=/sse", "streams=5", "seconds=0.1", "warm=0.3")
    (answer,) = ask([(*command(programs, key), *given)], CORE, 30)
    assert answer.failure == ""
    found = answer.figures()
    assert (found["opened"], found["events"]) == (0, 0)
    with pytest.raises(NoFigureError):
        reduced(Measure.HELD, OPTIONS, [found])


@pytest.mark.parametrize("key", ["reference", "golive"])
def test_requests_that_nobody_answers_give_no_rate(
    programs: Programs, silent: int, key: str
) -> None:
    given = ("mode=get", f"port={silent}", "streams=5", "seconds=0.1", "warm=0.3")
    (answer,) = ask([(*command(programs, key), *given)], CORE, 30)
    with pytest.raises(NoFigureError, match="no request was answered"):
        reduced(Measure.GET, OPTIONS, [answer.figures()])


@pytest.mark.parametrize("key", ["aiohttp-uvloop", "httpx-uvloop"])
def test_a_peer_counts_the_same_under_the_faster_loop(programs: Programs, key: str) -> None:
    with serving(programs.server, CORE) as server:
        given = (f"port={server.port}", "path=/sse?rate=200&events=7", "streams=6", "whole=1")
        (answer,) = ask([(*command(programs, key), *given)], CORE, 30)
    assert answer.failure == ""
    found = answer.figures()
    assert found["all_events"] == server.written == 42
    assert "uvloop" in str(found["version"])


def test_the_window_does_not_wait_for_reports_of_progress(programs: Programs) -> None:
    never = (
        "import runpy; from golive.probe.load import here; here.PROGRESS_S = 3600.0;"
        f" runpy.run_module('{MODULE}golive_client', run_name='__main__')"
    )
    with serving(programs.server, CORE) as server:
        given = (f"port={server.port}", "path=/sse?rate=50", "streams=5", "seconds=0.1", "warm=2")
        (answer,) = ask([(sys.executable, "-c", never, *given)], CORE, 20)
    assert answer.failure == ""
    found = answer.figures()
    assert found["opened"] == 5
    assert isinstance(found["events"], int)
    assert found["events"] > 0


def test_a_window_opens_and_closes_only_on_a_client_that_has_its_core() -> None:
    edges = Edges(Task(streams=5, seconds=1.0, warm=50.0), now=0.0)
    step = TICK
    assert not edges.opens(step, answered=4)
    assert not edges.opens(2 * step, answered=5)  # all are open: what opening left is settled
    assert not edges.opens(0.9, answered=5)  # it was away: what came meanwhile is unread
    assert not edges.opens(0.9 + step, answered=5)
    assert not edges.opens(0.9 + 2 * step, answered=5)
    assert edges.opens(0.9 + 3 * step, answered=5)
    ticks = [1.0 + n * step for n in range(1, 10)]
    assert not any(edges.closes(now, since=1.0) for now in ticks)  # too early
    assert not edges.closes(2.1, since=1.0)  # late enough, but it was away
    assert not edges.closes(2.1 + 2 * step, since=1.0)
    assert [edges.closes(2.1 + n * step, since=1.0) for n in (3, 4, 5)] == [False, False, True]


def test_a_window_opens_and_closes_at_the_latest() -> None:
    edges = Edges(Task(streams=5, seconds=1.0, warm=3.0), now=0.0)
    away = 0.5  # never on its core for two ticks together
    times = [away * n for n in range(1, 40)]
    opened = next(now for now in times if edges.opens(now, answered=0))
    assert 3.0 <= opened <= 5.0
    closed = next(now for now in times if now > opened and edges.closes(now, since=opened))
    assert 1.0 <= closed - opened <= 3.0


def answer(seconds: float, share: float = 1.0, opened: int = 100, **more: float) -> dict[str, Any]:
    """One of two processes that hold 100 streams each at 0.2 events/s."""
    events = round(opened * OPTIONS.held_rate * seconds * share)
    found = {"seconds": seconds, "events": events, "cpu_seconds": 0.1, "opened": opened}
    return {**found, "broken": 0, "memory_bytes": 1e6, **more}


def test_each_process_is_measured_by_its_own_window() -> None:
    found = reduced(Measure.HELD, OPTIONS, [answer(5.0), answer(10.0)])
    assert found["held_events_share"] == pytest.approx(1.0)
    assert found["held_streams"] == 200
    assert found["held_cpu_share"] == pytest.approx(0.1 / 5 + 0.1 / 10)


@pytest.mark.parametrize(
    ("second", "reason"),
    [
        ({"share": 0.97}, "98.5% of the events came, 99% are needed"),
        ({"opened": 99}, "199 of 200 streams were open"),
        ({"broken": 1}, "1 stream broke"),
    ],
)
def test_what_was_not_held_is_refused_with_the_reason(
    second: dict[str, float], reason: str
) -> None:
    later: dict[str, Any] = {"seconds": 10.0, **second}
    with pytest.raises(NoFigureError, match=reason):
        reduced(Measure.HELD, OPTIONS, [answer(10.0), answer(**later)])


def one_stream_run(**other: float) -> dict[str, Any]:
    found = {"seconds": 2.0, "events": 2000, "cpu_seconds": 0.1, "opened": 100}
    return {**found, "broken": 0, "memory_bytes": 1e6, **other}


def test_memory_of_streams_that_were_not_read_is_refused_and_nothing_else() -> None:
    whole = one_stream_run()
    assert reduced(Measure.STREAM, OPTIONS, [whole])["kb_per_stream"] == pytest.approx(10.0)
    assert not_held(Measure.STREAM, OPTIONS, [whole]) == ""
    for lacking in ({"events": 1970}, {"opened": 99}, {"broken": 1}):
        run = one_stream_run(**lacking)
        found = reduced(Measure.STREAM, OPTIONS, [run])
        assert "kb_per_stream" not in found
        assert not_held(Measure.STREAM, OPTIONS, [run])
        assert found["cpu_us_per_event"] > 0


def test_the_held_window_is_one_event_of_every_stream() -> None:
    how = asked(Measure.HELD, OPTIONS)
    assert all("seconds=5.0" in given for given in how.arguments)


def report_of(**figures: list[float]) -> Report:
    clients = [Client("golive", "golive", figures=figures)]
    return Report(this_machine("gcc"), OPTIONS, clients)


@pytest.mark.parametrize(
    ("shares", "streams", "met"),
    [
        ([1.0, 0.99, 1.001], [200.0] * 3, "met"),
        ([1.0, 0.931, 0.999], [200.0] * 3, "not measured"),
        ([1.0, 1.0, 1.0], [200.0, 200.0, 199.0], "not measured"),
    ],
)
def test_every_round_that_is_shown_must_have_held_them_all(
    shares: list[float], streams: list[float], met: str
) -> None:
    report = report_of(held_streams=streams, held_events_share=shares, held_kb_per_stream=[1.3] * 3)
    aims = {aim.name: aim.met.value for aim in judged(report)}
    assert aims["memory a stream, all streams on one core"] == met


def test_the_best_peer_is_the_better_of_both_loops() -> None:
    report = report_of(cpu_us_per_event=[20.0])
    report.clients += [
        Client("aiohttp", "aiohttp", figures={"cpu_us_per_event": [41.0]}),
        Client("aiohttp-uvloop", "aiohttp, uvloop", figures={"cpu_us_per_event": [39.0]}),
    ]
    aims = {aim.name: aim for aim in judged(report)}
    against = aims["CPU an event, against the best SSE peer"]
    assert against.figure == pytest.approx(20 / 39)
    assert against.met.value == "not met"


def test_a_faster_loop_that_is_not_installed_is_listed(programs: Programs) -> None:
    entries = {entry.client.key: entry for entry in catalogue(programs, None)}
    for key in ("aiohttp-uvloop", "httpx-uvloop"):
        assert entries[key].client.missing == "not installed"
        assert entries[key].measures == ()


def test_a_refused_row_is_named_with_its_reason() -> None:
    report = report_of(cpu_us_per_event=[20.0])
    report.clients[0].failures.append("held: only 93.1% of the events came, 99% are needed")
    assert "golive, FAILED: held: only 93.1% of the events came, 99% are needed" in text(report)


def test_the_environment_of_the_peers_pins_the_faster_loop() -> None:
    pinned = (ROOT / "requirements/bench.txt").read_text(encoding="utf-8")
    assert "\nuvloop==" in pinned
