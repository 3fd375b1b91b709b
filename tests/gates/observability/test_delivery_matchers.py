"""Matchers and the expressions in them, as Alertmanager reads and applies them."""

from __future__ import annotations

import re

import pytest

from golive_gates.observability.routing import regexes
from golive_gates.observability.routing.matchers import Malformed, Matcher, all_match, parse


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("severity=critical", [("severity", "=", "critical")]),
        ('severity = "critical"', [("severity", "=", "critical")]),
        (' a !~ "x|y" ', [("a", "!~", "x|y")]),
        ('{a="b", c!="d"}', [("a", "=", "b"), ("c", "!=", "d")]),
        ('a="b,c"', [("a", "=", "b,c")]),
        ('a=""', [("a", "=", "")]),
        ("a=", [("a", "=", "")]),
        (r'a="q\"x"', [("a", "=", 'q"x')]),
        (r'a="c\\d"', [("a", "=", r"c\d")]),
        (r'a=~"\d+"', [("a", "=~", r"\d+")]),
        (r'a="x\ny"', [("a", "=", "x\ny")]),
        ("a=b c", [("a", "=", "b c")]),
        ("a=b\\", [("a", "=", "b\\")]),
        ("a==~*", [("a", "=", "=~*")]),
        ("", []),
        ("{}", []),
    ],
)
def test_what_a_matcher_says(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert list(parse(text)) == [Matcher(*e) for e in expected]


@pytest.mark.parametrize(
    "text",
    ["severity", "=x", 'a="b', 'a=b"', 'a="b"c', "9a=b", "a-b=c", 'a=~"("', 'a=~"(?=x)"'],
)
def test_what_is_no_matcher(text: str) -> None:
    assert any(isinstance(m, Malformed) for m in parse(text))


@pytest.mark.parametrize(
    ("matcher", "labels", "expected"),
    [
        ('a="x"', {"a": "x"}, True),
        ('a="x"', {}, False),
        ('a=""', {}, True),
        ('a!="x"', {}, True),
        ('a=~"x|y"', {"a": "xy"}, False),
        ('a=~".*"', {}, True),
        ('a=~".+"', {}, False),
        ('a!~"x.*"', {"a": "xy"}, False),
        ('a=~"(?i)CRIT.*"', {"a": "critical"}, True),
        (r'a=~"\\pL+"', {"a": "x"}, None),
        (r'a=~"\\pL+", b="y"', {"a": "x"}, False),
    ],
)
def test_what_matches(matcher: str, labels: dict[str, str], expected: bool | None) -> None:
    found = tuple(m for m in parse(matcher) if isinstance(m, Matcher))
    assert all_match(found, labels) is expected


@pytest.mark.parametrize(
    ("pattern", "takes", "refuses"),
    [
        ("a|b", ["a", "b"], ["ab", ""]),
        ("a$|b", ["a", "b"], ["a\n"]),
        ("[[:alpha:]]+", ["xY"], ["x1"]),
        ("[^[:digit:]]", ["x"], ["1"]),
        (r"\d{2,3}", ["12", "123"], ["1", "1234", "\u0663\u0664"]),
        (r"x{,2}", ["x{,2}"], ["xx"]),
        (r"\Qa.b\E+", ["a.b"], ["axb"]),
        (r"a\z", ["a"], ["a\n"]),
        (r"\x41\x{42}", ["AB"], ["ab"]),
        ("x(?i)b|c", ["xB", "C"], ["Xb"]),
        ("(?i:w)eb", ["Web"], ["WEB"]),
        ("(?P<n>a)(?P<m>b)", ["ab"], ["a"]),
        ("(?U)a+", ["aa"], [""]),
        (".", ["x"], ["\n"]),
        ("(?s).", ["\n"], [""]),
        ("[]a]", ["]", "a"], ["b"]),
        (r"[\-a]", ["-"], ["b"]),
        (r"(ab)?c*", ["", "abc"], ["a"]),
    ],
)
def test_expressions_as_re2_reads_them(pattern: str, takes: list[str], refuses: list[str]) -> None:
    found = regexes.compiled(pattern)
    assert isinstance(found, re.Pattern), found
    assert [t for t in takes if not found.fullmatch(t)] == []
    assert [t for t in refuses if found.fullmatch(t)] == []


REFUSED = (
    *("(", ")", "[", "a**", "a++", "*a", r"\1", "(?=a)", "(?!a)", "(?<=a)", "(?>a)", "a{1001}"),
    *("a{3,2}", "(?#x)", "[[:nope:]]", r"\y", "a\\", "[b-a]", r"\x{110000}"),
)


@pytest.mark.parametrize("pattern", REFUSED)
def test_expressions_that_re2_refuses(pattern: str) -> None:
    assert isinstance(regexes.compiled(pattern), regexes.Refused)


@pytest.mark.parametrize("pattern", ["(a+)+", "((a*)b)*", r"\p{Greek}", "(?m)^a$", "(x*)*"])
def test_expressions_that_are_left_open(pattern: str) -> None:
    assert isinstance(regexes.compiled(pattern), regexes.Undecided)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("a|b", ("a", "b")),
        ("(?:a|b)", ("a", "b")),
        ("^(a|)$", ("a", "")),
        (r"x\.y|z[.]w", ("x.y", "z.w")),
        ("a|b.*", None),
        ("(a)(b)", None),
        ("a?", None),
        ("", ("",)),
    ],
)
def test_expressions_that_list_values(pattern: str, expected: tuple[str, ...] | None) -> None:
    assert regexes.alternatives(pattern) == expected
