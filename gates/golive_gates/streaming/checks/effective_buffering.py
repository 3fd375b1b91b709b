"""``streaming.effective-buffering``: events reach the client as they are made, one by one.

What: content events of several streams through the front, and directly in turn where there is
a way: the share that arrived in a read of their own, the gaps between arrivals, and how much
later the first content comes through the front. Why: a proxy that gathers events turns a
stream into a wait; its configuration file says what is meant, only the wire what happens.
Remedy: turn response buffering off on the stream's route (nginx: ``proxy_buffering off`` or
``X-Accel-Buffering: no``), and look for compression and for a service mesh in between.
"""

from __future__ import annotations

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    Fact,
    Observation,
    Outcome,
    Reason,
)
from golive_gates.streaming.buffering import (
    alone_of,
    blurred,
    holding,
    params_of,
    undecidable,
)
from golive_gates.streaming.measure import gaps_of, quantile_fact
from golive_gates.streaming.parts import DIRECT, FRONT, StreamSeen, Wire
from golive_gates.streaming.seen import why_none
from golive_gates.streaming.settings import Settings

SPEC = CheckSpec("streaming.effective-buffering")

Streams = tuple[StreamSeen, ...]


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Shared reads refute by themselves; delay and gaps by comparison with the direct way."""
    part = observation.require(Wire)
    front, direct = part.complete(FRONT), part.complete(DIRECT)
    facts = _facts(part, front, direct)
    if not front:
        reason = why_none([s for s in part.streams if s.route == FRONT])
        return SPEC.inconclusive(reason, evidence=part.evidence, facts=facts)
    nothing = undecidable(part)
    if nothing is not None:
        return SPEC.inconclusive(nothing, evidence=part.evidence, facts=facts)
    alone = alone_of("events_alone", front, settings)
    own = blurred(part, alone)
    if own is not None:
        return SPEC.inconclusive(own, measurement=alone, evidence=part.evidence, facts=facts)
    found = holding(part, alone, settings)
    if found is not None:
        reason, measurement = found
        return SPEC.failed(reason, measurement=measurement, evidence=part.evidence, facts=facts)
    params = params_of(part, alone, settings)
    if alone.outcome is Outcome.UNDECIDED:
        return SPEC.inconclusive(
            Reason("undecided", params), measurement=alone, evidence=part.evidence, facts=facts
        )
    reason = Reason("as-direct" if direct else "front-alone", params)
    return SPEC.passed(reason, measurement=alone, evidence=part.evidence, facts=facts)


def _facts(part: Wire, front: Streams, direct: Streams) -> tuple[Fact, ...]:
    facts: list[Fact] = []
    for name, streams in ((FRONT, front), (DIRECT, direct)):
        if name == DIRECT and not part.has_direct:
            continue
        events = sum(s.content_events for s in streams)
        alone = sum(s.alone for s in streams)
        moments = sum(len(s.moments) for s in streams)
        gaps = [g for s in streams for g in gaps_of(s.moments)]
        first = [s.first_content for s in streams if s.first_content is not None]
        facts += [
            Fact(f"{name}_streams", len(streams)),
            Fact(f"{name}_events", events),
            Fact(f"{name}_alone", alone / events if events else None, "ratio"),
            Fact(f"{name}_arrivals", moments),
            quantile_fact(f"{name}_gap_p50", gaps, 0.5),
            quantile_fact(f"{name}_gap_p95", gaps, 0.95),
            quantile_fact(f"{name}_first_content_p50", first, 0.5),
        ]
    return (*facts, Fact("loop_lag_p99", part.loop_lag_p99, "s"))


CHECK = Check(SPEC, (Wire,), judge)
