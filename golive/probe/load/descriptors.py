"""How many descriptors a run may use."""

from __future__ import annotations

import contextlib
import os
import resource

SPARE = 64


def open_now() -> int:
    """How many this process has open; 0 where the platform does not say."""
    try:
        return len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - counted, not visited
    except OSError:
        return 0


def in_flight_limit(wanted: int) -> int:
    """As many as there are descriptors for, *wanted* at most, 1 at least.

    The soft limit is raised as far as that takes, to the hard one at most.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return wanted
    spare = SPARE + open_now()
    needed = wanted + spare
    if needed > soft and hard != soft:
        raised = needed if hard == resource.RLIM_INFINITY else min(hard, needed)
        # The kernel has a limit of its own (fs.nr_open), and may refuse.
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (raised, hard))
            soft = raised
    return max(1, min(wanted, soft - spare))
