"""``streaming.drain-chain``: a pod that ends has the time to end its streams.

What: for every workload on the way of a stream, ``preStop`` and the server's graceful shutdown
together fit into ``terminationGracePeriodSeconds`` (30 s by default), and what they leave to a
stream is at least ``gates.streaming.longest_stream``, unless broken streams go on (``resume:
continue``). Arguments are read from command, args and environment; uvicorn waits without limit
by default, gunicorn 30 s, hypercorn 3 s. An nginx in front counts as well, with its
``worker_shutdown_timeout``.
Why: every deployment, scale-down and drain of a node ends pods; what is not done when the grace
period is over is killed in the middle of an answer.
Remedy: grace period > preStop + graceful shutdown >= longest stream; the drill
``streaming.drain`` then proves it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from golive.api import (
    CheckResult,
    Fact,
    Finding,
    Observation,
    Status,
)
from golive.sources.kubernetes.objects import KeyPath
from golive_gates.streaming.configured.draining import GRACE, Draining, draining_of
from golive_gates.streaming.configured.lifecycle import Params, at_object, judged, ways_in
from golive_gates.streaming.configured.looking import file_based, file_check
from golive_gates.streaming.configured.runtimes import NGINX
from golive_gates.streaming.configured.workloads import Hop
from golive_gates.streaming.settings import Settings

SPEC = file_check("drain-chain", required=True)
NONE: Params = {}


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """The chain holds for every workload that streams pass."""
    _, ways = ways_in(observation)
    findings: list[Finding] = []
    looked = 0
    for hop in ways.hops:
        chain = draining_of(hop)
        if chain is not None:
            looked += 1
            findings += _chain(hop, chain, settings)
    fact = Fact("longest_stream", settings.longest_stream, "s")
    return judged(SPEC, observation, looked, findings, fact)


def _chain(hop: Hop, chain: Draining, settings: Settings) -> Iterator[Finding]:
    """The first link that breaks; what cannot be told only where nothing broke."""
    longest = 0.0 if settings.resume == "continue" else settings.longest_stream
    grace = (*hop.pod.path, GRACE)
    served, graceful = chain.for_streams, chain.graceful
    params: Params = {
        "grace": chain.grace,
        "pause": chain.pause.seconds or 0.0,
        "left": chain.before_kill,
        "graceful": graceful or 0.0,
        "limit": settings.longest_stream,
    }
    if chain.at_once:
        yield _at(hop, (*hop.container.path, "lifecycle", "stopSignal"), "at-once")
    elif chain.before_kill < longest:
        yield _at(hop, grace, "killed" if chain.stated else "killed-by-default", params)
    elif _own(hop) and served is not None and served < longest:
        yield _at(hop, _place(hop), "cut", params)
    elif graceful is not None and math.isfinite(graceful) and graceful >= chain.before_kill:
        yield _at(hop, grace, "overlong", params)
    else:
        # Where broken streams go on elsewhere, it does not matter how the server ends them.
        resumes = settings.resume == "continue"
        found = _undecided(hop, chain)
        yield from (f for f in found if f.status is Status.WARN or not resumes)


def _own(hop: Hop) -> bool:
    """Whether the server's own limit is this check's to report: nginx's has one of its own."""
    return hop.runtime is not None and hop.runtime.name != NGINX


def _undecided(hop: Hop, chain: Draining) -> Iterator[Finding]:
    hook = (*hop.container.path, "lifecycle", "preStop")
    if hop.runtime is None:
        yield _at(hop, hop.container.path, "server-unknown", status=Status.INCONCLUSIVE)
        return
    server = {"server": hop.runtime.name}
    if chain.graceful is None:
        yield _at(hop, _place(hop), "limit-unknown", server, status=Status.INCONCLUSIVE)
    elif chain.pause.seconds is None and not math.isinf(chain.graceful):
        yield _at(hop, hook, "pause-unknown", status=Status.INCONCLUSIVE)
    elif not chain.pause.there:
        yield _at(hop, hop.container.path, "no-pause", status=Status.WARN)
    elif hop.runtime.below_shell:
        yield _at(hop, _place(hop), "below-shell", server, status=Status.WARN)


def _place(hop: Hop) -> KeyPath:
    if hop.runtime is None or hop.runtime.graceful.owner is not hop.pod.owner:
        return hop.container.path
    return hop.runtime.graceful.path


def _at(
    hop: Hop, path: KeyPath, code: str, params: Params = NONE, *, status: Status | None = None
) -> Finding:
    owner, container = hop.pod.owner, hop.container.name
    return at_object(owner, path, code, params, container=container, status=status)


CHECK = file_based(SPEC, judge)
