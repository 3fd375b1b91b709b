"""The clients of the benchmark: how each is started, and whether it can be."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.load.clients import tools
from bench.load.figures import Client
from bench.load.measures import Measure
from bench.load.processes import Programs

EVERY_STREAM = (Measure.STREAM, Measure.FLOOD, Measure.GET, Measure.SHORT, Measure.LONG)
PEERS = (
    ("locust", "Locust FastHttp"),
    ("aiohttp", "aiohttp"),
    ("aiohttp-uvloop", "aiohttp, uvloop"),
    ("httpx", "httpx"),
    ("httpx-uvloop", "httpx, uvloop"),
)
"""Keys and names; the key is the library's module, and the event loop's where it is another."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A client with what it takes part in.

    *command* is its fixed part; *tool* says how a program that has its own way is told what to
    do and how it answers. *streams*: a k6 that reads event streams.
    """

    client: Client
    measures: tuple[Measure, ...] = ()
    command: tuple[str, ...] = ()
    tool: tools.Tool | None = None
    streams: bool = False


def catalogue(programs: Programs, peers: Path | None, only: Sequence[str] = ()) -> list[Entry]:
    """Every client; one that is not installed has no measures and says why it is missing.

    *peers* is the interpreter of the Python clients (``None``: there is none). *only* names the
    keys of those wanted; the others are left out altogether.
    """
    ours = (sys.executable, "-m", "bench.load.clients.golive_client")
    entries = [
        Entry(
            Client("reference", "C epoll reference"),
            (*EVERY_STREAM, Measure.HELD),
            (str(programs.reference),),
        ),
        Entry(
            Client("golive", "golive"),
            (*EVERY_STREAM, Measure.STAMPS, Measure.HELD),
            ours,
        ),
        Entry(
            Client("golive-clock", "golive, no kernel stamps"),
            (Measure.STREAM, Measure.STAMPS, Measure.SHORT, Measure.LONG),
            (*ours, "stamps=0"),
        ),
    ]
    entries += [_peer(key, name, peers) for key, name in PEERS]
    entries += [_tool(tool) for tool in tools.TOOLS]
    return [entry for entry in entries if not only or entry.client.key in only]


def _peer(key: str, name: str, peers: Path | None) -> Entry:
    if peers is None:
        return Entry(Client(key, name, missing="not installed"))
    library, _, loop = key.partition("-")
    wanted = f"import {library}" + (f", {loop}" if loop else "")
    probe = subprocess.run([str(peers), "-c", wanted], capture_output=True, check=False, timeout=60)
    if probe.returncode:
        return Entry(Client(key, name, missing="not installed"))
    command = (str(peers), "-m", f"bench.load.clients.{library}_client")
    return Entry(Client(key, name), EVERY_STREAM, (*command, f"loop={loop}") if loop else command)


def _tool(tool: tools.Tool) -> Entry:
    program = tools.found(tool.key)
    if program is None:
        missing = "not installed" + (" (nor an SSE extension)" if tool.key == "k6" else "")
        return Entry(Client(tool.key, tool.key, missing=missing))
    client = Client(tool.key, tool.key, version=tools.version_of(tool, program))
    if tool.key != "k6":
        return Entry(client, (Measure.GET,), (program,), tool)
    if tools.k6_reads_streams(program):
        return Entry(client, (Measure.GET, Measure.STREAM), (program,), tool, streams=True)
    client.name = "k6, SSE extension not installed"
    return Entry(client, (Measure.GET,), (program,), tool)
