"""The load benchmark counts what the server wrote, and judges by the figures alone.

Needs gcc, as the benchmark does: without it these tests fail and say so.
"""

import copy
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))  # bench is no package, and not installed

from bench.load.aims import judged  # noqa: E402
from bench.load.clients import tools  # noqa: E402
from bench.load.figures import NoFigureError, Options, from_json  # noqa: E402
from bench.load.measures import Measure, reduced  # noqa: E402
from bench.load.processes import Programs, Unavailable, ask, compiled, serving  # noqa: E402
from bench.load.table import text  # noqa: E402

STREAMS, EVENTS = 12, 25
HELD = 400
CORE = min(os.sched_getaffinity(0))
OURS = (sys.executable, "-m", "bench.load.clients.golive_client")


@pytest.fixture(scope="module")
def programs() -> Programs:
    return compiled()


def command(programs: Programs, client: str) -> tuple[str, ...]:
    return (str(programs.reference),) if client == "reference" else OURS


@pytest.mark.parametrize("client", ["reference", "golive"])
@pytest.mark.parametrize("rate", [200, 0])
def test_a_client_counts_exactly_what_the_server_wrote(
    programs: Programs, client: str, rate: int
) -> None:
    with serving(programs.server, CORE) as server:
        path = f"/sse?rate={rate}&events={EVENTS}"
        given = (f"port={server.port}", f"path={path}", f"streams={STREAMS}", "whole=1")
        (answer,) = ask([(*command(programs, client), *given)], CORE, 30)
    assert answer.failure == ""
    found = answer.figures()
    assert found["all_events"] == server.written == STREAMS * EVENTS
    assert (found["finished"], found["broken"]) == (STREAMS, 0)
    assert found["stamps"] == STREAMS * EVENTS


def test_streams_are_spread_over_the_processes_of_the_server(programs: Programs) -> None:
    with serving(programs.server, CORE, 2) as server:
        given = (f"port={server.port}", "path=/sse?rate=200&events=2", "streams=40", "whole=1")
        both = [(*command(programs, name), *given) for name in ("reference", "golive")]
        answers = ask(both, CORE, 30)
    assert [answer.figures()["all_events"] for answer in answers] == [80, 80]
    assert server.written == 160


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "bench/load/run.py", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    nowhere = tmp_path_factory.mktemp("peers") / "none"
    done = run(
        *("--quick", "--seconds", "0.4", "--streams", "200", "--held", str(HELD), "-o", "json"),
        *("--only", "reference,golive,aiohttp", "--as-is", "--peers", str(nowhere)),
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def client_of(report: dict[str, Any], key: str) -> dict[str, Any]:
    return next(client for client in report["clients"] if client["key"] == key)


def aims_of(report: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {aim["name"]: aim for aim in report["aims"]}


def read(report: dict[str, Any]) -> tuple[dict[str, str], str]:
    """What the benchmark says of a report that it is handed: its aims, and the table."""
    found = from_json(report)
    return {aim.name: aim.met.value for aim in judged(found)}, text(found)


def test_every_figure_of_those_who_ran_is_there(report: dict[str, Any]) -> None:
    wanted = {
        *("cpu_us_per_event", "error_p50_us", "error_p99_us", "kb_per_stream", "streams"),
        *("flood_events_per_s", "requests_per_s", "bias_3ms_ms", "bias_50ms_ms"),
        *("held_streams", "held_kb_per_stream", "held_events_share", "held_cpu_share"),
    }
    for key in ("reference", "golive"):
        client = client_of(report, key)
        # A machine that takes the core away for long enough is a reason to refuse, and told.
        refused = [note for note in client["failures"] if note.endswith("99% are needed")]
        assert client["failures"] == refused
        held = not any(note.startswith("held:") for note in refused)
        read = not any(note.startswith("stream, memory:") for note in refused)
        absent = {name for name in wanted if not held and name.startswith("held_")}
        assert wanted - set(client["figures"]) == absent | (set() if read else {"kb_per_stream"})
        assert client["medians"].get("held_streams") == (HELD if held else None)
        assert client["medians"]["streams"] == 200
        assert client["version"]
    assert client_of(report, "reference")["ratios_to_reference"]["cpu_us_per_event"] == 1


def test_who_is_absent_is_listed_and_has_no_figure(report: dict[str, Any], tmp_path: Path) -> None:
    absent = client_of(report, "aiohttp")
    assert absent["missing"] == "not installed"
    assert absent["figures"] == absent["medians"] == {}
    file = tmp_path / "report.json"
    file.write_text(json.dumps(report), encoding="utf-8")
    table = run("--read", str(file))
    assert table.returncode == 0, table.stderr
    assert "aiohttp: not installed" in table.stdout.splitlines()
    assert aims_of(report)["CPU an event, against the best SSE peer"]["met"] == "not measured"


@pytest.mark.parametrize(
    ("key", "figure", "values", "aim"),
    [
        ("golive", "cpu_us_per_event", (15.9, 16.1), "CPU an event, against the C reference"),
        ("aiohttp", "cpu_us_per_event", (32.2, 31.8), "CPU an event, against the best SSE peer"),
        ("golive", "error_p99_us", (20, 20.1), "time-stamp error p99 with kernel stamps"),
        ("golive", "held_kb_per_stream", (8, 8.1), "memory a stream, all streams on one core"),
        ("golive", "bias_3ms_ms", (-0.2, -0.3), "first-content bias at a true 3 ms"),
        ("golive", "bias_50ms_ms", (0.2, 0.3), "first-content bias at a true 50 ms"),
    ],
)
def test_a_doctored_figure_turns_its_aim(
    report: dict[str, Any],
    key: str,
    figure: str,
    values: tuple[float, float],
    aim: str,
) -> None:
    doctored = copy.deepcopy(report)
    client_of(doctored, "reference")["figures"]["cpu_us_per_event"] = [10.0]
    ours = {"cpu_us_per_event": [16.0], "held_streams": [HELD], "held_events_share": [1.0]}
    client_of(doctored, "golive")["figures"].update(ours)
    for value, met in zip(values, ("met", "not met"), strict=True):
        # Of three rounds the middle one counts.
        client_of(doctored, key)["figures"][figure] = [value, value - 50, value + 50]
        aims, table = read(doctored)
        assert aims[aim] == met
        line = next(line for line in table.splitlines() if line.startswith(aim))
        assert line.removeprefix(aim).strip().startswith(f"{met}  ")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("--only", "reference,nobody"), "no such client: nobody"),
        (("--rounds", "0"), "must be positive"),
        (("--read", "/nonexistent.json"), "No such file"),
        (("--read", "pyproject.toml"), "Expecting value"),
    ],
)
def test_what_cannot_be_done_is_refused(arguments: tuple[str, ...], reason: str) -> None:
    done = run("--as-is", "--peers", "/nonexistent", *arguments)
    assert done.returncode == 2
    assert reason in done.stderr
    assert done.stdout == ""


