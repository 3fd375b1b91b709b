"""A load engine near the machine's limit: open-loop schedules, HTTP/1.1, event streams.

One thread, raw epoll, own incremental parsers, kernel receive time stamps. Trouble of the
target is an outcome, never an exception; the instrument measures itself beside the target.
"""

from golive.probe.load.here import run_here
from golive.probe.load.plan import Arrival, LoadPlan, Request, Schedule, Shard
from golive.probe.load.processes import calibrate, run_load
from golive.probe.load.readiness import LoadUnsupportedError
from golive.probe.load.record import RequestOutcome, RequestRecord
from golive.probe.load.result import Calibration, Instrument, LoadProgress, LoadResult
from golive.probe.load.sketch import Sketch

__all__ = [
    "Arrival",
    "Calibration",
    "Instrument",
    "LoadPlan",
    "LoadProgress",
    "LoadResult",
    "LoadUnsupportedError",
    "Request",
    "RequestOutcome",
    "RequestRecord",
    "Schedule",
    "Shard",
    "Sketch",
    "calibrate",
    "run_here",
    "run_load",
]
