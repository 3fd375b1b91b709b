"""``golive probe sse`` against streams of every kind, as a user starts it."""

from __future__ import annotations

import hashlib
import json
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from golive.cli.probe_document import ProbeDocument, Role
from golive.codec import decode
from tests.cli.probe_server import Server, probe_server

Golive = Callable[..., subprocess.CompletedProcess[str]]
CONTENT = ("--field", "delta")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with probe_server() as running:
        yield running


def document(done: subprocess.CompletedProcess[str]) -> ProbeDocument:
    return decode(ProbeDocument, json.loads(done.stdout))


def no_control_characters(text: str) -> bool:
    return not any(c in text for c in "\x1b\x07\x9b\u202e\u202c")


def test_a_complete_stream_is_shown_piece_by_piece_and_summed_up(
    golive: Golive, server: Server
) -> None:
    done = golive("probe", "sse", server.url("/stream"), *CONTENT)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    roles = ("retry", "comment", "event", "content", "content", "content", "end")
    places = [next(i for i, text in enumerate(lines) if f"  {roles[0]}" in text)]
    shown = lines[places[0] : places[0] + len(roles)]
    assert [text.split()[2] for text in shown] == list(roles)
    assert "id=2" in shown[4]
    assert '{"delta": " two"}' in shown[4]
    text = done.stdout
    for part in ("HTTP/1.1 200", "content-type: text/event-stream", "first content", "complete"):
        assert part in text
    assert hashlib.sha256(b"One two three").hexdigest() in text
    assert "before the first content: do not judge" in text


def test_json_is_one_valid_document_and_the_pieces_go_to_stderr(
    golive: Golive, server: Server
) -> None:
    done = golive("probe", "sse", server.url("/stream"), *CONTENT, "-o", "json")
    assert done.returncode == 0
    assert '{"delta": "One"}' in done.stderr
    doc = document(done)
    assert doc.schema == "golive-probe-sse/1"
    assert doc.outcome == "ok"
    assert [p.role for p in doc.pieces][:3] == [Role.RETRY, Role.COMMENT, Role.EVENT]
    clocks = doc.clocks
    order = (clocks.headers, clocks.first_comment, clocks.first_event, clocks.first_content)
    assert None not in order
    assert list(order) == sorted(order, key=lambda at: at or 0.0)
    assert clocks.first_content is not None
    assert clocks.last_content is not None
    assert clocks.terminal is not None
    # The last two may come in one read, which has one time stamp.
    assert clocks.first_content < clocks.last_content <= clocks.terminal
    assert (doc.events, doc.content.events, doc.heartbeats, doc.retry_ms) == (5, 3, 1, 3000)
    assert doc.content.characters == len("One two three")
    assert doc.silence.n == 2


def test_a_stream_without_its_end_is_a_failure_with_a_hint(golive: Golive, server: Server) -> None:
    done = golive("probe", "sse", server.url("/truncated"), *CONTENT)
    assert done.returncode == 1
    assert "truncated" in done.stdout
    assert "--end-event" in done.stdout


def test_comments_alone_are_no_answer(golive: Golive, server: Server) -> None:
    done = golive("probe", "sse", server.url("/comments"))
    assert done.returncode == 1
    assert "2 comments and no event" in done.stdout
    assert "never" in done.stdout


def test_events_that_share_a_read_are_marked_and_counted(golive: Golive, server: Server) -> None:
    text = golive("probe", "sse", server.url("/shared"), *CONTENT)
    assert text.returncode == 0
    assert text.stdout.count("″") == 2
    assert "all content came at once" in text.stdout
    doc = document(golive("probe", "sse", server.url("/shared"), *CONTENT, "-o", "json"))
    assert (doc.shared_events, doc.shared_content) == (3, 3)
    assert [p.same_read for p in doc.pieces] == [False, True, True, False]


@pytest.mark.parametrize("shape", ["text", "json"])
@pytest.mark.parametrize("path", ["/hostile", "/broken"])
def test_what_a_server_says_cannot_move_the_cursor(
    golive: Golive, server: Server, path: str, shape: str
) -> None:
    done = golive("probe", "sse", server.url(path), "-o", shape)
    assert no_control_characters(done.stdout)
    assert no_control_characters(done.stderr)
    assert "[/red]" in done.stdout
    assert "Traceback (most recent" not in done.stderr


def test_a_page_instead_of_a_stream_says_so_and_quotes_it(golive: Golive, server: Server) -> None:
    done = golive("probe", "sse", server.url("/html"))
    assert done.returncode == 1
    assert "text/html instead of text/event-stream" in done.stdout
    assert "Sign in" in done.stdout


def test_a_server_error_is_a_failure(golive: Golive, server: Server) -> None:
    doc = document(done := golive("probe", "sse", server.url("/broken"), "-o", "json"))
    assert done.returncode == 1
    assert doc.answer is not None
    assert (doc.answer.status, doc.outcome) == (500, "status")


