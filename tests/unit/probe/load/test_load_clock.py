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


@pytest.mark.parametrize("step", [-0.25, 0.25])
def test_the_longest_step_is_kept(step: float) -> None:
    clock = StampClock()
    for size in (step, step / 10):
        clock.offset -= int(size * 1e9)
        clock.refresh(time.monotonic())
    assert clock.steps == 2
    assert clock.step_max == pytest.approx(0.25, abs=0.01)


def test_what_lies_before_a_restart_is_no_step() -> None:
    clock = StampClock()
    clock.offset -= 10**9
    clock.restart()
    clock.refresh(time.monotonic())
    assert (clock.steps, clock.step_max) == (0, 0.0)


def test_drift_over_a_long_pause_is_no_step() -> None:
    clock = StampClock()
    clock.offset += 10_000_000  # 10 ms in a minute is what the kernel may do on purpose
    clock.refresh(time.monotonic() + 60)
    assert clock.steps == 0


def test_drift_is_no_step() -> None:
    clock = StampClock()
    clock.offset += 100_000
    clock.refresh(time.monotonic())
    assert clock.steps == 0
    assert abs(clock.offset - clock_offset()) < 10_000_000
