"""What is measured, how a client is asked for it, and which figures its answer gives."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bench.load.figures import NEEDED_SHARE, NoFigureError, Options


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
    seconds, flow = f"seconds={options.seconds}", f"seconds={options.flow_seconds}"
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
            flow,
            "warm=1",
        )
        return Asked((given,), 1, 1 + options.flow_seconds + OVERHEAD)
    if measure is Measure.GET:
        given = ("mode=get", "path=/", f"streams={options.connections}", flow, "warm=2")
        return Asked((given,), 1, 2 + options.flow_seconds + OVERHEAD)
    if measure is Measure.HELD:
        each = options.held // options.processes
        # Whole intervals: every stream then owes the same number of events, whatever its phase.
        long = math.ceil(options.seconds * options.held_rate - 1e-9) / options.held_rate
        parts = tuple(
            (
                "mode=stream",
                f"path=/sse?rate={options.held_rate:g}",
                f"streams={each}",
                f"source=127.0.{part + 1}.1",
                f"seconds={long}",
                f"warm={HELD_WARM}",
            )
            for part in range(options.processes)
        )
        return Asked(parts, options.processes, HELD_WARM + long + OVERHEAD)
    count = options.short_delays if measure is Measure.SHORT else options.long_delays
    delay = DELAYS[measure]
    given = ("mode=delay", f"path=/sse?delay_ms={delay}&events=1", f"count={count}")
    return Asked((given,), 1, count * delay / 1e3 + OVERHEAD)


def reduced(
    measure: Measure, options: Options, answers: Sequence[Mapping[str, object]]
) -> dict[str, float]:
    """The figures in the *answers* of a client's processes.

    Memory a stream only where ``not_held`` has nothing against it. Raises ``NoFigureError`` when
    an answer lacks what it should hold, nothing was received, or what should be held was not.
    """
    if measure in DELAYS:
        return {f"bias_{measure}_ms": _one(answers, "bias_ms")}
    if measure is Measure.GET:
        return {"requests_per_s": _requests(answers)}
    seconds = _each(answers, "seconds")
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
    if measure is Measure.HELD:
        return _held(options, answers)
    found = {
        "cpu_us_per_event": cpu / events * 1e6,
        "streams": _one(answers, "opened"),
        "events_share": _share(measure, options, answers),
    }
    memory = _kb_per_stream(answers)
    if not not_held(measure, options, answers):
        found["kb_per_stream"] = memory
    for name in ("error_p50_us", "error_p99_us"):
        if name in answers[0]:
            found[name] = _one(answers, name)
    return found


def _requests(answers: Sequence[Mapping[str, object]]) -> float:
    requests, broken = _one(answers, "requests"), _one(answers, "broken")
    if requests <= 0:
        raise NoFigureError("no request was answered in the window")
    if broken:
        message = f"{broken:.0f} requests failed"
        raise NoFigureError(message)
    return requests / _one(answers, "seconds")


def _held(options: Options, answers: Sequence[Mapping[str, object]]) -> dict[str, float]:
    if refused := not_held(Measure.HELD, options, answers):
        raise NoFigureError(refused)
    each = zip(_each(answers, "cpu_seconds"), _each(answers, "seconds"), strict=True)
    return {
        "held_streams": sum(_each(answers, "opened")),
        "held_kb_per_stream": _kb_per_stream(answers),
        "held_events_share": _share(Measure.HELD, options, answers),
        "held_cpu_share": sum(used / lasted for used, lasted in each),
    }


def _kb_per_stream(answers: Sequence[Mapping[str, object]]) -> float:
    return sum(_each(answers, "memory_bytes")) / max(1, sum(_each(answers, "opened"))) / 1000


def not_held(measure: Measure, options: Options, answers: Sequence[Mapping[str, object]]) -> str:
    """Why *answers* say nothing of what a held stream costs; "": they do.

    A stream is held when its response head has come and what it sends is read. The same rule
    for every client.
    """
    wanted = options.held if measure is Measure.HELD else options.streams
    opened, broken = sum(_each(answers, "opened")), sum(_each(answers, "broken"))
    if opened < wanted:
        return f"only {opened:.0f} of {wanted} streams were open"
    if broken:
        return f"{broken:.0f} stream{'s' if broken > 1 else ''} broke"
    share = _share(measure, options, answers)
    if share < NEEDED_SHARE:
        return f"only {share:.1%} of the events came, {NEEDED_SHARE:.0%} are needed"
    return ""


def _share(measure: Measure, options: Options, answers: Sequence[Mapping[str, object]]) -> float:
    """Events that came, of those that the streams owe: each process by its own window."""
    held = measure is Measure.HELD
    streams = options.held / len(answers) if held else options.streams
    rate = options.held_rate if held else options.rate
    return sum(_each(answers, "events")) / (streams * rate * sum(_each(answers, "seconds")))


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
