"""The comparison with a stranger's document, in a process of its own that is killed in time.

A document may hold a ``pattern`` that backtracks for years, and a regex under way holds the
interpreter: no time-out, signal or thread of the same process ends it. So the whole comparison
runs in a child, which also has its own limits should golive be killed first. Whoever takes too
long or breaks down is ``Unusable``: nothing is claimed about a document that was not read to
its end.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys

from golive.probe.exchange import parse_json
from golive_gates.slo.drift import Unusable, compare
from golive_gates.slo.parts import Drift

LIMIT = 10.0
"""Seconds for one request against its document; a real one takes half a second with start-up."""

MAX_MEMORY = 1 << 30
"""Bytes of address space of the child."""

# The child finds its modules where this process found them, and takes no hints from PYTHON*.
_CHILD = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from golive_gates.slo.comparing import child; child(int(sys.argv[2]))"
)


async def compare_apart(
    document: bytes, method: str, path: str, body: object, limit: float = LIMIT
) -> tuple[Drift, ...]:
    """``drift.compare`` of the JSON text *document*, in a child that has *limit* seconds.

    Raises ``Unusable`` also when the child took longer, broke down or could not be started.
    """
    request = json.dumps({"method": method, "path": path, "body": body}).encode()
    places = json.dumps([place for place in sys.path if place])
    try:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-c", _CHILD, places, str(int(limit) + 2)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,  # Ctrl+C is for golive, which then ends the child itself
        )
    except OSError as error:
        msg = f"the comparison could not be started: {error}"
        raise Unusable(msg) from error
    try:
        answer, _ = await asyncio.wait_for(
            process.communicate(request + b"\n" + document), timeout=limit
        )
    except TimeoutError:
        msg = f"a pattern or the size of the document keeps the comparison beyond {limit:g} s"
        raise Unusable(msg) from None
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    if process.returncode != 0:
        msg = f"the comparison broke down (exit {process.returncode})"
        raise Unusable(msg)
    found = json.loads(answer)
    if isinstance(found, str):
        raise Unusable(found)
    return tuple(Drift(*texts) for texts in found)


def child(seconds: int) -> None:
    """The child: request and document on stdin; drifts, or why there are none, on stdout."""
    _confine(seconds)
    request = json.loads(sys.stdin.buffer.readline())
    try:
        document = parse_json(sys.stdin.buffer.read())
        drifts = compare(document, request["method"], request["path"], request["body"])
        answer: object = [(d.kind, d.field, d.detail, d.suggestion) for d in drifts]
    except ValueError as why:
        answer = str(why)
    sys.stdout.write(json.dumps(answer))


def _confine(seconds: int) -> None:
    try:
        import resource
    except ImportError:  # not a Unix: the parent's time-out alone has to do
        return
    for what, most in ((resource.RLIMIT_CPU, seconds), (resource.RLIMIT_AS, MAX_MEMORY)):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(what, (most, most))
