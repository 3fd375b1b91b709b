"""Parts of gate `slo` as observers would return them, for the tests of judges."""

from __future__ import annotations

from dataclasses import replace

from golive.api import (
    Comparator,
    EvidenceRef,
    Indicator,
    Objective,
    Observation,
    Slo,
)
from golive_gates.slo.parts import (
    Contract,
    Definitions,
    Drift,
    Flow,
    FlowStep,
    History,
    Lag,
    Operation,
    ProjectFlows,
    Readiness,
    ReadinessSeries,
    Reading,
    Short,
    Streams,
    StreamSample,
    Traffic,
)

DAY = 86_400.0
REF = EvidenceRef("probe.jsonl", "evidence/slo/probe.jsonl", "0" * 64, 10, "application/jsonl")
INDICATOR = Indicator("ratio", bad='http_requests_total{code=~"5.."}', total="http_requests_total")

READINESS = Slo("readiness", "share of 2xx on /readyz", Objective(Comparator.GE, 0.99), 30 * DAY)
ERROR_RATE = Slo("error-rate", "share of failed requests", Objective(Comparator.LT, 0.01), 30 * DAY)
AVAILABILITY = Slo(
    "availability",
    "share of requests without 5xx",
    Objective(Comparator.GT, 0.999),
    30 * DAY,
    indicator=INDICATOR,
    source="slo.yaml:12",
)
FIRST_EVENT = Slo(
    "sse-first-event", "time to first content", Objective(Comparator.GE, 0.95), 30 * DAY, 2.0
)
SLOS = (READINESS, ERROR_RATE, AVAILABILITY, FIRST_EVENT)


def definitions(*changed: Slo, without: str = "") -> Definitions:
    by_id = {s.id: s for s in (*SLOS, *changed)}
    return Definitions(tuple(s for s in by_id.values() if s.id != without), (REF,))


def observed(*parts: object) -> Observation:
    return Observation({type(p).__name__: p for p in parts})


def readiness(failures: int = 0, done: int = 473, **changed: object) -> Readiness:
    series = ReadinessSeries("api", "http://127.0.0.1:1/readyz", 473, done, failures, done)
    healthy = replace(series, service="other", done=472, failures=0, answers=472)
    return Readiness((healthy, replace(series, **changed)), 1.0, 20.0, evidence=(REF,))  # type: ignore[arg-type]


def stream(content: float | None = 0.4, **changed: object) -> StreamSample:
    """A healthy stream: status at 3 ms, content at *content*, done 0.6 s later."""
    healthy = StreamSample(
        status=200,
        sent=0.0005,
        headers=0.003,
        first_byte=0.004,
        first_comment=None,
        first_event=0.004,
        first_content=content,
        last_content=None if content is None else content + 0.5,
        terminal=None if content is None else content + 0.6,
        ended=(content or 0.0) + 0.6,
        events=60,
        coalesced=0.02,
        matches=True,
        length=300,
    )
    return replace(healthy, **changed)  # type: ignore[arg-type]


def streams(*samples: StreamSample, count: int = 93, **changed: object) -> Streams:
    """*samples*, filled up with healthy ones to *count*."""
    filled = (*samples, *(stream() for _ in range(count - len(samples))))
    part = Streams(93, filled, 2.0, known_answer=True, terminal_event="done", evidence=(REF,))
    return replace(part, **changed)  # type: ignore[arg-type]


def flow(*, create: int | None = 201, failure: str = "") -> Flow:
    steps = [FlowStep("create", "POST", "/projects", create, 0.01, failure)]
    if not failure:
        steps += [
            FlowStep("read", "GET", "/projects/1", 200, 0.01),
            FlowStep("delete", "DELETE", "/projects/1", 204, 0.01),
            FlowStep("read-deleted", "GET", "/projects/1", 404, 0.01),
        ]
    return Flow(tuple(steps))


def flows(*walked: Flow) -> ProjectFlows:
    return ProjectFlows(3, walked or (flow(), flow(), flow()), evidence=(REF,))


def traffic(failures: int = 0, done: int = 368, **changed: object) -> Traffic:
    part = Traffic(473, done, failures, done, requests=("GET /projects",), evidence=(REF,))
    return replace(part, **changed)  # type: ignore[arg-type]


def contract(*operations: Operation) -> Contract:
    default = Operation("api", "POST", "/generate", "http://127.0.0.1:1/openapi.json")
    return Contract(operations or (default,), (REF,))


def history(bad: float = 200.0, total: float = 1_000_000.0, **changed: object) -> History:
    """30 days in 720 slices; failures in every second slice, so without memory."""
    slices = 720
    each = total / slices
    part = History(
        "ratio",
        30 * DAY,
        3600.0,
        1_760_000_000.0,
        Reading("total", total),
        Reading("bad", bad),
        tuple(each for _ in range(slices)),
        tuple(2 * bad / slices if i % 2 else 0.0 for i in range(slices)),
        short=tuple(
            short(w, bad / max(total, 1.0)) for w in (300.0, 1800.0, 3600.0, 21_600.0, 259_200.0)
        ),
        evidence=(REF,),
    )
    return replace(part, **changed)  # type: ignore[arg-type]


def short(seconds: float, ratio: float, total: float = 10_000.0) -> Short:
    return Short(seconds, Reading("bad", ratio * total), Reading("total", total))


def contract_drift() -> Drift:
    return Drift("missing-field", "prompt", "", "description")


__all__ = ["Definitions", "Lag"]
