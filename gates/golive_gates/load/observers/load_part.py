"""The part and the evidence of a load that was sent."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from golive.api import EvidenceRef, RunContext
from golive.codec import encode
from golive.probe.exchange import clean
from golive.probe.load import Instrument, LoadPlan, LoadResult, RequestRecord
from golive.target_client import json_lines
from golive_gates.load.observers.load_ask import Ask
from golive_gates.load.observers.load_counts import (
    instrument_of,
    most_at_once,
    record_line,
    requests_of,
)
from golive_gates.load.observers.watch import Watch
from golive_gates.load.parts import LoadSeen, Recovery, Requests
from golive_gates.load.settings import Settings

UNMEASURED = Instrument(kernel_stamps=False, calibration_problem="the load was not carried out")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What became of a load. ``result``: ``None`` if the engine could not carry it out."""

    ask: Ask
    plan: LoadPlan
    result: LoadResult | None
    watches: Sequence[Watch]
    recovery: Recovery | None
    recovery_lines: Sequence[dict[str, object]]
    threshold: float | None
    stopped: str
    detail: str


def part_of(ctx: RunContext, settings: Settings, found: Found) -> LoadSeen:
    """Count the records by kind and keep the evidence."""
    ask, plan, result = found.ask, found.plan, found.result
    records = () if result is None else result.records
    streams = _of_kind(plan, records, stream=True) if ask.generate is not None else None
    api = _of_kind(plan, records, stream=False) if ask.api_url else None
    good = 0
    if api is not None:
        good += sum(t <= settings.latency_threshold for t in api.latencies)
    if streams is not None:
        most = math.inf if found.threshold is None else found.threshold
        good += sum(t <= most for t in streams.first_contents)
    seconds = 0.0 if result is None else result.judged_seconds
    part = LoadSeen(
        ask.streams_per_second,
        ask.api_per_second,
        settings.duration,
        ctx.config.slos,
        api,
        streams,
        instrument_of(UNMEASURED if result is None else result.instrument),
        tuple(w.series() for w in found.watches),
        found.recovery,
        warmed=sum(r.warmup for r in records),
        warm_failures=sum(r.warmup and not r.ok for r in records),
        resent=sum(r.retried for r in records),
        in_flight=most_at_once(records),
        goodput=good / seconds if seconds else 0.0,
        seconds=0.0 if result is None else result.duration,
        lost=() if result is None else tuple(clean(x) for x in result.lost),
        stopped=found.stopped,
        detail=found.detail,
        api_gap=ask.api_gap,
        streams_gap=ask.streams_gap,
    )
    return replace(part, evidence=_evidence(ctx, part, found, records))


def _evidence(
    ctx: RunContext, part: LoadSeen, found: Found, records: Sequence[RequestRecord]
) -> tuple[EvidenceRef, ...]:
    keep, jsonl = ctx.evidence.add, "application/jsonl"
    lines = (record_line(r, _kind(found.plan, r)) for r in records)
    probes = [line for watch in found.watches for line in watch.lines]
    counts = {
        name: None
        if kind is None
        else {**asdict(kind), "latencies": kind.ok, "first_contents": len(kind.first_contents)}
        for name, kind in (("api", part.api), ("streams", part.streams))
    }
    summary = {
        "streams_per_second": part.streams_per_second,
        "api_per_second": part.api_per_second,
        "seconds": part.seconds,
        "warmed": part.warmed,
        "warm_failures": part.warm_failures,
        "resent": part.resent,
        "goodput": part.goodput,
        "in_flight": part.in_flight,
        "instrument": encode(part.instrument),
        "lost": part.lost,
        "stopped": part.stopped,
        "detail": part.detail,
        **counts,
    }
    return (
        keep("load.jsonl", json_lines(lines), jsonl),
        keep("load-readiness.jsonl", json_lines(probes), jsonl),
        keep("load-recovery.jsonl", json_lines(found.recovery_lines), jsonl),
        keep("load-summary.json", json.dumps(summary, indent=1), "application/json"),
    )


def _kind(plan: LoadPlan, record: RequestRecord) -> str:
    return "api" if plan.requests[record.request].rules is None else "stream"


def _of_kind(plan: LoadPlan, records: Sequence[RequestRecord], *, stream: bool) -> Requests:
    wanted = "stream" if stream else "api"
    kinds = [(r.rules is not None) is stream for r in plan.requests]
    indices = range(plan.warmup, plan.schedule.count)
    planned = sum(kinds[plan.request_of(i)] for i in indices)
    judged = [r for r in records if not r.warmup and _kind(plan, r) == wanted]
    return requests_of(judged, planned)
