"""One worker's place in a cluster run, as its controller sees it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from golive.probe.load.cluster_clock import ClockOffset
from golive.probe.load.cluster_host import Member
from golive.probe.load.cluster_members import Pending
from golive.probe.load.cluster_order import Part, State, unpack
from golive.probe.load.plan import Shard
from golive.probe.load.result import LoadProgress


@dataclass(slots=True, eq=False)
class Seat:
    """One worker in a run.

    *planned* requests are its shard; *lost* says why it has no part, *over* that
    nothing of it runs any more.
    """

    member: Member
    shard: Shard
    planned: int
    pending: Pending | None = None
    state: State = State.UNKNOWN
    progress: LoadProgress | None = None
    heard: float = 0.0
    asking: bool = False
    fetch: asyncio.Task[None] | None = None
    clock: ClockOffset | None = None
    start_uncertainty: float = 0.0
    part: Part | None = None
    lost: str = ""
    over: bool = False

    @property
    def settled(self) -> bool:
        """Whether nothing more is to come."""
        return self.part is not None or bool(self.lost)


async def fetch(seat: Seat, pending: Pending) -> None:
    """Wait for what *pending* brings, and note it in *seat*."""
    try:
        result = await pending.result()
        part = unpack(result) if isinstance(result, bytes) else None
    except Exception as error:  # noqa: BLE001 - whatever Dask makes of a lost worker
        seat.lost = seat.lost or f"its task came to nothing: {error}"
        return
    if seat.lost:
        return
    if not isinstance(part, Part):
        seat.lost = "it gave something that is no result"
    elif part.failure:
        seat.lost = part.failure
    else:
        seat.part = part
