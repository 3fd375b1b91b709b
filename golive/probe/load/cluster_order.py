"""What travels between the controller of a cluster run, its workers and their engines."""

from __future__ import annotations

import math
import pickle
import zlib
from dataclasses import dataclass, field
from enum import StrEnum

from golive.probe.load.cluster_summary import Limits, Summary
from golive.probe.load.plan import LoadPlan, Shard
from golive.probe.load.record import RequestRecord
from golive.probe.load.result import Instrument, LoadProgress
from golive.probe.load.sketch import Sketch


class State(StrEnum):
    """Where a run stands on one worker."""

    UNKNOWN = "unknown"
    PREPARING = "preparing"
    READY = "ready"
    RUNNING = "running"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Order:
    """One worker's part of a run. *member* is the process that it is meant for.

    Its ``repr`` shows no plan: the headers of a plan hold tokens, and workers write logs.
    *authorities* is the content of the plan's ``ca_file``, which lies on the controller.
    """

    run: str
    member: str
    shard: Shard
    plan: LoadPlan = field(repr=False)
    calibrate: bool = True
    keep_records: bool = True
    limits: Limits = field(default_factory=Limits)
    authorities: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Part:
    """What a worker brings back. *failure* says why there is nothing ("": there is).

    *received* requests have an outcome, in *records* or in *templates* (a ``Summary`` for each
    request template). *late* is how long after its scheduled moment the first request was
    taken up, in s; *stopped* why the run was cut short.
    """

    received: int = 0
    records: tuple[RequestRecord, ...] = field(default=(), repr=False)
    templates: tuple[Summary, ...] = field(default=(), repr=False)
    gap_sketch: Sketch = field(default_factory=Sketch, repr=False)
    instrument: Instrument | None = None
    duration: float = 0.0
    late: float = math.inf
    stopped: str = ""
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """The state of a run on one worker, and that worker's monotonic clock in s."""

    state: State
    now: float
    progress: LoadProgress | None = None
    failure: str = ""


def pack(value: object) -> bytes:
    """*value* for the way; compressed, so that no log shows what is in it."""
    return zlib.compress(pickle.dumps(value), 1)


def unpack(data: bytes) -> object:
    """What ``pack`` was given. Only for what one's own cluster sent: Dask itself unpickles it."""
    return pickle.loads(zlib.decompress(data))  # noqa: S301 - as Dask does with the same bytes
