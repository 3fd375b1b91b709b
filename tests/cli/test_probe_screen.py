"""Colour only where a terminal wants it."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

import pytest

from golive.cli.probe_screen import duration, line, plain, share, size
from tests.cli.probe_server import probe_server

GREEN = "\x1b[32m"


def on_a_terminal(url: str, **environment: str) -> str:
    """What the program writes to a terminal."""
    ours, theirs = pty.openpty()
    env = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR")}
    with subprocess.Popen(
        [sys.executable, "-m", "golive.cli", "probe", "sse", url, "--field", "delta"],
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
        env={**env, "TERM": "xterm-256color", "COLUMNS": "160", **environment},
    ):
        os.close(theirs)
        said = b""
        try:
            while data := os.read(ours, 4096):
                said += data
        except OSError:  # the terminal's way to say that nobody writes any more
            pass
    os.close(ours)
    return said.decode()


@pytest.mark.parametrize(
    ("environment", "coloured", "plain_text"),
    [({}, True, False), ({"NO_COLOR": "1"}, False, False), ({"TERM": "dumb"}, False, True)],
)
def test_a_terminal_is_asked_what_it_wants(
    environment: dict[str, str], coloured: bool, plain_text: bool
) -> None:
    with probe_server() as server:
        said = on_a_terminal(server.url("/stream"), **environment)
    assert "complete" in said
    assert '{"delta": "One"}' in said
    assert (GREEN in said) is coloured
    assert ("\x1b" not in said) is plain_text


def test_figures_are_rounded_up_and_never_shorten_a_time() -> None:
    assert duration(0.0123401) == "12.4 ms"
    assert duration(2.0) == "2 s"
    assert duration(2.0000001) == "2.01 s"
    assert duration(float("inf")) == "∞"
    assert duration(None) == "-"
    assert share(9999, 10_000) == "99.99 %"
    assert share(1, 0) == "-"
    assert size(1_500_000) == "1.5 MB"


def test_nothing_is_markup() -> None:
    assert plain([line("[bold]x[/]", ("  y  ", "red"))]) == "[bold]x[/]  y\n"
