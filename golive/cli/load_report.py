"""A load run as a person reads it. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator

from golive.cli.load_digest import pace_in_words
from golive.cli.load_remarks import in_words, is_2xx
from golive.cli.load_summary import LoadDocument, OwnError, Spread, Statement, Together
from golive.cli.probe_screen import Line, counted, duration, line, share, size
from golive.probe.load.cluster_summary import Limits
from golive.rounding import Toward, exact, rounded
from golive.stats import Outcome

_NAME, _CELL = 20, 10
_COLOURS = {
    Outcome.PROVEN: "bold green",
    Outcome.REFUTED: "bold red",
    Outcome.UNDECIDED: "bold magenta",
}


def report(doc: LoadDocument) -> list[Line]:
    """All of it, the verdict last."""
    return [
        *_head(doc),
        line(),
        *_outcomes(doc),
        line(),
        *_clocks(doc),
        *_traffic(doc),
        line(),
        *_instrument(doc.own, doc.sent.workers),
        *_cluster(doc.cluster),
        *(line(("note  ", "yellow"), remark) for remark in doc.remarks),
        line(),
        *_verdict(doc),
    ]


def _head(doc: LoadDocument) -> Iterator[Line]:
    sent = doc.sent
    yield line(("golive load  ", "bold"), f"{sent.method} {sent.url}")
    yield line(f"  {pace_in_words(sent)}, {sent.reads}; allowed by {sent.allowed_by}")
    warm = f"{doc.warmup} warm-up requests are not among them" if doc.warmup else "no warm-up"
    gone = f", {doc.missing} missing" if doc.missing else ""
    yield line(f"  {doc.recorded - doc.warmup} of {sent.judged} requests judged{gone}; {warm}")
    if failed := in_words(doc.warmup_outcomes, doc.warmup_statuses):
        yield line(("  of the warm-up failed  ", "red"), failed)


def _outcomes(doc: LoadDocument) -> Iterator[Line]:
    n = sum(found.count for found in doc.outcomes)
    yield line(f"{'outcome':<{_NAME}}{'requests':>{_CELL}}{'share':>{_CELL}}")
    for found in doc.outcomes:
        fine = found.outcome == "ok"
        part = share(found.count, n, Toward.DOWN if fine else Toward.UP)
        yield line(
            (f"{found.outcome:<{_NAME}}", "green" if fine else "red"),
            f"{found.count:>{_CELL},}{part:>{_CELL}}",
            (f"  {found.example}", "dim") if found.example else "",
        )
    if not doc.outcomes:
        yield line(("nothing was judged", "bold magenta"))
    refused = [f"{status} × {count}" for status, count in doc.statuses if not is_2xx(status)]
    if refused:
        yield line(f"{'HTTP status':<{_NAME}}  {', '.join(refused)}")


def _clocks(doc: LoadDocument) -> Iterator[Line]:
    if not any(spread.n for spread in doc.spreads):
        return
    heads = "".join(f"{name:>{_CELL}}" for name in ("p50", "p90", "p95", "p99", "max"))
    yield line(f"{'':<{_NAME}}{heads}{'never':>{_CELL}}{'n':>{_CELL}}")
    for spread in doc.spreads:
        yield from _spread(spread)
    gaps = doc.gaps
    if gaps is None:
        return
    figures = (gaps.p50, gaps.p90, gaps.p95, gaps.p99, gaps.maximum)
    cells = "".join(f"{duration(value):>{_CELL}}" for value in figures)
    yield line(f"{'gaps in streams':<{_NAME}}{cells}{'':>{_CELL}}{gaps.n:>{_CELL},}")
    stalls = f"{gaps.stalls} in {gaps.stalled_streams} streams" if gaps.stalls else "none"
    yield line(
        f"{'stalls':<{_NAME}}  ",
        (stalls, "red" if gaps.stalls else ""),
        f" (silent for more than {exact(doc.sent.stall_after)} s)",
    )


def _spread(spread: Spread) -> Iterator[Line]:
    values = (*(q.value for q in spread.quantiles), spread.maximum)
    cells = "".join(f"{duration(value):>{_CELL}}" for value in values)
    yield line(
        (f"{spread.name:<{_NAME}}", "bold"),
        cells,
        (f"{spread.never:>{_CELL},}", "red" if spread.never else ""),
        f"{spread.n:>{_CELL},}",
    )
    bounds = "".join(f"{duration(q.upper_bound):>{_CELL}}" for q in spread.quantiles)
    yield line((f"{'  bound, 95 % sure':<{_NAME}}{bounds}", "dim"))


def _traffic(doc: LoadDocument) -> Iterator[Line]:
    rate = rounded(doc.requests_per_second, Toward.DOWN)
    parts = [
        f"{rate} requests/s",
        counted(doc.connections_opened, "new connection"),
        size(doc.bytes),
    ]
    if doc.gaps is not None:
        parts[1:1] = [counted(doc.events, "event"), counted(doc.heartbeats, "heartbeat")]
    yield line(f"{'traffic':<{_NAME}}  {', '.join(parts)}")
    if doc.goodput is not None:
        rate = rounded(doc.goodput, Toward.DOWN)
        yield line(f"{'goodput':<{_NAME}}  {rate} requests/s succeed{_within(doc.sent.limits)}")


def _within(limits: Limits | None) -> str:
    if limits is None:
        return ""
    named = (
        ("first content", limits.first_content),
        ("gaps", limits.gap),
        ("whole answer", limits.latency),
    )
    given = [f"{name} {exact(limit)} s" for name, limit in named if limit is not None]
    return f" within: {', '.join(given)}" if given else ""


def _instrument(own: OwnError, asked: int) -> Iterator[Line]:
    stamps = "kernel time stamps" if own.kernel_stamps else "time stamps by clock reads"
    workers = counted(own.workers, "worker")
    if own.workers != asked:
        workers = f"{own.workers} of {counted(asked, 'worker')}"
    yield line(f"{'instrument':<{_NAME}}  {workers}, {stamps}, {own.cpu_seconds:.2f} s of CPU")
    if own.calibration_problem:
        yield line(f"{'':<{_NAME}}  ", (f"not calibrated: {own.calibration_problem}", "yellow"))
    else:
        yield line(
            f"{'  of its own, p99':<{_NAME}}  adds {duration(own.floor_p99)}, "
            f"stamps within {duration(own.error_p99)}, late by {duration(own.slip_p99)}, "
            f"loop lag {duration(own.loop_lag_p99)}"
        )


def _cluster(cluster: Together | None) -> Iterator[Line]:
    if cluster is None:
        return
    skew = (
        "a worker never told when it began"
        if math.isinf(cluster.start_skew)
        else f"began within {duration(cluster.start_skew)} of each other, "
        f"known to {duration(cluster.start_uncertainty)}"
    )
    yield line(f"{'cluster':<{_NAME}}  {counted(len(cluster.workers), 'worker')}, {skew}")
    for worker in cluster.workers:
        began = (
            "start not told"
            if math.isinf(worker.late)
            else f"late by {duration(worker.late)} (± {duration(worker.start_uncertainty)})"
        )
        yield line(
            f"{'':<{_NAME}}  {worker.name}: {began}, "
            f"{worker.received:,} of {worker.planned:,} requests",
            (f"; lost: {worker.lost}" if worker.lost else "", "red"),
        )


def _verdict(doc: LoadDocument) -> Iterator[Line]:
    said = doc.statement
    if doc.aborted:
        yield line(("cut short  ", "bold red"), doc.aborted)
    for lost in doc.lost_workers:
        yield line(("worker lost  ", "bold red"), lost)
    if said is None:
        yield line("nothing was claimed: give --threshold or --objective to have a verdict")
        return
    name = "VOID" if said.void else said.outcome.value.upper()
    yield line((f"{name}  ", _COLOURS[said.outcome]), said.claim)
    yield from (line(f"  {reason}") for reason in _because(doc, said))


def _because(doc: LoadDocument, said: Statement) -> Iterator[str]:
    if said.void:
        yield f"{said.void}: the figures above say as much of golive as of the target"
        return
    good = said.n - said.failures
    low = rounded(said.lower_bound, Toward.DOWN, percent=True)
    high = rounded(said.upper_bound, Toward.UP, percent=True)
    yield f"{good:,} of {said.n:,} did; the true share is at least {low} % (95 % sure)"
    if said.outcome is Outcome.REFUTED:
        yield f"it is at most {high} % (95 % sure)"
    if said.effective_n < said.n:
        few = rounded(said.effective_n, Toward.DOWN)
        rho = 0.0 if said.correlation is None else said.correlation
        yield (
            f"requests that follow each other resemble each other (correlation {rho:.2f}): "
            f"these {said.n:,} count as {few} independent ones"
        )
    if said.outcome is Outcome.UNDECIDED:
        if doc.interrupted:
            yield "the run was interrupted, so its sample is not the one that was planned"
        alike = " and resembled each other no more" if said.effective_n < said.n else ""
        yield f"{said.needed:,} more requests would prove it, if all of them did{alike}"
    missing = said.failures - said.charged
    if missing:
        yield f"{missing:,} of these failures may be golive's own and refute nothing"
