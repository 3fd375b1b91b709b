"""What is read without ngxparse is read as ngxparse reads it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import crossplane
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from golive.sources.nginx_plain import DEPTH, statements

FRONT = Path(__file__).parents[3] / "examples/golive_demo/release/nginx/nginx.conf"
TEXT = """events {}
http {
    map $a "$b" { default x; "" 'y;z'; ~*\\.php$ "{}"; }
    server {
        listen 80;  # all
        if ($a = "x y") { return 444; }
        location ~ \\.(js|css)$ { proxy_pass http://up${b}c/; }
        add_header X a"b#c;
    }
}
"""
PIECES = (
    *("{", "}", ";", " ", "\n", "\r\n", "#c", "# c\n", '"', "'", "\\", '\\"', "\\\n", "\\{"),
    *("$", "${", "${a}", "}${b}", "$a", "(", ")", "if ($a)", "if", "\\d{2}", "\xa0", "gzip on;"),
    *("http {", "server {", "location / {", "listen 80;", '"a b"', "'x;y'", "default", "text/html"),
)


def of_ngxparse(text: str) -> tuple[list[Any], Any]:
    payload = crossplane.parse_string(text, filename="nginx.conf", single=True)
    return payload["errors"], payload["config"][0]["parsed"]


def check(text: str) -> None:
    found = statements(text)
    if found is not None:
        assert ([], found) == of_ngxparse(text)


@pytest.mark.parametrize("text", [TEXT, FRONT.read_text(encoding="utf-8"), ""])
def test_a_plain_configuration_needs_no_other_reader(text: str) -> None:
    assert statements(text) is not None
    check(text)


@pytest.mark.parametrize(
    "text",
    [
        "http { content_by_lua_block { if a then } }",
        'http { add_header X "a\\"b"; }',
        "http { log_format main '$a' # first\n '$b'; }",
        "http {",
        "http {} }",
        "listen 80",
        "http { gzip 1 2; }",
        "; http {}",
        "http { return ${a b}; }",
        "a {" * (DEPTH + 2) + "}" * (DEPTH + 2),
    ],
)
def test_what_is_not_plain_or_not_right_is_left_to_ngxparse(text: str) -> None:
    assert statements(text) is None


@given(st.lists(st.sampled_from(PIECES), max_size=16), st.booleans())
@example(["http {", "if ($a)", "{", "}", "}"], True)
def test_pieces_in_any_order_are_read_as_ngxparse_reads_them(
    pieces: list[str], apart: bool
) -> None:
    check((" " if apart else "").join(pieces))


@given(st.integers(0, len(TEXT)), st.integers(0, 6), st.sampled_from(("", *PIECES)))
def test_a_slip_of_the_pen_is_read_as_ngxparse_reads_it(at: int, less: int, more: str) -> None:
    check(TEXT[:at] + more + TEXT[at + less :])
