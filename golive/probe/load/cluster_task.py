"""What a Dask worker runs for us: one task, and the answers to its controller.

The controller talks past the task, through ``control``, which the worker calls on its event
loop while the task holds one of its threads.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable

from golive.probe.load.cluster_order import Answer, Order, Part, State, pack, unpack
from golive.probe.load.cluster_work import Held, carry_out

_REMEMBERED = 1000

_lock = threading.Lock()
_runs: dict[str, Held] = {}


def control(run: str, start: float | None = None, stop: str = "") -> Answer:
    """Ask how *run* stands here; *start* gives its start moment (this clock), *stop* ends it.

    A run that is stopped before its task came is not begun when it comes.
    """
    now = time.monotonic()
    with _lock:
        held = _runs.get(run)
        if held is None:
            if stop:
                _remember(run, Held(State.DONE, stop=stop))
            return Answer(State.UNKNOWN, now)
    # One writer for each field, so the run's thread needs no lock to read them.
    held.heard = now
    held.start = start if held.start is None else held.start
    held.stop = held.stop or stop
    return Answer(held.state, now, held.progress, held.failure)


def task() -> Callable[[bytes], bytes]:
    """The task as a function that travels by its code: the scheduler may have no golive."""

    def run(order: bytes) -> bytes:
        from golive.probe.load.cluster_task import run_order

        return run_order(order)

    return run


def run_order(packed: bytes) -> bytes:
    """Carry out an ``Order`` and give a ``Part``; both packed. Never raises.

    Runs on a thread of a Dask worker. What is refused: an order for another process (this
    one was started in its place) and one that was here before, because its load may have
    been sent already.
    """
    from distributed import get_worker  # extra `cluster`; only ever called by it

    try:
        order = unpack(packed)
        worker = get_worker()
        if not isinstance(order, Order):
            return pack(Part(failure="the order could not be read"))
        if worker.id != order.member:
            return pack(Part(failure="the worker was restarted; its part is not sent again"))

        def closing() -> bool:
            return worker.status.name not in ("running", "paused")

        return pack(once(order, closing))
    except Exception as error:  # noqa: BLE001 - Dask would log the order with it
        return pack(Part(failure=f"{type(error).__name__}: {error}"))


def once(order: Order, closing: Callable[[], bool]) -> Part:
    """Carry out *order* unless its run was here before. *closing*: the worker is about to end."""
    held = Held()
    with _lock:
        before = _runs.get(order.run)
        if before is not None:
            why = before.stop or "the run was here before; it is not sent again"
            return Part(failure=why)
        _remember(order.run, held)
    try:
        part = asyncio.run(carry_out(order, held, closing))
        held.failure = part.failure
    finally:
        held.state = State.DONE
    return part


def _remember(run: str, held: Held) -> None:
    _runs[run] = held
    while len(_runs) > _REMEMBERED:
        del _runs[next(iter(_runs))]
