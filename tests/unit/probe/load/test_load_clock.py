"""Stamps of the kernel: brought to the monotonic clock, and doubted when they cannot be."""

from __future__ import annotations

import time

import pytest

from golive.probe.load.clock import STAMP, StampClock, clock_offset

Ancillary = list[tuple[int, int, bytes]]


def stamp_of(real_ns: int) -> Ancillary:
    return [(1, 35, STAMP.pack(real_ns // 10**9, real_ns % 10**9))]


def test_a_stamp_is_the_same_moment_on_the_other_clock() -> None:
    clock = StampClock()
    before = time.monotonic()
    real = time.time_ns()
    after = time.monotonic()
    at, stamped = clock.stamp(stamp_of(real), before - 1)
    assert stamped
    assert before - 0.001 <= at <= after + 0.001


def test_without_a_stamp_the_clock_is_read_and_it_is_counted() -> None:
    clock = StampClock()
    before = time.monotonic()
    at, stamped = clock.stamp([], before)
    assert not stamped
    assert before <= at <= time.monotonic()
    assert clock.unstamped == 1


@pytest.mark.parametrize("step", [-3600, 3600])
def test_a_stamp_across_a_step_of_the_clock_is_not_believed(step: int) -> None:
    clock = StampClock()
    before = time.monotonic()
    at, stamped = clock.stamp(stamp_of(time.time_ns() + step * 10**9), before)
    assert not stamped
    assert before <= at <= time.monotonic()


@pytest.mark.parametrize("step", [-3600, 3600])
def test_after_a_step_the_offset_is_read_again(step: int) -> None:
    clock = StampClock()
    clock.offset -= step * 10**9  # as if realtime had been stepped since
    earliest = time.monotonic() - 0.5
    clock.stamp(stamp_of(time.time_ns()), earliest)
    clock.refresh(time.monotonic())
    at, stamped = clock.stamp(stamp_of(time.time_ns()), earliest)
    assert stamped
    assert earliest <= at <= time.monotonic()
    assert clock.steps == 1


def test_drift_is_no_step() -> None:
    clock = StampClock()
    clock.offset += 100_000
    clock.refresh(time.monotonic())
    assert clock.steps == 0
    assert abs(clock.offset - clock_offset()) < 10_000_000
