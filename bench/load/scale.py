"""What a load of a given size needs: processes, addresses, memory, network, money. On paper.

``python bench/load/scale.py`` prints the tables of ``docs/scaling.md``; ``--write`` puts them
there. ``--set NAME=VALUE`` reckons with another figure, ``--report FILE`` with those that
``bench/load/run.py -o json`` has measured on this machine.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "scaling.md"
SIZES = (1_000, 10_000, 100_000, 1_000_000)


@dataclass(frozen=True, slots=True)
class Given:
    """A figure that the plan rests on. *origin*: measured, limit or assumed."""

    value: float
    unit: str
    origin: str
    what: str


GIVEN: Mapping[str, Given] = {
    "event_us": Given(17.2, "µs", "measured", "CPU an event, 1,000 streams × 10 events/s"),
    "quiet_event_us": Given(59, "µs", "measured", "the same, 20,000 streams × 0.2 events/s"),
    "stream_us": Given(
        510, "µs", "measured", "CPU a stream: connection, request, head, end; busy host"
    ),
    "stream_kb": Given(1.36, "KB", "measured", "process memory a stream, 20,000 held"),
    "record_kb": Given(1.1, "KB", "measured", "process memory a finished request"),
    "gap_bytes": Given(4, "B", "measured", "a gap in memory; all gaps of a run are held"),
    "due_bytes": Given(8, "B", "measured", "a request of the plan, in every process"),
    "worker_mb": Given(87, "MB", "measured", "Dask worker (63) and its engine (24), empty"),
    "descriptors": Given(20_000, "", "limit", "file descriptors a process on the measured host"),
    "ports": Given(28_232, "", "limit", "Linux default, an address pair and target port"),
    "wait_s": Given(60, "s", "limit", "TIME_WAIT on Linux, of the side that closes first"),
    "events_s": Given(10, "1/s", "assumed", "events a second in a stream"),
    "stream_s": Given(60, "s", "assumed", "length of a stream"),
    "wire_bytes": Given(230, "B", "assumed", "an event on the wire, headers and ACK included"),
    "socket_kb": Given(6, "KB", "assumed", "kernel memory of a connection that is mostly idle"),
    "busy": Given(0.5, "", "assumed", "share of a core that is planned; the rest is for bursts"),
    "host_cores": Given(16, "", "assumed", "vCPUs of a load host, 1 kept for kernel and network"),
    "price": Given(0.05, "$", "assumed", "price of a vCPU hour; put your own here"),
    "run_s": Given(600, "s", "assumed", "length of the run; a plan holds 10,000,000 requests"),
    "hours": Given(1.0, "h", "assumed", "hours paid: set-up, the run, and a second one"),
}


@dataclass(frozen=True, slots=True)
class Need:
    """What *streams* held at once need. *reason* says what sets the number of processes."""

    streams: int
    requests: float
    events_s: float
    opened_s: float
    cores: float
    processes: int
    reason: str
    hosts: int
    ports: int
    addresses: int
    memory_gb: float
    gbit_s: float
    dollars: float


def need(streams: int, given: Mapping[str, float]) -> Need:
    """The plan for *streams*, under *given*: a number for each name of ``GIVEN``."""
    events = streams * given["events_s"]
    opened = streams / given["stream_s"]
    cores = (events * given["event_us"] + opened * given["stream_us"]) / 1e6
    by_cpu = math.ceil(cores / given["busy"])
    # The loop, the log and the pipes of a process need some descriptors themselves.
    by_descriptors = math.ceil(streams / (given["descriptors"] - 64))
    processes = max(1, by_cpu, by_descriptors)
    hosts = math.ceil(processes / (given["host_cores"] - 1))
    # Closed connections keep their port for a while, unless they are used again.
    ports = math.ceil((streams + opened * given["wait_s"]) / hosts)
    requests = opened * given["run_s"]
    gaps_kb = given["events_s"] * given["stream_s"] * given["gap_bytes"] / 1e3
    kilobytes = (
        streams * (given["stream_kb"] + given["socket_kb"])
        # What has ended stays in memory until the shard is summed up.
        + requests * (given["record_kb"] + gaps_kb)
        + processes * requests * given["due_bytes"] / 1e3
    )
    return Need(
        streams=streams,
        requests=requests,
        events_s=events,
        opened_s=opened,
        cores=cores,
        processes=processes,
        reason="CPU" if by_cpu >= by_descriptors else "descriptors",
        hosts=hosts,
        ports=ports,
        addresses=math.ceil(ports / given["ports"]),
        memory_gb=(kilobytes / 1e3 + processes * given["worker_mb"]) / 1e3,
        gbit_s=events * given["wire_bytes"] * 8 / 1e9,
        dollars=hosts * given["host_cores"] * given["hours"] * given["price"],
    )


def tables(given: Mapping[str, float]) -> dict[str, str]:
    """The generated parts of the page by name."""
    return {"figures": _figures(given), "plan": _plan(given), "idle": _idle(given)}


def _figures(given: Mapping[str, float]) -> str:
    rows = [
        [f"`{name}`", f"{_number(given[name])} {one.unit}".strip(), one.origin, one.what]
        for name, one in GIVEN.items()
    ]
    return _table(["name", "figure", "origin", "what"], rows)


def _plan(given: Mapping[str, float]) -> str:
    head = ["streams at once", "requests", "events/s", "opened/s", "busy cores", "processes"]
    head += ["set by", "hosts", "ports a host", "source addresses a host", "memory", "network"]
    rows = [_row(need(size, given)) for size in SIZES]
    return _table([*head, "cost"], rows)


def _idle(given: Mapping[str, float]) -> str:
    # An event that comes seldom costs more: it wakes the engine alone, and finds no cache warm.
    event_us = given["quiet_event_us"]
    quiet = {**given, "event_us": event_us, "events_s": 0.2, "stream_s": 600.0}
    head = ["streams at once", "busy cores", "processes", "set by", "hosts", "memory", "cost"]
    rows = [_row(need(size, quiet)) for size in SIZES]
    return _table(head, [[r[0], r[4], r[5], r[6], r[7], r[10], r[12]] for r in rows])


def _row(one: Need) -> list[str]:
    return [
        f"{one.streams:,}",
        f"{one.requests:,.0f}",
        f"{one.events_s:,.0f}",
        f"{one.opened_s:,.0f}",
        f"{one.cores:,.2f}" if one.cores < 10 else f"{one.cores:,.0f}",
        f"{one.processes:,}",
        one.reason,
        f"{one.hosts:,}",
        f"{one.ports:,}",
        f"{one.addresses:,}",
        f"{one.memory_gb:,.1f} GB",
        f"{one.gbit_s:,.2f} Gbit/s",
        f"$ {one.dollars:,.2f}",
    ]


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:g}"


def page_with(page: str, parts: Mapping[str, str]) -> str:
    """*page* with its generated parts replaced. ``ValueError`` if a place for one is missing."""
    for name, part in parts.items():
        start, end = f"<!-- {name} -->\n", f"\n<!-- /{name} -->"
        if (page.count(start), page.count(end)) != (1, 1):
            message = f"the page has no single place for the table {name!r}"
            raise ValueError(message)
        head, _, rest = page.partition(start)
        page = f"{head}{start}{part}{end}{rest.partition(end)[2]}"
    return page


def from_report(text: str) -> dict[str, float]:
    """The figures that a report of the benchmark holds for golive; the median of its rounds."""
    found: dict[str, float] = {}
    report = json.loads(text)
    for client in report["clients"]:
        medians = client.get("medians", {}) if client["key"] == "golive" else {}
        for mine, theirs in (("event_us", "cpu_us_per_event"), ("stream_kb", "held_kb_per_stream")):
            if theirs in medians:
                found[mine] = float(medians[theirs])
        if {"held_streams", "held_cpu_share"} <= set(medians):
            events_s = medians["held_streams"] * report["options"]["held_rate"]
            found["quiet_event_us"] = medians["held_cpu_share"] / events_s * 1e6
    return found


def main() -> int:
    """Print the tables, or write them into the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE")
    parser.add_argument("--report", type=Path, help="JSON of bench/load/run.py")
    parser.add_argument("--write", action="store_true", help="into docs/scaling.md")
    options = parser.parse_args()
    given = {name: one.value for name, one in GIVEN.items()}
    if options.report is not None:
        given |= from_report(options.report.read_text())
    for setting in options.set:
        name, _, value = setting.partition("=")
        if name not in given:
            parser.error(f"no figure is called {name!r}; there are: {', '.join(given)}")
        given[name] = float(value)
    if options.write and (options.set or options.report):
        parser.error("the page shows the figures of this file; change them here")
    parts = tables(given)
    if options.write:
        PAGE.write_text(page_with(PAGE.read_text(), parts))
    else:
        print("\n\n".join(parts.values()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
