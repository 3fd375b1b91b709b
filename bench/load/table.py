"""The report as text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bench.load.aims import judged
from bench.load.figures import NEEDED_SHARE, Client, Report

ABSENT = "–"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its two lines of head and how a client's cell reads."""

    head: str
    under: str
    cell: Callable[[Client], str]


def _number(value: float | None) -> str:
    if value is None:
        return ABSENT
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def _time(us: float | None) -> str:
    if us is None:
        return ABSENT
    if us < 1e3:
        return f"{us:.0f} µs" if us >= 10 else f"{us:.1f} µs"
    return f"{us / 1e3:.1f} ms" if us < 1e6 else f"{us / 1e6:.1f} s"


def _errors(client: Client) -> str:
    half, most = client.median("error_p50_us"), client.median("error_p99_us")
    return ABSENT if half is None else f"{_time(half)} / {_time(most)}"


def _flood(client: Client) -> str:
    rate, share = client.median("flood_events_per_s"), client.median("flood_cpu_share")
    if rate is None:
        return ABSENT
    # A client that had time to spare was not saturated: the server was.
    return ("≥ " if share is not None and share < 0.9 else "") + _number(rate)


def _bias(client: Client) -> str:
    short, long = client.median("bias_3ms_ms"), client.median("bias_50ms_ms")
    if short is None and long is None:
        return ABSENT
    return " / ".join(ABSENT if v is None else f"{v:+.2f}" for v in (short, long))


def _columns(report: Report) -> tuple[Column, ...]:
    def ratio(client: Client) -> str:
        mine = client.median("cpu_us_per_event")
        base = report.median("reference", "cpu_us_per_event")
        return f"{mine / base:.2f}x" if mine is not None and base else ABSENT

    return (
        Column("CPU µs", "an event", lambda c: _number(c.median("cpu_us_per_event"))),
        Column("against", "C", ratio),
        Column("stamp error", "p50 / p99", _errors),
        Column("KB", "a stream", lambda c: _number(c.median("kb_per_stream"))),
        Column("events/s", "saturated", _flood),
        Column("requests/s", "64 kept alive", lambda c: _number(c.median("requests_per_s"))),
        Column("bias ms at", "3 / 50 ms", _bias),
    )


def _lines(rows: list[list[str]]) -> list[str]:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return [
        "  ".join(
            cell.ljust(width) if i < 2 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def _held(report: Report) -> list[str]:
    options = report.options
    rows = [["", "", "streams held", "KB a stream", "events that came", "CPU of the core"]]
    for client in report.clients:
        streams = client.median("held_streams")
        if streams is not None:
            rows.append(
                [
                    client.name,
                    "",
                    _number(streams),
                    _number(client.median("held_kb_per_stream")),
                    f"{(client.median('held_events_share') or 0):.1%}",
                    f"{(client.median('held_cpu_share') or 0):.0%}",
                ]
            )
    title = (
        f"{options.held:,} streams on one core, {options.processes} processes,"
        f" {options.held_rate:g} events/s each"
    )
    return [title, *_lines(rows)] if len(rows) > 1 else []


def _head(report: Report) -> tuple[str, str]:
    machine, options = report.machine, report.options
    what = (
        f"load clients on one core: medians of {options.rounds} interleaved round(s) of"
        f" {options.seconds:g} s, {options.streams:,} streams x {options.rate:g} events/s"
    )
    where = (
        f"{machine.processor}, {machine.cores} cores, {machine.kernel}, Python {machine.python},"
        f" {machine.compiler}, load average {machine.load_average:.2f};"
        f" clients on core {machine.client_core}, server on core {machine.server_core}"
    )
    return what, where


def text(report: Report) -> str:
    """Machine, table, aims, and whatever is not in them with its reason."""
    columns = _columns(report)
    shown = [client for client in report.clients if client.figures]
    rows = [["", "version", *(c.head for c in columns)], ["", "", *(c.under for c in columns)]]
    rows += [[c.name, c.version, *(column.cell(c) for column in columns)] for c in shown]
    aims = [["", "", "figure", "aim"]]
    for aim in judged(report):
        figure = ABSENT if aim.figure is None else f"{_number(aim.figure)} {aim.unit}"
        aims.append([aim.name, aim.met.value, figure, f"<= {aim.limit:g} {aim.unit}"])
    parts = [
        *_head(report),
        *(f"WARNING: {line}" for line in report.machine.warnings),
        "",
        *_lines(rows),
        "",
        *_held(report),
        "",
        *_lines(aims),
        "",
        *(f"{c.name}: {c.missing}" for c in report.clients if c.missing),
        *(f"{c.name}, FAILED: {note}" for c in report.clients for note in c.failures),
        *_lagging(report),
        f"took {report.seconds:.0f} s",
    ]
    return "\n".join(parts)


def _lagging(report: Report) -> list[str]:
    """Clients whose figures are of fewer streams or events than were offered."""
    found = []
    for client in report.clients:
        streams, share = client.median("streams"), client.median("events_share")
        if streams is not None and streams < report.options.streams:
            found.append(f"{client.name}: only {streams:,.0f} streams were open")
        if share is not None and share < NEEDED_SHARE:
            found.append(f"{client.name}: took only {share:.0%} of the events in the window")
    return found
