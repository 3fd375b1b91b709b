"""Load tools that are programs of their own: found on the search path or listed as absent."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.load.figures import NoFigureError

FOLDER = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Tool:
    """A program that sends plain requests.

    *command* takes (program, url, connections, seconds); *rate* reads requests/s from what it
    prints and raises ``NoFigureError`` if it is not there.
    """

    key: str
    version: tuple[str, ...]
    command: Callable[[str, str, int, float], list[str]]
    rate: Callable[[str], float]


def found(key: str) -> str | None:
    """Where the program is, or ``None``."""
    return shutil.which(key)


def version_of(tool: Tool, program: str) -> str:
    """The first thing like a version in what it says of itself; "unknown" without one."""
    done = subprocess.run(
        [program, *tool.version], capture_output=True, text=True, check=False, timeout=20
    )
    said = done.stdout + done.stderr
    match = re.search(r"\d+\.\d+(?:\.\d+)?", re.sub(r"Runtime:.*", "", said))
    return match[0] if match else "unknown"


def k6_reads_streams(program: str) -> bool:
    """Whether this k6 was built with an extension for event streams."""
    done = subprocess.run(
        [program, "version"], capture_output=True, text=True, check=False, timeout=20
    )
    return "k6/x/sse" in done.stdout


def k6_command(program: str, script: str, url: str, users: int, seconds: float) -> list[str]:
    """k6 with one of the scripts beside this file; its summary as JSON on stdout."""
    return [
        program,
        "run",
        "--quiet",
        "--no-usage-report",
        "--vus",
        str(users),
        *(["--duration", f"{seconds}s"] if seconds else ["--iterations", str(users)]),
        "--env",
        f"URL={url}",
        str(FOLDER / script),
    ]


def k6_count(out: str, metric: str, value: str) -> float:
    """*value* of *metric* in k6's summary. Raises ``NoFigureError`` if it is not there."""
    data = json.loads(out[out.index("{") :])
    return _number(data.get("metrics", {}).get(metric, {}).get("values", {}).get(value))


def _number(value: object) -> float:
    if not isinstance(value, int | float) or value <= 0:
        raise NoFigureError("the output holds no such figure")
    return float(value)


def _wrk_rate(out: str) -> float:
    match = re.search(r"Requests/sec:\s+([\d.]+)", out)
    if match is None or "Non-2xx" in out:
        raise NoFigureError("no requests/s, or answers other than 2xx")
    return _number(float(match[1]))


def _oha_rate(out: str) -> float:
    data = json.loads(out)
    summary: Mapping[str, object] = data.get("summary", {})
    if summary.get("successRate") != 1 and summary.get("successRate") != 1.0:
        raise NoFigureError("not every request was answered")
    return _number(summary.get("requestsPerSec"))


def _vegeta_rate(out: str) -> float:
    data = json.loads(out)
    if data.get("success") != 1:
        raise NoFigureError("not every request was answered")
    return _number(data.get("throughput"))


def _vegeta(program: str, url: str, connections: int, seconds: float) -> list[str]:
    # vegeta attacks and reports in two processes; both belong to what it costs.
    line = (
        'echo "GET $2" | "$1" attack -rate=0 -max-workers="$3" -workers="$3" -connections="$3"'
        ' -duration="$4s" | "$1" report -type=json'
    )
    return ["sh", "-c", line, "sh", program, url, str(connections), str(seconds)]


TOOLS = (
    Tool(
        "wrk",
        ("-v",),
        lambda program, url, connections, seconds: [
            program,
            "-t1",
            f"-c{connections}",
            f"-d{max(1, round(seconds))}s",
            url,
        ],
        _wrk_rate,
    ),
    Tool(
        "oha",
        ("--version",),
        lambda program, url, connections, seconds: [
            program,
            "--no-tui",
            "--output-format",
            "json",
            "--wait-ongoing-requests-after-deadline",
            "-c",
            str(connections),
            "-z",
            f"{seconds:g}s",
            url,
        ],
        _oha_rate,
    ),
    Tool("vegeta", ("-version",), _vegeta, _vegeta_rate),
    Tool(
        "k6",
        ("version",),
        lambda program, url, connections, seconds: k6_command(
            program, "k6_get.js", url, connections, seconds
        ),
        lambda out: k6_count(out, "http_reqs", "rate"),
    ),
)