def test_nobody_there_is_nothing_seen(golive: Golive) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}/"
        done = golive("probe", "sse", url)
    assert done.returncode == 3
    assert "refused" in done.stdout


def test_silence_until_the_time_limit_is_nothing_seen(golive: Golive, server: Server) -> None:
    doc = document(
        done := golive("probe", "sse", server.url("/silent"), "--timeout", "300ms", "-o", "json")
    )
    assert done.returncode == 3
    assert (doc.outcome, doc.answer) == ("timeout", None)


def test_a_preset_knows_the_content_and_the_end(golive: Golive, server: Server) -> None:
    done = golive("probe", "sse", server.url("/openai"), "--preset", "openai", "-o", "json")
    doc = document(done)
    assert (done.returncode, doc.content.characters) == (0, len("Hi"))
    without = golive("probe", "sse", server.url("/openai"))
    assert without.returncode == 1
    assert "--preset openai" in without.stdout


def test_the_expected_text_is_compared_whole(
    golive: Golive, server: Server, tmp_path: Path
) -> None:
    (tmp_path / "answer.txt").write_text("One two three", encoding="utf-8")
    url = server.url("/stream")
    right = golive("probe", "sse", url, *CONTENT, "--expect-text", "@answer.txt")
    assert right.returncode == 0
    assert "the expected text" in right.stdout
    wrong = golive("probe", "sse", url, *CONTENT, "--expect-text", "One two")
    assert wrong.returncode == 1
    assert "not the expected text" in wrong.stdout


def test_fewer_pieces_can_be_shown_and_all_are_counted(golive: Golive, server: Server) -> None:
    done = golive("probe", "sse", server.url("/stream"), *CONTENT, "--max-events", "2")
    assert done.returncode == 0
    assert "and 5 more that are not shown" in done.stdout
    assert '{"delta"' not in done.stdout
    assert hashlib.sha256(b"One two three").hexdigest() in done.stdout


@pytest.mark.parametrize("how", ["header", "token"])
@pytest.mark.parametrize("shape", ["text", "json"])
def test_a_credential_is_sent_and_never_shown(
    golive: Golive, server: Server, how: str, shape: str
) -> None:
    secret = "canary-5f0c2ab9d1"
    given = {
        "header": ("-H", f"Authorization: Bearer {secret}"),
        "token": ("--token", "env:CANARY"),
    }[how]
    done = golive("probe", "sse", server.url("/echo"), *given, "-o", shape, CANARY=secret)
    assert f"Authorization: Bearer {secret}" in server.heads[-1]
    assert done.returncode == 1
    assert secret not in done.stdout + done.stderr
    assert "***" in done.stdout


def test_a_body_makes_it_a_post(golive: Golive, server: Server, tmp_path: Path) -> None:
    (tmp_path / "body.json").write_text('{"prompt": "가"}', encoding="utf-8")
    done = golive("probe", "sse", server.url("/stream"), "-d", "@body.json")
    assert done.returncode == 0
    assert server.heads[-1].startswith("POST /stream")
    assert json.loads(server.bodies[-1]) == {"prompt": "가"}
    golive("probe", "sse", server.url("/stream"), "-d", "{}", "-X", "put")
    assert server.heads[-1].startswith("PUT /stream")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("ftp://127.0.0.1/",), "http or https"),
        (("http://user:hunter22@127.0.0.1/",), "credentials"),
        (("http://127.0.0.1/", "-d", "{"), "not JSON"),
        (("http://127.0.0.1/", "-d", "@missing.json"), "missing.json"),
        (("http://127.0.0.1/", "-H", "no-colon-hunter22"), "without a colon"),
        (("http://127.0.0.1/", "-H", "Authorization: hunter22\nb"), "control character"),
        (("http://127.0.0.1/", "--token", "hunter22"), "env:NAME"),
        (("http://127.0.0.1/", "--token", "env:NOT_SET"), "NOT_SET"),
        (("http://127.0.0.1/", "--timeout", "5"), "5s"),
        (("http://127.0.0.1/", "--ca", "missing.pem"), "missing.pem"),
        (("https://127.0.0.1/", "--ca", "empty.pem"), "empty.pem"),
    ],
)
def test_wrong_options_are_told_and_nothing_is_sent(
    golive: Golive, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    (tmp_path / "empty.pem").touch()
    done = golive("probe", "sse", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert "hunter22" not in done.stderr
    assert "internal error" not in done.stderr


def test_an_interrupt_prints_what_was_seen_so_far(server: Server) -> None:
    server.asked.clear()
    with subprocess.Popen(
        [sys.executable, "-m", "golive.cli", "probe", "sse", server.url("/held"), *CONTENT],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert any('{"delta": "One"}' in line for line in process.stdout)
        process.send_signal(signal.SIGINT)
        rest, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert rest.lstrip().startswith("interrupted")
    assert "first content" in rest
    assert "Traceback" not in errors
