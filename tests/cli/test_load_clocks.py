"""Percentiles of every clock with their bounds, and goodput within every limit."""

from __future__ import annotations

import math
import random
import subprocess
from collections.abc import Callable
from dataclasses import replace

import pytest

from golive.cli.load_clocks import spread, spreads
from golive.cli.load_plan import Aim, limits_of
from golive.cli.load_report import report
from golive.cli.load_summary import Spread
from golive.cli.probe_screen import plain
from golive.errors import UsageError
from golive.probe.load import RequestRecord
from golive.probe.load.cluster_summary import Limits
from golive.stats import percentile_upper_bound
from tests.cli.load_records import AIM, OK, STATUS, documented, records, result

Golive = Callable[..., subprocess.CompletedProcess[str]]


def streamed(*, failed: int = 0) -> list[RequestRecord]:
    return [
        replace(
            r,
            headers=0.01,
            first_byte=0.02,
            first_event=0.03,
            first_content=0.04,
            max_gap=0.1 if r.index % 2 else 0.3,
        )
        for r in records((OK, 100 - failed), (STATUS, failed))
    ]


def by_name(found: list[RequestRecord], *, streams: bool) -> dict[str, Spread]:
    return {one.name: one for one in spreads(found, 0, streams=streams)}


def test_every_clock_has_its_percentiles_and_a_failure_is_infinite_on_each() -> None:
    clocks = by_name(streamed(failed=10), streams=True)
    seen = {name: (one.quantiles[0].value, one.never, one.n) for name, one in clocks.items()}
    assert seen == {
        "headers": (0.01, 10, 100),
        "first byte": (0.02, 10, 100),
        "first event": (0.03, 10, 100),
        "first content": (0.04, 10, 100),
        "whole stream": (0.5, 10, 100),
    }
    assert list(by_name(streamed(), streams=False)) == ["headers", "first byte", "whole answer"]
    text = plain(report(documented(result(streamed(), 100), stream=True)))
    assert all(f"\n{name} " in text for name in (*clocks, "gaps in streams"))


def test_an_answer_without_a_body_has_no_first_byte() -> None:
    empty = [replace(r, first_byte=None) if r.index < 90 else r for r in streamed(failed=2)]
    first = by_name(empty, streams=False)["first byte"]
    assert (first.n, first.never) == (10, 2)
    gone = [replace(r, first_byte=None) for r in streamed()]
    assert list(by_name(gone, streams=False)) == ["headers", "whole answer"]
    assert by_name(gone, streams=True)["first byte"].never == 100


def test_bounds_of_independent_values_are_those_of_order_statistics() -> None:
    values = [i / 100 for i in range(400)]
    random.Random(4).shuffle(values)  # noqa: S311 - reproducible, no secret
    for q in spread("x", values).quantiles:
        exact = percentile_upper_bound(values, q.q)
        assert q.upper_bound >= exact
        assert q.effective_n > 300
        assert q.upper_bound == pytest.approx(exact, rel=0.1)


def test_values_that_follow_each_other_bound_less() -> None:
    """A service that turns slow half-way was seen twice, and not four hundred times."""
    half = spread("x", [0.1] * 190 + [2.0] * 10 + [0.1] * 190 + [2.0] * 10)
    mixed = spread("x", [0.1] * 19 + [2.0] + ([0.1] * 19 + [2.0]) * 19)
    assert half.n == mixed.n == 400
    of_half, of_mixed = ({q.q: q for q in one.quantiles} for one in (half, mixed))
    assert of_half[0.95].value == of_mixed[0.95].value == 0.1
    assert of_mixed[0.9].upper_bound == 0.1
    assert of_half[0.9].upper_bound == math.inf
    assert of_half[0.9].effective_n < 30 < of_mixed[0.9].effective_n


def test_a_bound_of_a_higher_percentile_bounds_the_lower_ones() -> None:
    draw = random.Random(4)  # noqa: S311 - reproducible, no secret
    steps = [step + draw.random() / 100 for step in (0.1, 0.2) for _ in range(200)]
    of = {q.q: q for q in spread("x", steps).quantiles}
    assert of[0.5].effective_n < 5
    assert of[0.95].effective_n > 200
    assert of[0.5].upper_bound <= of[0.95].upper_bound < 0.21


@pytest.mark.parametrize(
    ("aim", "gap", "whole", "streams", "limits"),
    [
        (None, None, None, True, None),
        (AIM, None, None, True, Limits(first_content=2.0)),
        (AIM, "1s", "9s", True, Limits(first_content=2.0, gap=1.0, latency=9.0)),
        (None, None, "9s", False, Limits(latency=9.0)),
        (AIM, None, "1s", False, Limits(latency=1.0)),
        (AIM, None, "9s", False, Limits(latency=2.0)),
        (Aim(0.9), None, None, False, Limits()),
    ],
)
def test_goodput_has_every_limit_that_was_given(
    aim: Aim | None, gap: str | None, whole: str | None, streams: bool, limits: Limits | None
) -> None:
    assert limits_of(aim, gap, whole, streams=streams) == limits


def test_goodput_counts_what_meets_them_all() -> None:
    found = result(streamed(failed=20), 100)
    rates = [
        documented(found, stream=True, limits=limits).goodput
        for limits in (None, Limits(), Limits(gap=0.2), Limits(first_content=0.03))
    ]
    assert rates[0] is None
    span = 0.99 + 0.5
    assert rates[1:] == pytest.approx([80 / span, 40 / span, 0.0])
    text = plain(report(documented(found, stream=True, limits=Limits(2.0, 0.2, 9.0))))
    assert "succeed within: first content 2 s, gaps 0.2 s, whole answer 9 s" in text


def test_a_limit_that_golive_cannot_measure_is_told() -> None:
    doc = documented(result(streamed(), 100), stream=True, limits=Limits(gap=1e-4))
    assert any("goodput within 0.0001 s says as much of golive" in note for note in doc.remarks)


def test_gaps_are_for_streams(golive: Golive) -> None:
    with pytest.raises(UsageError, match="--max-gap"):
        limits_of(None, "1s", None, streams=False)
    done = golive("load", "http://127.0.0.1:9/", "--max-gap", "1s")
    assert (done.returncode, done.stdout) == (2, "")
    assert "--sse" in done.stderr
