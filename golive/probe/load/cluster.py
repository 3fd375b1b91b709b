"""One load plan over the workers of a Dask cluster.

Each worker gets one shard, once: a lost shard is reported and never run elsewhere, because
its load may have been sent already. All begin at one moment, each by its own clock. What they
measured is only ever added up; no time stamp of one worker is compared with another's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from golive.probe.load.cluster_fit import check_targets
from golive.probe.load.cluster_host import ClusterError, Member
from golive.probe.load.cluster_members import Cluster
from golive.probe.load.cluster_merge import merged
from golive.probe.load.cluster_order import Order, pack
from golive.probe.load.cluster_result import ClocksDifferError, ClusterResult, WorkerReport
from golive.probe.load.cluster_run import Conductor
from golive.probe.load.cluster_seat import Seat
from golive.probe.load.cluster_summary import Bounds, Limits, Summary, quantile_bounds
from golive.probe.load.merge import merge_progress
from golive.probe.load.plan import LoadPlan, Shard
from golive.probe.load.result import LoadProgress

__all__ = [
    "Bounds",
    "ClocksDifferError",
    "ClusterError",
    "ClusterResult",
    "Limits",
    "Summary",
    "WorkerReport",
    "quantile_bounds",
    "run_on_cluster",
]

RECORDS_A_WORKER = 20_000


async def run_on_cluster(  # noqa: PLR0913 - a run's options, all but two keyword-only
    plan: LoadPlan,
    scheduler: str,
    *,
    workers: int | None = None,
    calibrate: bool = True,
    on_progress: Callable[[LoadProgress], None] | None = None,
    abort: asyncio.Event | None = None,
    start_in: float = 2.0,
    keep_records: int = RECORDS_A_WORKER,
    limits: Limits | None = None,
) -> ClusterResult:
    """Run *plan* over *workers* (``None``: all) processes of the cluster at *scheduler*.

    *scheduler*: ``tcp://HOST:PORT`` or ``tls://HOST:PORT``. The run starts *start_in* s after
    every worker is ready. A plan with more than *keep_records* requests a worker comes back
    without its records, as sums and sketches; *limits* names what ``within`` counts then.
    *abort* ends the run on all workers. Every request must hold the address that was checked
    (``Request.address``), and the authorisation is the caller's to check.

    ``ClusterError``, with nothing sent: no scheduler, no workers, versions that differ, a
    target that would be another machine for a worker, a worker that was not ready. Later
    trouble is in the result: see ``ClusterResult.problem``. ``OSError`` if the plan's
    ``ca_file`` cannot be read. ``ValueError`` unless *start_in* > 0.
    """
    if not start_in > 0:
        message = f"start_in must be positive, got {start_in}"
        raise ValueError(message)
    authorities = await asyncio.to_thread(_content, plan.ca_file)
    async with Cluster(scheduler) as cluster:
        members = (await cluster.members(workers))[: _shards(plan)]
        check_targets(plan, members)
        counted = limits or Limits()
        kept = -(-plan.schedule.count // len(members)) <= keep_records
        seats = _seats(plan, members)
        conductor = Conductor(cluster, seats, abort=abort or asyncio.Event())

        def order(seat: Seat) -> bytes:
            return pack(
                Order(
                    run=conductor.run,
                    member=seat.member.identity,
                    shard=seat.shard,
                    plan=plan,
                    calibrate=calibrate,
                    keep_records=kept,
                    limits=counted,
                    authorities=authorities,
                )
            )

        def report() -> None:
            heard = [seat.progress for seat in seats if seat.progress is not None]
            if on_progress is not None and heard:
                on_progress(merge_progress(heard))

        await conductor.conduct(order, start_in, plan.deadline, report)
    return merged(plan, conductor, counted, records_kept=kept)


def _content(path: str | None) -> bytes | None:
    return Path(path).read_bytes() if path else None


def _shards(plan: LoadPlan) -> int:
    """Into how many parts the plan can be cut: each needs a request, and a user if closed."""
    schedule = plan.schedule
    return schedule.count if schedule.is_open else min(schedule.count, schedule.concurrency)


def _seats(plan: LoadPlan, members: tuple[Member, ...]) -> list[Seat]:
    shards = [Shard(index, len(members)) for index in range(len(members))]
    return [
        Seat(member, shard, shard.share(plan.schedule.count))
        for member, shard in zip(members, shards, strict=True)
    ]
