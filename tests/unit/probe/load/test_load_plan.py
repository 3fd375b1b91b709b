"""Plans refuse what cannot be run; schedules are what they say."""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golive.probe.load import Arrival, LoadPlan, Request, Schedule, Shard

URL = "http://127.0.0.1:9/"
ONE = Schedule(Arrival.CONSTANT, 1, rate=1)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Schedule(Arrival.CONSTANT, 0, rate=1),
        lambda: Schedule(Arrival.CONSTANT, 10**8, rate=1),
        lambda: Schedule(Arrival.CONSTANT, 1),
        lambda: Schedule(Arrival.CONSTANT, 1, rate=-1),
        lambda: Schedule(Arrival.POISSON, 1, rate=math.nan),
        lambda: Schedule(Arrival.RAMP, 1, rate=math.inf),
        lambda: Schedule(Arrival.RAMP, 1, rate=1, start_rate=-1),
        lambda: Schedule(Arrival.CLOSED, 1),
        lambda: Request("GET", "ftp://host/"),
        lambda: Request("GET", "http://"),
        lambda: Request("GET", "http://user:secret@host/"),
        lambda: Request("GET", "http://host:99999/"),
        lambda: Request("GET", "http://{unique}/"),
        lambda: Request("GET", "http://host/a b"),
        lambda: Request("GET", "http://host/\r\nX: y"),
        lambda: Request("G T", URL),
        lambda: Request("GET", URL, headers=(("X Y", "v"),)),
        lambda: Request("GET", URL, headers=(("X", "v\r\nY: z"),)),
        lambda: Request("POST", URL, json={"a": 1}, body=b"x"),
        lambda: Request("POST", URL, json={"a": object()}),
        lambda: Request("POST", URL, json=[math.nan]),
        lambda: Request("GET", URL, timeout=0),
        lambda: Request("GET", URL, timeout=math.inf),
        lambda: Request("GET", URL, connect_timeout=-1),
        lambda: Request("GET", URL, idle_timeout=0.0),
        lambda: Request("GET", URL, address="host.example"),
        lambda: Request("GET", URL, max_body=0),
        lambda: LoadPlan((), ONE),
        lambda: LoadPlan((Request("GET", URL),), ONE, warmup=1),
        lambda: LoadPlan((Request("GET", URL),), ONE, warmup=-1),
        lambda: LoadPlan((Request("GET", URL),), ONE, max_in_flight=0),
        lambda: LoadPlan((Request("GET", URL),), ONE, deadline=math.nan),
        lambda: LoadPlan((Request("GET", URL),), ONE, stall_after=0),
        lambda: LoadPlan((Request("GET", URL),), ONE, keep_gaps=-1),
        lambda: LoadPlan((Request("GET", URL),), ONE, gather_reads=1.0),
        lambda: LoadPlan((Request("GET", URL),), ONE, source_addresses=("lo",)),
        lambda: LoadPlan((Request("GET", URL),), ONE, unique_prefix='"'),
        lambda: Shard(1, 1),
        lambda: Shard(0, 0),
    ],
)
def test_what_cannot_be_run_is_refused(make: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match=r"\w{3}"):
        make()


def test_secrets_in_a_url_are_not_repeated() -> None:
    with pytest.raises(ValueError, match="credentials") as caught:
        Request("GET", "http://user:hunter2@host/")
    assert "hunter2" not in str(caught.value)


def test_constant_times_do_not_drift() -> None:
    times = Schedule(Arrival.CONSTANT, 1001, rate=7).offsets()
    assert times[0] == 0
    assert times[700] == 100
    assert list(times) == sorted(times)


def test_poisson_is_reproducible_and_has_its_rate() -> None:
    times = Schedule(Arrival.POISSON, 20_000, rate=50, seed=1).offsets()
    assert times == Schedule(Arrival.POISSON, 20_000, rate=50, seed=1).offsets()
    assert times != Schedule(Arrival.POISSON, 20_000, rate=50, seed=2).offsets()
    assert times[-1] == pytest.approx(400, rel=0.03)
    gaps = [b - a for a, b in pairwise(times)]
    mean = sum(gaps) / len(gaps)
    deviation = math.sqrt(sum((g - mean) ** 2 for g in gaps) / len(gaps))
    assert deviation == pytest.approx(mean, rel=0.05)


@given(
    st.integers(1, 400),
    st.floats(0, 1000, allow_nan=False),
    st.floats(0.01, 1000, allow_nan=False),
)
def test_a_ramp_ascends_in_time_and_ends_on_time(count: int, first: float, last: float) -> None:
    times = Schedule(Arrival.RAMP, count, rate=last, start_rate=first).offsets()
    duration = 2 * count / (first + last)
    assert len(times) == count
    assert times[0] == 0
    assert all(a < b for a, b in pairwise(times))
    assert times[-1] <= duration * (1 + 1e-9)


def test_a_ramp_sends_a_quarter_in_its_first_half() -> None:
    times = Schedule(Arrival.RAMP, 1000, rate=20).offsets()
    half = 2 * 1000 / 20 / 2
    assert sum(t < half for t in times) == 250


def test_a_level_ramp_is_constant() -> None:
    level = Schedule(Arrival.RAMP, 50, rate=5, start_rate=5).offsets()
    assert list(level) == pytest.approx(list(Schedule(Arrival.CONSTANT, 50, rate=5).offsets()))


def test_a_closed_loop_has_no_times() -> None:
    assert Schedule(Arrival.CLOSED, 5, concurrency=2).offsets() == array("d")


@given(st.integers(1, 200), st.integers(1, 7), st.integers(1, 5))
def test_shards_of_shards_cover_everything_once(total: int, outer: int, inner: int) -> None:
    seen = [
        index
        for o in range(outer)
        for i in range(inner)
        for index in Shard(i, inner).within(Shard(o, outer)).indices(total)
    ]
    assert sorted(seen) == list(range(total))
    assert sum(Shard(o, outer).share(total) for o in range(outer)) == total
