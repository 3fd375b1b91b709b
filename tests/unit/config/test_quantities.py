"""Durations, ratios, objectives, references and addresses as people write them."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golive.config import quantities as q
from golive.config.model import Objective
from golive.model import Comparator


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("500ms", 0.5),
        ("2s", 2.0),
        ("60m", 3600.0),
        ("6h", 21600.0),
        ("30d", 2592000.0),
        ("1w", 604800.0),
        ("1h30m", 5400.0),
        ("1.5s", 1.5),
    ],
)
def test_durations(text: str, seconds: float) -> None:
    assert q.parse_duration(text) == seconds


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (60, "60 has no unit (write 60s for seconds; units: ms, s, m, h, d, w)"),
        ("60", "60 has no unit (write 60s for seconds; units: ms, s, m, h, d, w)"),
        (2.5, "2.5 has no unit (write 2.5s for seconds; units: ms, s, m, h, d, w)"),
        ("2 sec", "'2 sec' is no duration (write 500ms, 2s, 60m, 6h or 30d)"),
        ("-2s", "'-2s' is no duration (write 500ms, 2s, 60m, 6h or 30d)"),
        (None, "expected a duration, found nothing (write 500ms, 2s, 60m, 6h or 30d)"),
        (True, "expected a duration, found true (write 500ms, 2s, 60m, 6h or 30d)"),
        ("0s", "a duration of 0 makes no sense here (write a duration above 0)"),
        ("99999w", "99999w is longer than a hundred years"),
        ("", "'' is no duration (write 500ms, 2s, 60m, 6h or 30d)"),
    ],
)
def test_durations_refused(value: object, message: str) -> None:
    with pytest.raises(q.QuantityError) as caught:
        q.parse_duration(value)
    assert str(caught.value) == message


def test_zero_where_it_is_allowed() -> None:
    assert q.parse_duration("0s", zero=True) == 0.0


@pytest.mark.parametrize(
    ("value", "ratio"),
    [
        ("99.9%", 0.999),
        ("99.99 %", 0.9999),
        (0.999, 0.999),
        ("0.999", 0.999),
        ("100%", 1.0),
        (1.0, 1.0),
        ("0%", 0.0),
        (0, 0.0),
    ],
)
def test_ratios(value: object, ratio: float) -> None:
    assert q.parse_ratio(value) == ratio


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (99.9, "99.9 is not between 0 and 1 (write 99.9% or 0.999)"),
        ("99.9", "99.9 is not between 0 and 1 (write 99.9% or 0.999)"),
        (1, "1 may mean 1% or 100% (write 1% or 100%)"),
        ("150%", "150% is not a share (0% to 100%)"),
        (-0.1, "-0.1 is not between 0 and 1 (0% to 100%)"),
        ("nan", "'nan' is no ratio (write 99.9% or 0.999)"),
        ("1e9999999%", "1e9999999% is not a share (0% to 100%)"),
        ("inf%", "'inf%' is no ratio (write 99.9% or 0.999)"),
        ("most", "'most' is no ratio (write 99.9% or 0.999)"),
        (None, "expected a ratio, found nothing (write 99.9% or 0.999)"),
    ],
)
def test_ratios_refused(value: object, message: str) -> None:
    with pytest.raises(q.QuantityError) as caught:
        q.parse_ratio(value)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("text", "objective"),
    [
        (">= 99%", Objective(Comparator.GE, 0.99)),
        ("≥99%", Objective(Comparator.GE, 0.99)),
        ("< 1%", Objective(Comparator.LT, 0.01)),
        ("≤ 0.01", Objective(Comparator.LE, 0.01)),
        ("> 99.9%", Objective(Comparator.GT, 0.999)),
        (">= 100%", Objective(Comparator.GE, 1.0)),
        ("< 95%", Objective(Comparator.LT, 0.95)),
    ],
)
def test_objectives(text: str, objective: Objective) -> None:
    assert q.parse_objective(text) == objective


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("99%", '99% does not say on which side good lies (write ">= 99%")'),
        (0.01, '0.01 does not say on which side good lies (write "< 0.01")'),
        ("== 99%", "== is no comparator (one of >=, >, <=, <)"),
        ("> 99.9", "99.9 is not between 0 and 1 (write 99.9% or 0.999)"),
        (">", "'' is no ratio (write 99.9% or 0.999)"),
        (None, 'expected an objective, found nothing (write ">= 99%")'),
        (
            "< 0%",
            'an objective of 0% claims nothing or the impossible (write a bound such as ">= 99%")',
        ),
    ],
)
def test_objectives_refused(value: object, message: str) -> None:
    with pytest.raises(q.QuantityError) as caught:
        q.parse_objective(value)
    assert str(caught.value) == message


@pytest.mark.parametrize("text", ["env:API_TOKEN", "file:secrets/token", "file:/run/t"])
def test_secret_references(text: str) -> None:
    assert q.check_secret_reference(text) == text


@pytest.mark.parametrize("value", ["hunter2-canary", "env:", "env:9X hunter2", "$hunter2", 12, {}])
def test_a_secret_by_value_is_refused_and_not_repeated(value: object) -> None:
    with pytest.raises(q.QuantityError) as caught:
        q.check_secret_reference(value)
    assert "hunter2" not in str(caught.value)
    assert "env:NAME or file:PATH" in str(caught.value)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8080", "https://a.example/x?page=2&max_tokens=3"]
)
def test_urls(url: str) -> None:
    assert q.check_url(url) == url


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("ftp://a.example", "scheme 'ftp' is not supported"),
        ("a.example:80", "no URL with a host"),
        ("http://", "no URL with a host"),
        ("http://a b", "no URL with a host"),
        ("http://a:99999", "no URL"),
        ("http://[::1", "no URL"),
        ("http://kim:hunter2@a.example", "must not hold credentials"),
        ("http://a.example/?access_token=hunter2", "token in its query"),
        ("http://a.example/#part", "fragment"),
        (8080, "expected a URL, found 8080"),
    ],
)
def test_urls_refused(url: object, message: str) -> None:
    with pytest.raises(q.QuantityError) as caught:
        q.check_url(url)
    assert message in str(caught.value)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("check", "good", "bad"),
    [
        (q.check_url_path, "/api/v1/{id}?x=1", "api/v1"),
        (q.check_url_path, "/", "//host/x"),
        (q.check_url_path, "/a", "http://host/a"),
        (q.check_host, "a.example", "http://a.example"),
        (q.check_host, "127.0.0.1", "a.example:80"),
        (q.check_host, "::1", "*.example"),
        (q.check_name, "김", "  "),
        (q.check_name, "a b", "a\nb"),
    ],
)
def test_other_forms(check: Callable[[object], str], good: str, bad: str) -> None:
    assert check(good) == good
    with pytest.raises(q.QuantityError):
        check(bad)


@given(st.one_of(st.text(), st.integers(), st.floats(), st.none(), st.booleans()))
def test_readers_refuse_with_their_own_error_only(value: object) -> None:
    for read in (q.parse_duration, q.parse_ratio, q.parse_objective, q.check_url, q.check_host):
        with contextlib.suppress(q.QuantityError):
            read(value)
