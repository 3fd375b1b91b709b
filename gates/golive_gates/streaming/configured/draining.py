"""How long a pod lets its streams run when it is told to end. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass

from golive_gates.streaming.configured.commands import Pause, pause_of
from golive_gates.streaming.configured.lifecycle import known, seconds
from golive_gates.streaming.configured.runtimes import NGINX
from golive_gates.streaming.configured.workloads import Hop

DEFAULT_GRACE = 30.0
"""``terminationGracePeriodSeconds`` where none is given (Pod API)."""
GRACE = "terminationGracePeriodSeconds"


@dataclass(frozen=True, slots=True)
class Draining:
    """``grace``: seconds until the pod is killed, the pause before the signal included.

    ``graceful``: seconds that the server gives its streams after the signal, ``inf`` without
    limit, ``None`` when files do not tell. ``at_once``: it ends them with the signal.
    """

    grace: float
    stated: bool
    pause: Pause
    graceful: float | None
    at_once: bool = False

    @property
    def before_kill(self) -> float:
        """Seconds between the signal and the kill, at most."""
        return max(self.grace - (self.pause.seconds or 0.0), 0.0)

    @property
    def for_streams(self) -> float | None:
        """Seconds that a stream has from the signal on; ``None`` when files do not tell."""
        if self.graceful is None:
            return None
        return min(self.graceful, self.before_kill)


def draining_of(hop: Hop) -> Draining | None:
    """The end of *hop*'s pod; ``None`` where its grace period is no number."""
    grace = hop.pod.spec.get(GRACE)
    stated = grace is not None
    if stated and (not isinstance(grace, int) or isinstance(grace, bool) or grace < 0):
        return None  # `manifests.schema` reports it.
    pause = pause_of(hop.container)
    return Draining(
        float(grace) if isinstance(grace, int) else DEFAULT_GRACE,
        stated,
        pause,
        _graceful(hop),
        _at_once(hop, pause),
    )


def _graceful(hop: Hop) -> float | None:
    if hop.runtime is None:
        return None
    if hop.runtime.name != NGINX:
        return hop.runtime.graceful.value
    limits = [
        seconds(known(route, "worker-shutdown-timeout"))
        for route in hop.front
        if known(route, "worker-shutdown-timeout") is not None
    ]
    # Nothing said in the configuration: nginx's own default is no limit.
    return min((x for x in limits if x is not None), default=math.inf) if hop.front else None


def _at_once(hop: Hop, pause: Pause) -> bool:
    """SIGTERM is a fast stop to nginx; its images ask for SIGQUIT unless the pod overrides it."""
    if hop.runtime is None or hop.runtime.name != NGINX or pause.quits:
        return False
    return hop.container.get("lifecycle", "stopSignal") in ("SIGTERM", "SIGINT")
