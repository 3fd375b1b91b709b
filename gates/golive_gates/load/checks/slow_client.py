"""``load.slow-client``: slow connections end, and keep nobody else out.

What: a few connections that send their headers a byte a second, or (with credentials) a part of
a body and then nothing, have to be ended by the server within ``slow_within``, while every
service stays ready. What is answered or closed before anything slow was sent, or with a 429,
shows nothing. A body that trickles a byte a second and is still held then warns: most
fronts count the time between two reads only. Why: a server that waits for ever runs out of
connections with one laptop as the attacker. Remedy: set header and body time-outs in the front
(nginx: ``client_header_timeout``, ``client_body_timeout``) and limit connections per client.
"""

from __future__ import annotations

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    Comparator,
    Fact,
    Finding,
    Measurement,
    Observation,
    Reason,
)
from golive_gates.load.pentest.parts import SlowClients, SlowConnection
from golive_gates.load.pentest.verdicts import count_of, cut_short, told, walk_facts
from golive_gates.load.settings import Settings

SPEC = CheckSpec("load.slow-client")

TRICKLED = "trickled-body"


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """An endless connection or a service that is not ready fails."""
    del settings
    part = observation.require(SlowClients)
    evidence = part.walk.evidence
    facts = (*walk_facts(part.walk), *_facts(part))
    tried = [c for c in part.connections if not c.failure]
    unseen = [c for c in tried if _otherwise(c, part.interval)]
    held = [c for c in tried if c.ended_after is None and c not in unseen]
    hard = [c for c in held if c.kind != TRICKLED]
    unready = [r for r in part.ready if not r.ok and r.status != 429]
    if hard:
        return SPEC.failed(
            Reason("held", {"count": len(hard), "kind": hard[0].kind, "within": part.within}),
            measurement=count_of("connections_held", len(hard), len(tried)),
            evidence=evidence,
            facts=facts,
            findings=tuple(_finding(c, part.within) for c in held),
        )
    if unready and tried:
        return SPEC.failed(
            Reason("not-ready", {"count": len(unready), "n": len(part.ready), **told(unready[0])}),
            measurement=count_of("not_ready", len(unready), len(part.ready)),
            evidence=evidence,
            facts=facts,
        )
    early = cut_short(SPEC, part.walk, facts)
    if early is not None:
        return early
    lost = next((c for c in part.connections if c.failure), None)
    if lost is not None or not tried or not part.ready:
        params = {"kind": lost.kind if lost else "-", "failure": lost.failure if lost else "-"}
        return SPEC.inconclusive(Reason("no-connection", params), evidence=evidence, facts=facts)
    if unseen:
        return SPEC.inconclusive(_unseen(unseen[0]), evidence=evidence, facts=facts)
    limited = sum(r.status == 429 for r in part.ready)
    if limited == len(part.ready):
        reason = Reason("pentest-limited", {"sent": part.walk.sent, "limited": limited})
        return SPEC.inconclusive(reason, evidence=evidence, facts=facts)
    longest = max((c.ended_after for c in tried if c.ended_after is not None), default=part.within)
    measurement = Measurement(
        "longest_slow_connection", longest, "s", Comparator.LE, max(part.within, longest)
    )
    counts: dict[str, str | int | float | bool] = {
        "count": len(tried),
        "longest": longest,
        "within": part.within,
    }
    if held:
        return SPEC.warned(
            Reason("trickle-held", counts),
            measurement=measurement,
            evidence=evidence,
            facts=facts,
            findings=tuple(_finding(c, part.within) for c in held),
        )
    return SPEC.passed(
        Reason("ended", counts), measurement=measurement, evidence=evidence, facts=facts
    )


def _otherwise(connection: SlowConnection, interval: float) -> bool:
    """Whether the server answered or closed for another reason than slowness."""
    after = connection.answered_after
    first = connection.ended_after if after is None else after
    return connection.status == 429 or (first is not None and first < interval)


def _unseen(connection: SlowConnection) -> Reason:
    status = "-" if connection.status is None else connection.status
    after = connection.answered_after
    first = connection.ended_after if after is None else after
    seconds = 0.0 if first is None else first
    return Reason("not-slow", {"kind": connection.kind, "status": status, "after": seconds})


def _facts(part: SlowClients) -> tuple[Fact, ...]:
    tried = (c for c in part.connections if not c.failure)
    return tuple(Fact(f"ended_{c.kind.replace('-', '_')}", c.ended_after, "s") for c in tried)


def _finding(connection: SlowConnection, within: float) -> Finding:
    reason = Reason("connection-held", {"kind": connection.kind, "within": within})
    return Finding(connection.url, reason)


CHECK = Check(SPEC, (SlowClients,), judge)
