"""The rounds: every measure of every client, interleaved, each within its bound."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from bench.load.catalogue import Entry
from bench.load.clients.tools import k6_command, k6_count
from bench.load.figures import Client, NoFigureError, Options, Report
from bench.load.machine import Machine
from bench.load.measures import OVERHEAD, Measure, asked, not_held, reduced
from bench.load.processes import Answer, Programs, ask, cpu_of_children, serving

K6_SECONDS = 5


def measured(
    entries: Sequence[Entry],
    programs: Programs,
    machine: Machine,
    options: Options,
    say: Callable[[str], None] = lambda _line: None,
) -> Report:
    """Run everything. What fails is noted with its client and gives no figure."""
    began = time.monotonic()
    for turn in range(options.rounds):
        for measure in Measure:
            taking = [entry for entry in entries if measure in entry.measures]
            # Another client begins in each round: none always runs on a machine just warmed up.
            start = turn % max(1, len(taking))
            for entry in taking[start:] + taking[:start]:
                say(f"round {turn + 1} of {options.rounds}: {measure}, {entry.client.name}")
                _measure(entry, measure, programs, machine, options)
    clients = [entry.client for entry in entries]
    return Report(machine, options, clients, round(time.monotonic() - began, 1))


def _measure(
    entry: Entry, measure: Measure, programs: Programs, machine: Machine, options: Options
) -> None:
    client = entry.client
    try:
        if entry.tool is None:
            found = _client(entry, measure, programs, machine, options)
        elif measure is Measure.GET:
            found = _tool(entry, programs, machine, options)
        else:
            found = _k6_streams(entry, programs, machine, options)
    except (NoFigureError, ValueError, OSError) as error:
        _note(client, f"{measure}: {error}")
    else:
        client.add(found)


def _note(client: Client, note: str) -> None:
    if note not in client.failures:
        client.failures.append(note)


def _client(
    entry: Entry, measure: Measure, programs: Programs, machine: Machine, options: Options
) -> dict[str, float]:
    how = asked(measure, options)
    live = ("live=1",) if measure is Measure.STAMPS else ()
    with serving(programs.server, machine.server_core, how.servers) as server:
        commands = [
            (*entry.command, f"port={server.port}", *given, *live) for given in how.arguments
        ]
        answers = ask(commands, machine.client_core, how.bound)
    figures = [_whole(answer).figures() for answer in answers]
    version = figures[0].get("version")
    entry.client.version = version if isinstance(version, str) else ""
    found = reduced(measure, options, figures)
    if measure is Measure.STREAM and (refused := not_held(measure, options, figures)):
        _note(entry.client, f"{measure}, memory: {refused}")
    return found


def _tool(entry: Entry, programs: Programs, machine: Machine, options: Options) -> dict[str, float]:
    tool = entry.tool
    if tool is None:
        raise NoFigureError("it sends no plain requests")
    with serving(programs.server, machine.server_core) as server:
        url = f"http://127.0.0.1:{server.port}/"
        seconds = max(1.0, options.flow_seconds)
        command = tool.command(entry.command[0], url, options.connections, seconds)
        (answer,) = ask([command], machine.client_core, seconds + OVERHEAD)
    return {"requests_per_s": tool.rate(_whole(answer).out)}


def _k6_streams(
    entry: Entry, programs: Programs, machine: Machine, options: Options
) -> dict[str, float]:
    """CPU an event of a k6 that reads event streams.

    Of its whole process, less that of a k6 which sends one request. Raises ``NoFigureError``
    unless it counted what the server wrote.
    """
    events = round(options.rate * K6_SECONDS)
    bound = K6_SECONDS + 3 * OVERHEAD
    with serving(programs.server, machine.server_core) as server:
        base = f"http://127.0.0.1:{server.port}"
        before = cpu_of_children()
        start = k6_command(entry.command[0], "k6_get.js", base + "/", 1, 0)
        _whole(ask([start], machine.client_core, bound)[0])
        between = cpu_of_children()
        url = f"{base}/sse?rate={options.rate:g}&events={events}"
        command = k6_command(entry.command[0], "k6_sse.js", url, options.streams, 0)
        out = _whole(ask([command], machine.client_core, bound)[0]).out
        after = cpu_of_children()
    count = k6_count(out, "content_events", "count")
    if count != server.written:
        message = f"counted {count:.0f} events where the server wrote {server.written}"
        raise NoFigureError(message)
    return {"cpu_us_per_event": ((after - between) - (between - before)) / count * 1e6}


def _whole(answer: Answer) -> Answer:
    if answer.failure:
        raise NoFigureError(answer.failure)
    return answer
