"""A controller as a program, for where the tests themselves cannot be: ``controller.py JOB``.

*JOB* is JSON: scheduler, url, count, rate, silent_after. Reports its progress as lines, then
what came of the run.
"""

from __future__ import annotations

import asyncio
import json
import sys

from golive.probe.load import Arrival, LoadPlan, LoadProgress, Request, Schedule
from golive.probe.load import cluster_run as conductor
from golive.probe.load.cluster import (
    ClocksDifferError,
    ClusterError,
    ClusterResult,
    WorkerReport,
    run_on_cluster,
)
from golive.probe.trace import StreamRules


def say(**line: object) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def note(progress: LoadProgress) -> None:
    say(done=progress.done)


def clock_of(worker: WorkerReport) -> tuple[float, float, bool] | None:
    clock = worker.clock
    return None if clock is None else (clock.offset, clock.uncertainty, clock.shared)


def compared(result: ClusterResult) -> float | str:
    try:
        return result.sent_apart(0, 1)
    except ClocksDifferError:
        return "refused"
    except ValueError:
        return "no record"


def main() -> None:
    job = json.loads(sys.argv[1])
    conductor.SILENT_AFTER = job.get("silent_after", conductor.SILENT_AFTER)
    request = Request("GET", job["url"], rules=StreamRules(), timeout=5.0)
    plan = LoadPlan(
        (request,), Schedule(Arrival.CONSTANT, job["count"], rate=job["rate"]), deadline=30.0
    )
    run = run_on_cluster(plan, job["scheduler"], calibrate=False, start_in=4.0, on_progress=note)
    try:
        result = asyncio.run(run)
    except ClusterError as error:
        say(refused=str(error))
        return
    say(
        problem=result.problem,
        lost=list(result.lost),
        ok=result.total.ok,
        received=[worker.received for worker in result.workers],
        clocks={w.address: clock_of(w) for w in result.workers},
        start_uncertainty=min(result.start_uncertainty, 1e9),  # JSON has no infinity
        compared=compared(result),
    )


if __name__ == "__main__":
    main()