def test_memory_counts_only_when_all_streams_were_held(report: dict[str, Any]) -> None:
    doctored = copy.deepcopy(report)
    figures = client_of(doctored, "golive")["figures"]
    figures.update({"held_kb_per_stream": [1.3], "held_events_share": [1.0]})
    for held, met in ((HELD, "met"), (HELD - 1, "not measured")):
        figures["held_streams"] = [held]
        aims, _ = read(doctored)
        assert aims["memory a stream, all streams on one core"] == met


def test_a_client_that_hangs_is_ended_and_gives_no_figure() -> None:
    (answer,) = ask([("sleep", "60")], CORE, 0.2)
    assert answer.failure == "no answer within 0.2 s"
    with pytest.raises(NoFigureError):
        answer.figures()


def test_an_answer_without_events_gives_no_figure() -> None:
    empty = {"seconds": 1.0, "events": 0, "cpu_seconds": 0.1, "opened": 5, "broken": 0}
    with pytest.raises(NoFigureError, match="no event came"):
        reduced(Measure.STREAM, Options(), [{**empty, "memory_bytes": 0}])
    with pytest.raises(NoFigureError, match="has no memory_bytes"):
        reduced(Measure.STREAM, Options(), [{**empty, "events": 9}])


def test_without_a_compiler_the_reason_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Unavailable, match="gcc is missing"):
        compiled(tmp_path)


@pytest.mark.parametrize(
    ("key", "out", "rate"),
    [
        ("wrk", "  99 requests in 1s\nRequests/sec:  1234.50\n", 1234.5),
        ("oha", '{"summary": {"successRate": 1.0, "requestsPerSec": 1234.5}}', 1234.5),
        ("vegeta", '{"success": 1, "throughput": 1234.5}', 1234.5),
        ("k6", 'x {"metrics": {"http_reqs": {"values": {"rate": 1234.5}}}}', 1234.5),
    ],
)
def test_a_tool_is_read_by_what_it_prints(key: str, out: str, rate: float) -> None:
    tool = next(tool for tool in tools.TOOLS if tool.key == key)
    assert tool.rate(out) == rate


@pytest.mark.parametrize(
    ("key", "out"),
    [
        ("wrk", "Non-2xx or 3xx responses: 3\nRequests/sec:  1234.50\n"),
        ("wrk", "unable to connect"),
        ("oha", '{"summary": {"successRate": 0.99, "requestsPerSec": 1234.5}}'),
        ("vegeta", '{"success": 0.5, "throughput": 1234.5}'),
        ("k6", '{"metrics": {}}'),
    ],
)
def test_a_tool_that_was_not_answered_gives_no_figure(key: str, out: str) -> None:
    tool = next(tool for tool in tools.TOOLS if tool.key == key)
    with pytest.raises(NoFigureError):
        tool.rate(out)
