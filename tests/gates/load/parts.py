"""Parts of gate `load` as observers would return them, for the tests of judges."""

from __future__ import annotations

from dataclasses import replace

from golive.api import CheckResult, EvidenceRef, Observation
from golive.texts import catalogue
from golive_gates.load import GATE
from golive_gates.load.limit_parts import (
    Again,
    Answer,
    Attempt,
    Bystander,
    Quota,
    RateLimitSeen,
    Readmission,
    Round,
)
from golive_gates.load.parts import (
    Count,
    InstrumentSeen,
    LoadSeen,
    ReadySeries,
    Recovery,
    Requests,
)
from golive_gates.load.settings import Settings
from tests.gates.slo.parts import SLOS

REF = EvidenceRef("load.jsonl", "evidence/load/load.jsonl", "0" * 64, 10, "application/jsonl")
CHECKS = {c.spec.id: c for c in GATE.checks}
FIT = InstrumentSeen(0.0003, 0.0001, 0.002, 0.003)


def observed(*parts: object) -> Observation:
    return Observation({type(p).__name__: p for p in parts})


def judge(check_id: str, *parts: object, settings: Settings | None = None) -> CheckResult:
    """Judge *parts* and render what was said in both languages."""
    result = CHECKS[check_id].evaluate(observed(*parts), settings or Settings())
    for lang in ("ko", "en"):
        texts = catalogue(GATE.package, lang)
        assert texts.reason(result.reason, check_id)
        assert texts.remedy(check_id, result.reason)
        assert all(texts.reason(f.reason, check_id) for f in result.findings)
    return result


def requests(
    ok: int = 600, time: float = 0.02, silent: int = 0, broken: int = 0, **changed: object
) -> Requests:
    part = Requests(
        ok + silent + broken,
        (time,) * ok,
        (),
        (Count("status-503", silent),) if silent else (),
        (Count("truncated", broken),) if broken else (),
    )
    return replace(part, **changed)  # type: ignore[arg-type]


def streams(ok: int = 120, first: float = 0.4, silent: int = 0, broken: int = 0) -> Requests:
    return requests(ok, first + 0.6, silent, broken, first_contents=(first,) * ok)


def ready(failures: int = 0, done: int = 520, **changed: object) -> ReadySeries:
    url = "http://127.0.0.1:1/readyz"
    part = ReadySeries("api", url, 520, done, failures, answers=done, seconds=33.0, rate=15.8)
    return replace(part, **changed)  # type: ignore[arg-type]


def load(
    api: Requests | None = None,
    of_streams: Requests | None = None,
    *,
    series: tuple[ReadySeries, ...] | None = None,
    recovery: Recovery | None = None,
    **changed: object,
) -> LoadSeen:
    part = LoadSeen(
        4.0,
        20.0,
        30.0,
        SLOS,
        requests() if api is None else api,
        streams() if of_streams is None else of_streams,
        FIT,
        series or (ready(), ready(service="other")),
        recovery or Recovery(0.6, 30.0, 0.6, 0.01, tried=1, first_content=0.4),
        warmed=72,
        in_flight=9,
        goodput=23.5,
        seconds=33.5,
        evidence=(REF,),
    )
    return replace(part, **changed)  # type: ignore[arg-type]


def answers(limit: int, window: float = 60.0, status: int = 429) -> tuple[Answer, ...]:
    def quota(at: float, left: int) -> Quota:
        return Quota("RateLimit-*", limit, left, window - at, window)

    served = [Answer(i * 0.01, 200, quota=quota(i * 0.01, limit - i - 1)) for i in range(limit)]
    at = limit * 0.01
    refusal = Answer(at, status, quota=quota(at, 0), retry_after=window - at)
    return (*served, refusal)


def round_of(limit: int = 200, window: float = 60.0, **changed: object) -> Round:
    seen = answers(limit, window)
    part = Round(limit, limit + 1, True, limit * 0.01, 0, 429, 58.0, lead=3, gap=2.0, answers=seen)
    return replace(part, **changed)  # type: ignore[arg-type]


def limit(*rounds: Round, **changed: object) -> RateLimitSeen:
    """A fixed window of 200 requests in 60 s, as declared."""
    part = RateLimitSeen(
        200,
        60.0,
        "http://127.0.0.1:1/projects",
        rounds or (round_of(),),
        Again(2.5, 1, 0),
        (Readmission(3.0, 60.1, 58.0, True, Again(60.1, 6, 6, full=True)),),
        (Attempt("X-Forwarded-For", "header", 1, status=429),),
        Bystander(
            Answer(0.0, 200, quota=Quota("RateLimit-*", 200, 199)),
            Answer(3.0, 200, quota=Quota("RateLimit-*", 200, 198)),
            Answer(3.0, 429),
        ),
        evidence=(REF,),
    )
    return replace(part, **changed)  # type: ignore[arg-type]


UNLIMITED = limit(
    round_of(270, refused=False, status=None, retry_after=None, sent=270),
    pause=None,
    readmissions=(),
    attempts=(),
)
