"""From the engine's records to counts by what they say of the service."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from golive.probe.load import Instrument, RequestOutcome, RequestRecord
from golive_gates.load.parts import Count, InstrumentSeen, Requests

SILENT = frozenset(
    {
        RequestOutcome.REFUSED,
        RequestOutcome.RESET,
        RequestOutcome.TIMEOUT,
        RequestOutcome.CONNECT,
        RequestOutcome.TLS,
    }
)
"""No usable answer at all; so is a status of 5xx."""
CUT = frozenset({RequestOutcome.UNFINISHED, RequestOutcome.UNSENT})
TIMES = (
    "started",
    "sent",
    "connected",
    "headers",
    "first_byte",
    "first_event",
    "first_content",
    "last_content",
    "terminal",
    "ended",
)
MOST_KINDS = 8
TOO_MANY = 429


def requests_of(records: Sequence[RequestRecord], planned: int) -> Requests:
    """Count *records* of one kind; *planned*: how many there should be."""
    silent: Counter[str] = Counter()
    broken: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    latencies: list[float] = []
    contents: list[float] = []
    limited = local = cut = 0
    for one in records:
        if one.outcome is RequestOutcome.OK and one.ended is not None:
            latencies.append(round(one.latency, 6))
            if one.first_content is not None:
                contents.append(round(one.first_content, 6))
        elif one.outcome is RequestOutcome.STATUS:
            status = one.status or 0
            if status == TOO_MANY:
                limited += 1
            elif status >= 500:
                silent[f"status-{status}"] += 1
            else:
                refused[f"status-{status}"] += 1
        elif one.outcome in SILENT:
            silent[one.outcome.value] += 1
        elif one.outcome in CUT:
            cut += 1
        elif one.outcome is RequestOutcome.LOCAL:
            local += 1
        else:
            broken[one.outcome.value] += 1
    return Requests(
        planned=planned,
        latencies=tuple(sorted(latencies)),
        first_contents=tuple(sorted(contents)),
        unavailable=counts(silent),
        broken=counts(broken),
        client_errors=counts(refused),
        limited=limited,
        local=local,
        missing=cut + max(0, planned - len(records)),
    )


def counts(found: Counter[str]) -> tuple[Count, ...]:
    """Most frequent first; what is beyond the first few is counted together."""
    common = found.most_common()
    kept = [Count(kind, count) for kind, count in common[:MOST_KINDS]]
    rest = sum(count for _, count in common[MOST_KINDS:])
    return (*kept, Count("other", rest)) if rest else tuple(kept)


def instrument_of(seen: Instrument) -> InstrumentSeen:
    """The instrument's own figures as the part keeps them."""
    return InstrumentSeen(
        floor_p99=seen.floor_p99,
        error_p99=seen.error_p99,
        slip_p99=seen.slip_p99,
        loop_lag_p99=seen.loop_lag_p99,
        slip_max=seen.slip_max,
        error_p50=seen.error_p50,
        kernel_stamps=seen.kernel_stamps,
        held_back=seen.held_back,
        workers=seen.workers,
        cpu_seconds=seen.cpu_seconds,
        problem=seen.calibration_problem,
    )


def most_at_once(records: Iterable[RequestRecord]) -> int:
    """The largest number of requests under way at one moment."""
    steps: list[tuple[float, int]] = []
    for one in records:
        if one.started is None:
            continue
        ended = one.ended if one.ended is not None else one.started
        steps += [(one.scheduled + one.started, 1), (one.scheduled + ended, -1)]
    now = most = 0
    for _, change in sorted(steps):
        now += change
        most = max(most, now)
    return most


def record_line(one: RequestRecord, kind: str) -> dict[str, object]:
    """One request for the evidence."""
    return {
        "index": one.index,
        "kind": kind,
        "warmup": one.warmup,
        "scheduled": round(one.scheduled, 6),
        "outcome": one.outcome.value,
        "status": one.status,
        "detail": one.detail or None,
        **{t: None if (v := getattr(one, t)) is None else round(v, 6) for t in TIMES},
        "events": one.events,
        "max_gap": None if one.max_gap is None else round(one.max_gap, 6),
        "stalls": one.stalls,
        "matches": one.matches,
        "retry_after": one.retry_after,
        "reused": one.connection_reused,
    }
