"""Runs a load plan, here or on a cluster, and stops it at the first interrupt."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from dataclasses import dataclass
from urllib.parse import urlsplit

from golive.authorisation import is_loopback
from golive.cli.load_live import Watch
from golive.errors import NothingToCheck, UsageError
from golive.probe.load import LoadPlan, LoadResult, LoadUnsupportedError, run_load
from golive.sanitize import clean

_NOTICE = b"\nstopping; what was seen so far is reported (again to leave at once)\n"


@dataclass(frozen=True, slots=True)
class Ran:
    """The result of a run, and whether somebody stopped it."""

    result: LoadResult
    interrupted: bool


def run(plan: LoadPlan, *, workers: int | None, scheduler: str | None, watch: Watch) -> Ran:
    """The run, over when every request has its record.

    ``NothingToCheck`` when the cluster cannot carry it; ``UsageError`` without the extra.
    """
    return asyncio.run(_run(plan, workers, scheduler, watch))


def warn_of_plain_text(scheduler: str) -> None:
    """Say on stderr that credentials will cross a network where anybody on it can read them."""
    address = scheduler if "://" in scheduler else f"tcp://{scheduler}"
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return  # no address at all, which is told before anything is sent
    if parts.scheme != "tcp" or is_loopback(host):
        return
    sys.stderr.write(
        f"warning: the credentials of the request go to {clean(host)} and to its workers "
        "unencrypted: use tls://\n"
    )


async def _run(plan: LoadPlan, workers: int | None, scheduler: str | None, watch: Watch) -> Ran:
    loop, abort = asyncio.get_running_loop(), asyncio.Event()

    def interrupt() -> None:
        if abort.is_set():
            os._exit(130)  # the workers end with their stdin
        os.write(2, _NOTICE)
        abort.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, interrupt)
    if scheduler is None:
        try:
            result = await run_load(plan, workers=workers or 1, on_progress=watch, abort=abort)
        except ValueError as error:
            msg = f"the load engine refused the plan: {clean(str(error))}"
            raise NothingToCheck(msg, "look at the options") from None
        except LoadUnsupportedError as error:
            raise NothingToCheck(str(error), error.hint) from None
    else:
        result = await _on_cluster(scheduler, plan, workers, watch, abort)
    return Ran(result, abort.is_set())


async def _on_cluster(
    scheduler: str, plan: LoadPlan, workers: int | None, watch: Watch, abort: asyncio.Event
) -> LoadResult:
    try:
        # The extra `cluster`; it takes a second to import, and most runs need none of it.
        from golive.probe.load.cluster import ClusterError, run_on_cluster
    except ImportError as error:
        msg = f"--scheduler needs {error.name}"
        raise UsageError(msg, "pip install 'golive[cluster]'") from error
    try:
        return await run_on_cluster(
            plan,
            scheduler,
            workers=workers,
            on_progress=watch,
            abort=abort,
            keep_records=plan.schedule.count,  # sums hold neither order nor status
        )
    except ClusterError as error:
        raise NothingToCheck(clean(str(error)), error.hint) from error
