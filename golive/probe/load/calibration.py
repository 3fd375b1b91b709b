"""The instrument measured against a responder that says when it sent what.

One stream at a time, so what is found is the instrument and its machine, not their load;
the lag and the slip of a run are measured in the run.
"""

from __future__ import annotations

import contextlib
import math
import select
import subprocess
import time
from collections.abc import Iterator

from golive.probe.load.here import run_here
from golive.probe.load.plan import Arrival, LoadPlan, Request, Schedule
from golive.probe.load.programs import command, environment
from golive.probe.load.result import Calibration
from golive.probe.load.tally import nearest_rank
from golive.probe.sse import Event, Record
from golive.probe.trace import StreamRules

STREAMS = 80
WARMUP = 5
_START_S = 10.0
_DEADLINE_S = 8.0
_RULES = StreamRules(content_events=("token",))


def measure() -> Calibration:
    """Calibrate in this process, blocking for about half a second.

    Trouble is in ``Calibration.problem``. The responder is a child, gone on return.
    """
    with _responder() as port:
        if port is None:
            return Calibration(problem="the loopback responder did not start")
        plan = LoadPlan(
            (Request("GET", f"http://127.0.0.1:{port}/", rules=_RULES, timeout=2.0),),
            Schedule(Arrival.CLOSED, STREAMS, concurrency=1),
            warmup=WARMUP,
            deadline=_DEADLINE_S,
        )
        return _measured(plan)


def _measured(plan: LoadPlan) -> Calibration:
    arrivals: dict[int, list[tuple[float, int, int]]] = {}

    def note(index: int, after: float, record: Record) -> None:
        if isinstance(record, Event) and record.type == "token":
            received, sent = record.data.split()
            arrivals.setdefault(index, []).append((after, int(received), int(sent)))

    begins: list[float] = []

    def start() -> float:
        begins.append(time.monotonic())
        return begins[0]

    result = run_here(plan, on_stream=note, start=start)
    floors: list[float] = []
    errors: list[float] = []
    for record in result.judged:
        seen = arrivals.get(record.index, [])
        if not record.ok or not seen:
            return Calibration(problem=f"a calibration stream ended as {record.outcome}")
        first, received, sent = seen[0]
        # All that is not the responder's own time between receiving and sending.
        floors.append(first - (sent - received) / 1e9)
        # Times of a record count from its scheduled moment, the responder's are absolute.
        begin = begins[0] + record.scheduled
        errors += [abs(begin + after - sent / 1e9) for after, _, sent in seen]
    floors.sort()
    errors.sort()
    if not floors or not math.isfinite(floors[-1]):
        return Calibration(problem="no calibration stream was measured")
    return Calibration(
        floor_p50=max(0.0, nearest_rank(floors, 0.5)),
        floor_p99=max(0.0, nearest_rank(floors, 0.99)),
        error_p50=nearest_rank(errors, 0.5),
        error_p99=nearest_rank(errors, 0.99),
        samples=len(errors),
        kernel_stamps=result.instrument.kernel_stamps,
        problem="",
    )


@contextlib.contextmanager
def _responder() -> Iterator[int | None]:
    """The responder's port; ``None`` if it does not say one."""
    with subprocess.Popen(  # noqa: S603 - our own program
        command("responder"),
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        try:
            yield _port(process)
        finally:
            process.kill()


def _port(process: subprocess.Popen[bytes]) -> int | None:
    if process.stdout is None or not select.select([process.stdout], [], [], _START_S)[0]:
        return None
    line = process.stdout.readline().strip()
    return int(line) if line.isdigit() else None
