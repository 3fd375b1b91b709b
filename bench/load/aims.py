"""The stated aims, judged by the figures of one run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from bench.load.figures import NEEDED_SHARE, Report

PEERS = ("aiohttp", "aiohttp-uvloop", "httpx", "httpx-uvloop", "locust", "k6")
"""Clients that read event streams."""


class Met(StrEnum):
    """What the figures say of an aim. What was not measured is not met."""

    YES = "met"
    NO = "not met"
    UNKNOWN = "not measured"


@dataclass(frozen=True, slots=True)
class Aim:
    """*figure* is met when it is at most *limit*."""

    name: str
    limit: float
    unit: str
    figure: Callable[[Report], float | None]


@dataclass(frozen=True, slots=True)
class Judgement:
    """An aim with what a run says of it."""

    name: str
    limit: float
    unit: str
    figure: float | None
    met: Met


def _of(name: str) -> Callable[[Report], float | None]:
    return lambda report: report.median("golive", name)


def _ratio(mine: float | None, other: float | None) -> float | None:
    return mine / other if mine is not None and other else None


def _to_reference(report: Report) -> float | None:
    name = "cpu_us_per_event"
    return _ratio(report.median("golive", name), report.median("reference", name))


def _to_best_peer(report: Report) -> float | None:
    name = "cpu_us_per_event"
    found = [value for key in PEERS if (value := report.median(key, name)) is not None]
    return _ratio(report.median("golive", name), min(found, default=None))


def _size_of(name: str) -> Callable[[Report], float | None]:
    """However it errs: early is as wrong as late."""

    def figure(report: Report) -> float | None:
        value = report.median("golive", name)
        return None if value is None else abs(value)

    return figure


def _held_memory(report: Report) -> float | None:
    """Memory a stream counts only when all were really held, and read, in every round."""
    golive = report.client("golive")
    streams = golive.figures.get("held_streams", []) if golive else []
    shares = golive.figures.get("held_events_share", []) if golive else []
    if min(streams, default=0) < report.options.held or min(shares, default=0) < NEEDED_SHARE:
        return None
    return report.median("golive", "held_kb_per_stream")


AIMS = (
    Aim("CPU an event, against the C reference", 1.6, "x", _to_reference),
    Aim("CPU an event, against the best SSE peer", 0.5, "x", _to_best_peer),
    Aim("time-stamp error p99 with kernel stamps", 20.0, "µs", _of("error_p99_us")),
    Aim("memory a stream, all streams on one core", 8.0, "KB", _held_memory),
    Aim("first-content bias at a true 3 ms", 0.2, "ms", _size_of("bias_3ms_ms")),
    Aim("first-content bias at a true 50 ms", 0.2, "ms", _size_of("bias_50ms_ms")),
)


def judged(report: Report) -> tuple[Judgement, ...]:
    """Every aim with its figure and whether it is met."""
    found = []
    for aim in AIMS:
        figure = aim.figure(report)
        met = Met.UNKNOWN if figure is None else Met.YES if figure <= aim.limit else Met.NO
        found.append(Judgement(aim.name, aim.limit, aim.unit, figure, met))
    return tuple(found)
