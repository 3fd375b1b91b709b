"""What scenarios count: no counter falls, no histogram contradicts itself."""

from __future__ import annotations

import math
import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golive_gates.observability.metrics.roles import roles_of
from golive_gates.observability.scenarios.actors import Actor
from golive_gates.observability.scenarios.casting import cast
from golive_gates.observability.scenarios.scripts import Script, scripts
from golive_gates.observability.scenarios.shapes import (
    Spread,
    Stretch,
    counter,
    edge,
    gauge,
    quick,
    slow,
)
from golive_gates.observability.scenarios.signals import demands
from tests.gates.observability.exposing import demo_pages, exposed

LEVELS = st.one_of(st.none(), st.floats(0, 1e5))
STRETCHES = st.lists(st.builds(Stretch, st.integers(0, 40), LEVELS), max_size=8)
BOUNDS = st.lists(st.floats(0.001, 60), min_size=1, max_size=14, unique=True)


def samples(text: str) -> list[float | None]:
    """The samples that promtool makes of *text*, added up in floats as it does."""
    found: list[float | None] = []
    for word in text.split():
        if word == "stale":
            found.append(None)
        elif word.startswith("_x"):
            found.extend([None] * int(word[2:]))
        else:
            match = re.fullmatch(r"(-?[\d.]+)\+([\d.]+)x(\d+)", word)
            assert match is not None, word
            value = float(match[1])
            for _ in range(int(match[3]) + 1):
                found.append(value)
                value += float(match[2])
    return found


@given(STRETCHES, st.sampled_from([5.0, 15.0, 30.0, 60.0]))
def test_a_counter_never_falls_but_over_a_gap(stretches: list[Stretch], step: float) -> None:
    seen = samples(counter(stretches, step))
    assert len(seen) == sum(s.count for s in stretches)
    for before, after in pairwise(seen):
        assert before is None or after is None or after >= before
    there = [s.level is not None for s in stretches for _ in range(s.count)]
    assert [value is not None for value in seen] == there


@given(st.floats(0, 1e4), st.floats(0, 1e4))
def test_a_counter_counts_its_rate(first: float, second: float) -> None:
    seen = samples(counter((Stretch(10, first), Stretch(10, second)), 30.0))
    assert seen[9] == pytest.approx(first * 30 * 9, abs=0.01)
    assert seen[19] == pytest.approx(first * 30 * 9 + second * 30 * 10, abs=0.02)


def test_a_counter_cannot_run_backwards() -> None:
    with pytest.raises(ValueError, match="cannot fall"):
        counter((Stretch(3, -1.0),), 30.0)


def test_what_appears_late_has_counted_and_what_goes_is_marked_stale() -> None:
    assert counter((Stretch(2, None), Stretch(3, 1.0)), 30.0) == "_x2 30+30x2"
    assert counter((Stretch(2, 1.0), Stretch(3, None)), 30.0) == "0+30x1 stale _x2"
    assert gauge((Stretch(2, 1.0), Stretch(2, 0.0), Stretch(1, None))) == "1+0x1 0+0x1 stale"


@given(BOUNDS, st.floats(0.01, 30), st.sampled_from([0.5, 0.9, 0.95, 0.99]))
def test_the_share_below_a_bound_grows_with_it(
    bounds: list[float], value: float, quantile: float
) -> None:
    for spread in (quick(value), slow(value, quantile), edge(bounds, value, quantile)):
        shares = [spread.below(b) for b in sorted(bounds)]
        assert shares == sorted(shares)
        assert all(0 <= s <= 1 for s in shares)
        assert spread.below(math.inf) == 1.0
        assert spread.mean >= 0


def quantile_of(bounds: list[float], spread: Spread, quantile: float) -> float:
    """What histogram_quantile makes of it, by its documentation."""
    before, below = 0.0, 0.0
    for bound in bounds:
        share = spread.below(bound)
        if share >= quantile:
            return before + (bound - before) * (quantile - below) / (share - below)
        before, below = bound, share
    return bounds[-1]


@given(BOUNDS, st.floats(0.01, 30), st.sampled_from([0.9, 0.95, 0.99]))
def test_a_histogram_shows_the_edge_where_it_is(
    bounds: list[float], value: float, quantile: float
) -> None:
    bounds = sorted(bounds)
    shown = quantile_of(bounds, edge(bounds, value, quantile), quantile)
    if value > bounds[-1]:
        assert shown == bounds[-1]  # It cannot show more.
    elif value > bounds[0]:
        assert shown == pytest.approx(value, rel=1e-6)
    else:
        assert shown <= bounds[0] * (1 + 1e-9)  # interpolated, so to within rounding


def played() -> tuple[tuple[Actor, ...], tuple[Script, ...]]:
    part = exposed(demo_pages())
    players = cast(part.inventories, roles_of(part.inventory, {}), 1e9)
    return players.actors, scripts(demands({}, ()), players.targets, 30.0, True)


def test_every_scenario_of_the_demo_is_consistent() -> None:
    actors, all_scripts = played()
    assert len(actors) > 100
    for script in all_scripts:
        histograms: dict[tuple[object, ...], list[tuple[float, list[float | None]]]] = {}
        for actor in actors:
            seen = samples(actor.shown(script.phases, 30.0))
            assert len(seen) == sum(count for count, _ in script.phases), actor.series
            if actor.part in ("count", "bucket", "sum"):
                values = [v for v in seen if v is not None]
                assert values == sorted(values), (script.id, actor.series)
            if actor.part == "bucket":
                rest = tuple(pair for pair in actor.labels if pair[0] != "le")
                histograms.setdefault((actor.name, rest), []).append((actor.bound, seen))
        for buckets in histograms.values():
            buckets.sort(key=lambda item: item[0])
            for (_, lower), (_, upper) in pairwise(buckets):
                assert all(
                    a is None or b is None or a <= b for a, b in zip(lower, upper, strict=True)
                )


def test_count_and_the_last_bucket_are_one() -> None:
    actors, all_scripts = played()
    shown = {
        (a.name.removesuffix("_bucket").removesuffix("_count"), *a.labels): a
        for a in actors
        if a.part == "count" and a.name.endswith("_count")
    }
    last = [a for a in actors if a.part == "bucket" and math.isinf(a.bound)]
    assert last
    for actor in last:
        rest = tuple(pair for pair in actor.labels if pair[0] != "le")
        count = shown[(actor.name.removesuffix("_bucket"), *rest)]
        for script in all_scripts:
            assert count.shown(script.phases, 30.0) == actor.shown(script.phases, 30.0)
