"""Go's regular expressions, held against Python's where both read the same."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from golive_gates.pipeline.scans.re2.matching import expression
from golive_gates.pipeline.scans.re2.tree import NotReadError

ATOMS = (
    "a", "b", "c", ".", "[ab]", "[^a]", r"\d", r"\w", r"\s", r"\b", r"\B", "^", "$", "1", r"\.",
    "(?:ab|c)", "(a|b)", "-", "[a-c1-]", "(?i:A)", "(?s:.)", "[]a]", r"[\d-]", "(?P<n>a)", r"\x61",
)  # fmt: skip
REPEATS = ("", "", "*", "+", "?", "{2}", "{0,2}", "{1,}", "+?", "*?")
PLACES = ("^", "$", r"\b", r"\B")
PARTS = st.tuples(st.sampled_from(ATOMS), st.sampled_from(REPEATS)).map(
    lambda part: part[0] if part[0] in PLACES else "".join(part)
)


@settings(deadline=None)
@given(
    st.lists(st.lists(PARTS, max_size=4).map("".join), min_size=1, max_size=3).map("|".join),
    st.text("abc1.-A\n ", min_size=1, max_size=8),  # Python has no \B in nothing
)
def test_it_finds_what_python_finds(pattern: str, text: str) -> None:
    # Python's $ also stands before a line end, and two groups cannot share a name.
    python = pattern.replace("$", r"\Z").replace("?P<n>", "")
    assert expression(pattern).found_in(text) is (re.search(python, text, re.ASCII) is not None)


@pytest.mark.parametrize(
    ("pattern", "yes", "no"),
    [
        (r"[[:alnum:]]{3}", "ab1", "a-b"),
        (r"[[:^digit:]]", "a", "1"),
        (r"\pL\p{Nd}", "é1", "1é"),
        (r"\Qa.b\E+", "a.bb", "axb"),
        (r"x(?i)ab|c", "xAB", "XAB"),
        (r"(?m)^b$", "a\nb\nc", "abc"),
        (r"a\z", "ba", "a\n"),
        (r"(?U)a+", "a", "b"),
        (r"a{,2}", "a{,2}", "aa"),
        (r"(?-s).", "a", "\n"),
        (r"\x{1F600}", "😀", "x"),
        (r"\101", "A", "B"),
    ],
)
def test_what_python_reads_otherwise(pattern: str, yes: str, no: str) -> None:
    assert expression(pattern).found_in(yes)
    assert not expression(pattern).found_in(no)


@pytest.mark.parametrize(
    "pattern",
    [
        *("(?=a)", "(?<!a)b", "(a", "a)", "*", "[b-a]", r"\1", "[", "a**", "a{1001}", r"\pX"),
        *("(?z)a", "(" * 200 + ")" * 200, "x" * 30_000, "((a{100}){100}){100}"),
    ],
)
def test_what_is_no_expression_of_re2(pattern: str) -> None:
    with pytest.raises(NotReadError):
        expression(pattern)


def test_no_text_takes_for_ever() -> None:
    """Python's own would try 2^2000 ways."""
    assert not expression("(a+)+$").found_in("a" * 2000 + "b")
    assert not expression("(a|a)*(a|a)*c").found_in("a" * 2000)


@settings(deadline=None)
@given(st.text(max_size=30), st.text(max_size=30))
def test_any_text_is_read_or_refused(pattern: str, text: str) -> None:
    try:
        found = expression(pattern)
    except NotReadError:
        return
    assert found.found_in(text) in (True, False)
