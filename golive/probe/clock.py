"""The clock that instruments are given, so that a test can give another."""

from __future__ import annotations

from collections.abc import Callable

Clock = Callable[[], int]
"""Monotonic nanoseconds, as ``time.monotonic_ns``."""
