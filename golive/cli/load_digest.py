"""Puts the document of a load run together. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from golive import __version__
from golive.cli import load_clocks, load_figures
from golive.cli.load_judging import statement
from golive.cli.load_plan import Aim
from golive.cli.load_remarks import remarks
from golive.cli.load_summary import SCHEMA, LoadDocument, Sent
from golive.probe.load import Arrival, LoadPlan, LoadResult
from golive.probe.load.cluster_result import ClusterResult
from golive.probe.load.cluster_summary import Limits
from golive.rounding import exact


@dataclass(frozen=True, slots=True)
class Background:
    """What the document says beside the figures. *excerpt* makes outside text printable.

    *workers*: how many were asked for, ``None``: one, or all of a cluster. *limits*: what
    goodput has to meet, ``None``: there is none.
    """

    plan: LoadPlan
    aim: Aim | None
    shown_url: str
    shown_headers: tuple[tuple[str, str], ...]
    address: str
    allowed_by: str
    excerpt: Callable[[str], str]
    interrupted: bool = False
    limits: Limits | None = None
    workers: int | None = None


def document(result: LoadResult, background: Background) -> LoadDocument:
    """The document of *result*."""
    plan, aim, judged = background.plan, background.aim, result.judged
    excerpt, limits = background.excerpt, background.limits
    streams = plan.requests[0].rules is not None
    warmed = tuple(r for r in result.records if r.warmup)
    missing = max(0, plan.schedule.count - plan.warmup - len(judged))
    workers = _workers(result, background)
    said = (
        None
        if aim is None
        else statement(plan, result, aim, streams=streams, interrupted=background.interrupted)
    )
    return LoadDocument(
        schema=SCHEMA,
        golive=__version__,
        started_at=datetime.fromtimestamp(result.started_at, UTC),
        duration=result.duration,
        sent=_sent(background, workers, streams=streams),
        planned=result.planned,
        recorded=len(result.records),
        missing=missing,
        warmup=len(warmed),
        warmup_outcomes=load_figures.outcomes(warmed, excerpt),
        warmup_statuses=load_figures.statuses(warmed),
        interrupted=background.interrupted,
        aborted=excerpt(result.aborted),
        lost_workers=tuple(excerpt(lost) for lost in result.lost),
        outcomes=load_figures.outcomes(judged, excerpt),
        statuses=load_figures.statuses(judged),
        spreads=tuple(load_clocks.spreads(judged, missing, streams=streams)),
        gaps=load_clocks.gaps(result) if streams else None,
        requests_per_second=load_figures.ended_per_second(judged),
        goodput=None if limits is None else load_figures.goodput(judged, limits),
        events=sum(r.events for r in judged),
        bytes=sum(r.bytes for r in judged),
        heartbeats=sum(r.heartbeats for r in judged),
        shared_events=sum(r.shared_events for r in judged),
        connections_opened=sum(not r.connection_reused and r.connected is not None for r in judged),
        retried=sum(r.retried for r in result.records),
        statement=said,
        cluster=load_figures.together(result, excerpt),
        own=load_figures.own_error(result.instrument),
        remarks=tuple(
            remarks(
                plan,
                result,
                aim,
                limits,
                streams=streams,
                workers=workers,
                interrupted=background.interrupted,
            )
        ),
    )


def _workers(result: LoadResult, background: Background) -> int:
    if isinstance(result, ClusterResult) and result.workers:
        return len(result.workers)
    return background.workers or 1


def _sent(background: Background, workers: int, *, streams: bool) -> Sent:
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
        limits=background.limits,
        workers=workers,
    )


def pace_in_words(sent: Sent) -> str:
    """The schedule as a reader says it."""
    if sent.arrival == Arrival.CLOSED:
        return f"closed loop, {sent.users} users"
    kind = {"constant": "evenly", "poisson": "at random", "ramp": "rising evenly to"}
    if sent.arrival == Arrival.RAMP:
        return f"open loop, rising to {exact(sent.rate)} requests/s"
    return f"open loop, {exact(sent.rate)} requests/s {kind[sent.arrival]}"
