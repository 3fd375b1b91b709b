"""Puts the document of a load run together. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from golive import __version__
from golive.cli import load_figures
from golive.cli.load_plan import Aim
from golive.cli.load_summary import SCHEMA, LoadDocument, Sent, Spread
from golive.probe.load import Arrival, LoadPlan, LoadResult
from golive.rounding import exact
from golive.stats import lag1_autocorrelation


@dataclass(frozen=True, slots=True)
class Background:
    """What the document says beside the figures. *excerpt* makes outside text printable."""

    plan: LoadPlan
    aim: Aim | None
    shown_url: str
    shown_headers: tuple[tuple[str, str], ...]
    address: str
    allowed_by: str
    excerpt: Callable[[str], str]
    interrupted: bool = False


def document(result: LoadResult, background: Background) -> LoadDocument:
    """The document of *result*."""
    plan, aim, judged = background.plan, background.aim, result.judged
    streams = plan.requests[0].rules is not None
    seconds = result.judged_seconds
    said = (
        None
        if aim is None
        else load_figures.statement(
            plan, result, aim, streams=streams, interrupted=background.interrupted
        )
    )
    statuses = Counter(str(r.status) for r in judged if r.status is not None)
    return LoadDocument(
        schema=SCHEMA,
        golive=__version__,
        started_at=datetime.fromtimestamp(result.started_at, UTC),
        duration=result.duration,
        sent=_sent(background, streams=streams),
        planned=result.planned,
        recorded=len(result.records),
        warmup=len(result.records) - len(judged),
        interrupted=background.interrupted,
        aborted=background.excerpt(result.aborted),
        lost_workers=tuple(background.excerpt(lost) for lost in result.lost),
        outcomes=load_figures.outcomes(judged, background.excerpt),
        statuses=tuple(sorted(statuses.items())),
        spreads=tuple(_spreads(result, streams=streams)),
        gaps=load_figures.gaps(result) if streams else None,
        requests_per_second=len(judged) / seconds if seconds > 0 else 0.0,
        goodput=_goodput(result, aim, streams=streams),
        events=sum(r.events for r in judged),
        bytes=sum(r.bytes for r in judged),
        heartbeats=sum(r.heartbeats for r in judged),
        shared_events=sum(r.shared_events for r in judged),
        connections_opened=sum(not r.connection_reused and r.connected is not None for r in judged),
        statement=said,
        own=load_figures.own_error(result.instrument),
        remarks=tuple(_remarks(result, background, streams=streams)),
    )


def _sent(background: Background, *, streams: bool) -> Sent:
    plan, aim = background.plan, background.aim
    request, schedule = plan.requests[0], plan.schedule
    return Sent(
        method=request.method,
        url=background.shown_url,
        headers=background.shown_headers,
        address=background.address,
        allowed_by=background.allowed_by,
        reads="event streams" if streams else "plain answers",
        arrival=schedule.arrival.value,
        rate=schedule.rate,
        users=schedule.concurrency,
        warmup=plan.warmup,
        judged=schedule.count - plan.warmup,
        timeout=request.timeout,
        stall_after=plan.stall_after,
        threshold=None if aim is None else aim.threshold,
        objective=None if aim is None else aim.objective,
    )


def _spreads(result: LoadResult, *, streams: bool) -> Iterator[Spread]:
    judged = result.judged
    if streams:
        yield load_figures.spread("first content", [r.first_content_latency for r in judged])
        yield load_figures.spread("whole stream", [r.latency for r in judged])
    else:
        yield load_figures.spread("whole answer", [r.latency for r in judged])


def _goodput(result: LoadResult, aim: Aim | None, *, streams: bool) -> float | None:
    if aim is None:
        return None
    if streams:
        return result.goodput(first_content=aim.threshold)
    return result.goodput(latency=aim.threshold)


def _remarks(result: LoadResult, background: Background, *, streams: bool) -> Iterator[str]:
    plan, judged = background.plan, result.judged
    if background.interrupted:
        yield "interrupted: what was not finished by then is not judged"
    if result.lost:
        missing = result.planned - len(result.records)
        yield f"{len(result.lost)} worker(s) died and took {missing} records with them"
    if result.instrument.held_back:
        yield (
            f"{result.instrument.held_back} requests waited for a free slot "
            f"(--max-in-flight {plan.max_in_flight}); their wait counts"
        )
    if plan.schedule.arrival is Arrival.CLOSED:
        yield (
            "closed loop: a slow answer delays the next request, so slow moments are "
            "sampled less often than users would meet them"
        )
    if streams and (together := sum(r.shared_events for r in judged)):
        events = sum(r.events for r in judged)
        yield f"{together} of {events} events shared a read: written together, or buffered"
    rho = _correlation(result, background.aim, streams=streams)
    if rho > 0.3:
        yield (
            f"requests that follow each other resemble each other (correlation {rho:.2f}), so "
            "they prove less than as many independent ones"
        )


def _correlation(result: LoadResult, aim: Aim | None, *, streams: bool) -> float:
    threshold = aim.threshold if aim and aim.threshold else None
    taken = [r.first_content_latency if streams else r.latency for r in result.judged]
    good = [float(t <= threshold) if threshold else float(t < float("inf")) for t in taken]
    return lag1_autocorrelation(good) or 0.0


def pace_in_words(sent: Sent) -> str:
    """The schedule as a reader says it."""
    if sent.arrival == Arrival.CLOSED:
        return f"closed loop, {sent.users} users"
    kind = {"constant": "evenly", "poisson": "at random", "ramp": "rising evenly to"}
    if sent.arrival == Arrival.RAMP:
        return f"open loop, rising to {exact(sent.rate)} requests/s"
    return f"open loop, {exact(sent.rate)} requests/s {kind[sent.arrival]}"
