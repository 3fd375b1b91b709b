"""Clock offsets by the shortest round trip."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golive.probe.load.cluster_clock import MAX_DRIFT, ClockOffset, Ping, estimate

seconds = st.floats(min_value=0.0, max_value=2.0)


@given(
    st.floats(min_value=-1e6, max_value=1e6),
    st.lists(st.tuples(seconds, seconds), min_size=1, max_size=10),
)
def test_the_offset_is_true_within_its_uncertainty(
    offset: float, ways: list[tuple[float, float]]
) -> None:
    pings = [
        Ping(sent=10.0 * i, there=10.0 * i + there + offset, received=10.0 * i + there + back)
        for i, (there, back) in enumerate(ways)
    ]
    found = estimate(pings)
    assert abs(found.offset - offset) <= found.uncertainty + 1e-6
    assert found.uncertainty == pytest.approx(min(a + b for a, b in ways) / 2)
    assert not found.shared


def test_a_moment_is_carried_over_and_grows_unsure() -> None:
    clock = ClockOffset(offset=5.0, uncertainty=0.001, at=100.0)
    assert clock.there(110.0) == 115.0
    assert clock.uncertainty_at(110.0) == pytest.approx(0.001 + 10 * MAX_DRIFT)
    assert clock.uncertainty_at(90.0) == clock.uncertainty_at(110.0)


def test_a_shared_clock_needs_no_estimate() -> None:
    clock = estimate([Ping(1.0, 1.4, 1.9)], shared=True)
    assert clock.shared
    assert clock.there(7.0) == 7.0
    assert clock.uncertainty_at(1e6) == 0.0


def test_copies_of_a_machine_are_not_taken_for_one() -> None:
    """They share a boot id, and the pings tell them apart."""
    clock = estimate([Ping(1.0, 61.0, 1.2)], shared=True)
    assert not clock.shared
    assert clock.offset == pytest.approx(59.9)
    assert clock.uncertainty_at(1.2) == pytest.approx(0.1)


def test_what_was_never_read_has_no_offset() -> None:
    with pytest.raises(ValueError, match="never read"):
        estimate([])
    with pytest.raises(ValueError, match="before it was sent"):
        Ping(2.0, 0.0, 1.0)
