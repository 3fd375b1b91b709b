"""``golive load`` against loopback servers, as a user starts it."""

from __future__ import annotations

import json
import math
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from golive.cli.load_summary import LoadDocument
from golive.codec import decode
from golive.stats import Outcome
from tests.cli.probe_server import Server, probe_server
from tests.cli.test_startup import HEAVY, modules_after

Golive = Callable[..., subprocess.CompletedProcess[str]]
FAST = ("--rate", "50", "--warmup", "0s")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with probe_server() as running:
        yield running


def document(done: subprocess.CompletedProcess[str]) -> LoadDocument:
    return decode(LoadDocument, json.loads(done.stdout))


def counts(doc: LoadDocument) -> dict[str, int]:
    return {found.outcome: found.count for found in doc.outcomes}


def test_a_claim_that_is_proven_ends_with_0(golive: Golive, server: Server) -> None:
    done = golive(
        "load", server.url("/quick"), "--field", "delta", "--rate", "50", "--count", "80",
        "--warmup", "200ms", "--threshold", "30s",
    )  # fmt: skip
    assert done.returncode == 0
    assert "PROVEN  at least 95% of requests bring their first content within 30 s" in done.stdout
    assert "80 of 80 requests judged; 10 warm-up requests are not among them" in done.stdout
    for part in ("bound, 95 % sure", "goodput", "kernel time stamps", "stalls", "allowed by"):
        assert part in done.stdout
    assert "sent" in done.stderr
    assert "\x1b" not in done.stdout + done.stderr


def test_json_is_one_valid_document_with_every_figure(golive: Golive, server: Server) -> None:
    done = golive(
        "load", server.url("/stream"), "--field", "delta", *FAST, "--count", "60",
        "--threshold", "30s", "--objective", "90%", "-o", "json",
    )  # fmt: skip
    assert done.returncode == 0
    doc = document(done)
    assert doc.schema == "golive-load/1"
    assert counts(doc) == {"ok": 60}
    clocks = {spread.name: spread for spread in doc.spreads}
    names = ["headers", "first byte", "first event", "first content", "whole stream"]
    assert list(clocks) == names
    assert [spread.maximum for spread in doc.spreads] == sorted(s.maximum for s in doc.spreads)
    first, whole = clocks["first content"], clocks["whole stream"]
    assert (first.n, first.never) == (60, 0)
    assert sum(bucket.count for bucket in first.buckets) == 60
    by_q = {q.q: q for q in first.quantiles}
    assert by_q[0.5].value <= by_q[0.95].value <= first.maximum <= whole.maximum
    assert by_q[0.5].value <= by_q[0.5].upper_bound <= by_q[0.95].upper_bound
    assert by_q[0.99].upper_bound == math.inf
    assert doc.gaps is not None
    assert doc.gaps.n == sum(bucket.count for bucket in doc.gaps.buckets) == 120
    assert (doc.events, doc.heartbeats) == (300, 60)
    assert doc.statement is not None
    assert (doc.statement.outcome, doc.statement.n) == (Outcome.PROVEN, 60)
    assert doc.goodput is not None
    assert doc.goodput > 0
    assert doc.own.calibration_problem == ""
    assert doc.own.floor_p99 < math.inf


def test_too_few_requests_leave_it_undecided(golive: Golive, server: Server) -> None:
    done = golive("load", server.url("/ok"), *FAST, "--count", "20", "--threshold", "30s")
    assert done.returncode == 3
    assert "UNDECIDED" in done.stdout
    assert "39 more requests would prove it" in done.stdout


def test_failures_are_infinite_and_refute(golive: Golive, server: Server) -> None:
    url = server.url("/flaky")
    done = golive("load", url, *FAST, "--count", "40", "--threshold", "30s")
    assert done.returncode == 1
    assert "REFUTED" in done.stdout
    assert "∞" in done.stdout
    assert "503 × 20" in done.stdout
    doc = document(golive("load", url, *FAST, "--count", "40", "--objective", "95%", "-o", "json"))
    assert counts(doc) == {"ok": 20, "status": 20}
    assert doc.spreads[0].never == 20
    assert doc.spreads[0].maximum == math.inf
    assert doc.spreads[0].buckets[-1].le == math.inf
    assert doc.statement is not None
    assert doc.statement.failures == doc.statement.charged == 20


def test_time_outs_are_infinite_too(golive: Golive, server: Server) -> None:
    done = golive(
        "load", server.url("/silent"), *FAST, "--count", "8", "--timeout", "300ms", "-o", "json"
    )
    doc = document(done)
    assert done.returncode == 1
    assert counts(doc) == {"timeout": 8}
    assert all(q.value == math.inf for q in doc.spreads[0].quantiles)


def test_a_refused_connection_is_an_outcome(golive: Golive) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}/"
        done = golive("load", url, *FAST, "--count", "10", "-o", "json")
    assert done.returncode == 1
    assert counts(document(done)) == {"refused": 10}


@pytest.mark.parametrize(
    ("path", "outcome"), [("/truncated", "truncated"), ("/html", "not-a-stream")]
)
def test_what_is_no_whole_stream_fails(
    golive: Golive, server: Server, path: str, outcome: str
) -> None:
    done = golive("load", server.url(path), "--sse", *FAST, "--count", "5", "-o", "json")
    assert done.returncode == 1
    assert counts(document(done)) == {outcome: 5}


