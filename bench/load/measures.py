"""What is measured, how a client is asked for it, and which figures its answer gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bench.load.figures import NoFigureError, Options


class Measure(StrEnum):
    """One kind of run. ``STAMPS`` is apart only where following every event costs extra."""

    STREAM = "stream"
    STAMPS = "stamps"
    FLOOD = "flood"
    GET = "get"
    SHORT = "3ms"
    LONG = "50ms"
    HELD = "held"


DELAYS = {Measure.SHORT: 3, Measure.LONG: 50}
WARM = 6.0
HELD_WARM = 20.0
OVERHEAD = 12.0
"""Time in s for a client to start, to open its streams and to say what it found."""


@dataclass(frozen=True, slots=True)
class Asked:
    """How one measure is asked for.

    *arguments* of each of the client's processes, how many processes the server needs for the
    descriptors, and the *bound* in s on all of it.
    """

    arguments: tuple[tuple[str, ...], ...]
    servers: int
    bound: float


def asked(measure: Measure, options: Options) -> Asked:
    """How *measure* is asked for under *options*."""
    seconds = f"seconds={options.seconds}"
    if measure in (Measure.STREAM, Measure.STAMPS):
        given: tuple[str, ...] = (
            "mode=stream",
            f"path=/sse?rate={options.rate:g}",
            f"streams={options.streams}",
            seconds,
            f"warm={WARM}",
        )
        return Asked((given,), 1, WARM + options.seconds + OVERHEAD)
    if measure is Measure.FLOOD:
        given = (
            "mode=flood",
            "path=/sse?rate=0",
            f"streams={options.flood_streams}",
            seconds,
            "warm=1",
        )
        return Asked((given,), 1, 1 + options.seconds + OVERHEAD)
    if measure is Measure.GET:
        given = ("mode=get", "path=/", f"streams={options.connections}", seconds, "warm=2")
        return Asked((given,), 1, 2 + options.seconds + OVERHEAD)
    if measure is Measure.HELD:
        each = options.held // options.processes
        parts = tuple(
            (
                "mode=stream",
                f"path=/sse?rate={options.held_rate:g}",
                f"streams={each}",
                f"source=127.0.{part + 1}.1",
                seconds,
                f"warm={HELD_WARM}",
            )
            for part in range(options.processes)
        )
        return Asked(parts, options.processes, HELD_WARM + options.seconds + OVERHEAD)
    count = options.short_delays if measure is Measure.SHORT else options.long_delays
    delay = DELAYS[measure]
    given = ("mode=delay", f"path=/sse?delay_ms={delay}&events=1", f"count={count}")
    return Asked((given,), 1, count * delay / 1e3 + OVERHEAD)


def reduced(
    measure: Measure, options: Options, answers: Sequence[Mapping[str, object]]
) -> dict[str, float]:
    """The figures in the *answers* of a client's processes.

    Raises ``NoFigureError`` when an answer lacks what it should hold, or nothing was received.
    """
    seconds = _each(answers, "seconds") if measure not in DELAYS else []
    if measure in DELAYS:
        return {f"bias_{measure}_ms": _one(answers, "bias_ms")}
    if measure is Measure.GET:
        return {"requests_per_s": _one(answers, "requests") / seconds[0]}
    events = sum(_each(answers, "events"))
    if events <= 0:
        raise NoFigureError("no event came in the window")
    if measure is Measure.STAMPS:
        return {name: _one(answers, name) for name in ("error_p50_us", "error_p99_us")}
    cpu = sum(_each(answers, "cpu_seconds"))
    if measure is Measure.FLOOD:
        return {
            "flood_events_per_s": events / seconds[0],
            "flood_cpu_share": cpu / seconds[0],
        }
    opened = sum(_each(answers, "opened"))
    memory = sum(_each(answers, "memory_bytes")) / max(opened, 1) / 1000
    if measure is Measure.HELD:
        return {
            "held_streams": opened - sum(_each(answers, "broken")),
            "held_kb_per_stream": memory,
            "held_events_share": events / (options.held * options.held_rate * max(seconds)),
            "held_cpu_share": cpu / max(seconds),
        }
    found = {
        "cpu_us_per_event": cpu / events * 1e6,
        "streams": opened,
        "kb_per_stream": memory,
        "events_share": events / (options.streams * options.rate * seconds[0]),
    }
    for name in ("error_p50_us", "error_p99_us"):
        if name in answers[0]:
            found[name] = _one(answers, name)
    return found


def _each(answers: Sequence[Mapping[str, object]], name: str) -> list[float]:
    found = []
    for answer in answers:
        value = answer.get(name)
        if not isinstance(value, int | float):
            message = f"the answer has no {name}"
            raise NoFigureError(message)
        found.append(float(value))
    return found


def _one(answers: Sequence[Mapping[str, object]], name: str) -> float:
    return _each(answers, name)[0]
