"""Child processes: what is said of one that does not become ready."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from golive_demo.processes import Child, StartError, fetch, free_port, listening_socket


def start(tmp_path: Path, code: str) -> Child:
    return Child("worker", [sys.executable, "-c", code], log=tmp_path / "log", env={})


def test_one_that_ends_is_named_with_its_log(tmp_path: Path) -> None:
    child = start(tmp_path, "print('the reason'); raise SystemExit(3)")
    with pytest.raises(StartError, match="worker ended with code 3") as caught:
        child.wait_ready(f"http://127.0.0.1:{free_port()}/", 30)
    assert "the reason" in caught.value.log


def test_one_that_never_answers_is_given_up(tmp_path: Path) -> None:
    child = start(tmp_path, "import signal; signal.pause()")
    with pytest.raises(StartError, match="worker was not ready within"):
        child.wait_ready(f"http://127.0.0.1:{free_port()}/", 0.1)
    child.stop()
    assert child.exit_code() is not None


def test_one_that_ignores_the_request_to_end_is_killed(tmp_path: Path) -> None:
    code = (
        "import signal, http.server as h; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        "s = h.HTTPServer(('127.0.0.1', 0), h.SimpleHTTPRequestHandler);"
        "print(s.server_port, flush=True); s.serve_forever()"
    )
    child = start(tmp_path, code)
    while not (port := (tmp_path / "log").read_text(encoding="utf-8").strip()):
        child.require_running()
    child.wait_ready(f"http://127.0.0.1:{port}/", 30)
    child.stop(grace_s=0.1)
    assert child.exit_code() == -9


def test_a_listener_that_does_not_speak_http_is_not_ready() -> None:
    with listening_socket() as listener:
        listener.listen()
        assert fetch(f"http://127.0.0.1:{listener.getsockname()[1]}/") is None