def test_a_threshold_below_the_instruments_own_error_is_void(
    golive: Golive, server: Server
) -> None:
    done = golive("load", server.url("/ok"), *FAST, "--count", "80", "--threshold", "0.1ms")
    assert done.returncode == 3
    assert "VOID" in done.stdout
    assert "PROVEN" not in done.stdout


def test_a_closed_loop_has_users_and_says_what_it_hides(golive: Golive, server: Server) -> None:
    done = golive("load", server.url("/ok"), "--users", "3", "--count", "12", "-o", "json")
    doc = document(done)
    assert done.returncode == 0
    assert (doc.sent.arrival, doc.sent.users, doc.warmup) == ("closed", 3, 3)
    assert counts(doc) == {"ok": 12}
    assert any("closed loop" in remark for remark in doc.remarks)
    assert doc.statement is None


def test_hostile_answers_and_credentials_stay_out_of_both_outputs(
    golive: Golive, server: Server
) -> None:
    secret = "canary-77aa01c2"
    for shape in ("text", "json"):
        done = golive(
            "load", server.url("/echo"), "--sse", *FAST, "--count", "3", "-o", shape,
            "-H", f"Authorization: Bearer {secret}",
        )  # fmt: skip
        assert f"Bearer {secret}" in server.heads[-1]
        assert secret not in done.stdout + done.stderr
        assert "stream-error" in done.stdout
        hostile = golive("load", server.url("/broken"), *FAST, "--count", "3", "-o", shape)
        assert "[/red]" in hostile.stdout
        assert not any(c in hostile.stdout for c in "\x1b\x07\x9b\u202e")


def test_a_host_that_nobody_authorised_is_sent_nothing(golive: Golive, tmp_path: Path) -> None:
    done = golive("load", "http://192.0.2.7/", "--count", "1")
    assert (done.returncode, done.stdout) == (2, "")
    assert "Nobody has authorised" in done.stderr
    assert "--config" in done.stderr
    (tmp_path / "golive.yaml").write_text(
        "apiVersion: golive/v1\nservice: {name: x, version: v1}\n"
        "authorisations:\n  - {hosts: [192.0.2.7], allows: [fault], by: Kim, until: 2999-01-01}\n",
        encoding="utf-8",
    )
    done = golive("load", "http://192.0.2.7/", "--count", "1", "--config", "golive.yaml")
    assert (done.returncode, done.stdout) == (2, "")
    assert "allows: [load]" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--users", "2"), "--count"),
        (("--users", "2", "--count", "5", "--rate", "3"), "no rate"),
        (("--users", "2", "--arrival", "poisson"), "--arrival closed"),
        (("--count", "5", "--duration", "3s"), "exclude each other"),
        (("--rate", "0"), "above 0"),
        (("--rate", "nan"), "above 0"),
        (("--start-rate", "1"), "ramp"),
        (("--threshold", "2"), "2s"),
        (("--objective", "100%"), "no finite sample"),
        (("--objective", "95"), "95%"),
        (("--plain", "--preset", "openai"), "--plain"),
        (("--duration", "9h"), "more than 6 h"),
        (("--rate", "99999999"), "count"),
        (("--scheduler", "not-an-address"), "tcp://"),
    ],
)
def test_wrong_options_are_told_and_nothing_is_sent(
    golive: Golive, server: Server, arguments: tuple[str, ...], said: str
) -> None:
    before = len(server.heads)
    done = golive("load", server.url("/ok"), *arguments)
    assert done.stdout == ""
    assert done.returncode in (2, 3)
    assert said in done.stderr
    assert "internal error" not in done.stderr
    assert len(server.heads) == before


def started(server: Server, *arguments: str) -> subprocess.Popen[str]:
    server.asked.clear()
    process = subprocess.Popen(
        [sys.executable, "-m", "golive.cli", "load", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert server.asked.wait(60)
    return process


def test_an_interrupt_reports_what_was_seen_so_far(server: Server) -> None:
    with started(server, server.url("/held"), "--sse", *FAST, "--threshold", "30s", "-o", "json"
                 ) as process:  # fmt: skip
        process.send_signal(signal.SIGINT)
        out, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "stopping" in errors
    assert "Traceback" not in errors
    doc = decode(LoadDocument, json.loads(out))
    assert doc.interrupted
    assert doc.statement is not None
    assert doc.statement.outcome is Outcome.UNDECIDED
    assert doc.statement.charged == 0
    assert set(counts(doc)) <= {"unfinished", "unsent"}


def test_a_worker_that_dies_is_named_and_proves_nothing(server: Server) -> None:
    with started(
        server, server.url("/ok"), "--rate", "40", "--duration", "5s", "--workers", "2",
        "--threshold", "30s",
    ) as process:  # fmt: skip
        listed = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text("ascii")
        children = [int(pid) for pid in listed.split()]
        assert len(children) == 2
        os.kill(children[0], signal.SIGKILL)
        out, _ = process.communicate(timeout=60)
    assert process.returncode == 3
    assert "UNDECIDED" in out
    assert "worker lost" in out
    assert "SIGKILL" in out


@pytest.mark.parametrize("command", [("load",), ("probe", "sse")], ids=" ".join)
def test_help_needs_no_engine(command: tuple[str, ...]) -> None:
    modules = modules_after(*command, "--help")
    assert "golive.cli.main" in modules
    assert not (HEAVY | {"ddsketch", "distributed", "golive.probe", "golive.stats"}) & modules
