"""``golive load``: put a load on a service and say what the answers prove."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from golive.cli.probe_options import (
    DEFAULT_TIMEOUT,
    CaOption,
    DataOption,
    EndEventOption,
    EventOption,
    ExpectOption,
    FieldOption,
    HeaderOption,
    InsecureOption,
    MethodOption,
    PresetOption,
    Shape,
    ShapeOption,
    TimeoutOption,
    TokenOption,
    UrlArgument,
)

if TYPE_CHECKING:
    from golive.cli.load_summary import LoadDocument


class Pace(StrEnum):
    """How requests come due; the engine's own names, which take longer to import."""

    CONSTANT = "constant"
    POISSON = "poisson"
    RAMP = "ramp"
    CLOSED = "closed"


_PACE, _CLAIM, _LEAVE = "Pace", "Claim", "Leave and machinery"


def load(
    url: UrlArgument,
    method: MethodOption = None,
    header: HeaderOption = None,
    data: DataOption = None,
    token: TokenOption = None,
    sse: Annotated[
        bool | None,
        typer.Option(
            "--sse/--plain",
            help="Answers are event streams, or plain. Default: plain, unless an option "
            "about streams is given.",
            rich_help_panel="Reading the stream",
        ),
    ] = None,
    event: EventOption = None,
    field: FieldOption = None,
    end_event: EndEventOption = None,
    preset: PresetOption = None,
    expect_text: ExpectOption = None,
    rate: Annotated[
        float | None,
        typer.Option(
            "--rate", help="Requests/s; of a ramp, at its end. Default: 10.", rich_help_panel=_PACE
        ),
    ] = None,
    arrival: Annotated[
        Pace | None,
        typer.Option(
            "--arrival",
            help="How requests come due. Default: constant; closed with --users.",
            rich_help_panel=_PACE,
        ),
    ] = None,
    start_rate: Annotated[
        float | None,
        typer.Option(
            "--start-rate", help="Requests/s at which a ramp begins.", rich_help_panel=_PACE
        ),
    ] = None,
    users: Annotated[
        int | None,
        typer.Option(
            "--users",
            min=1,
            help="Closed loop: each user sends again when it was answered.",
            rich_help_panel=_PACE,
        ),
    ] = None,
    seed: Annotated[
        int, typer.Option("--seed", help="Of random arrivals.", rich_help_panel=_PACE)
    ] = 0,
    duration: Annotated[
        str | None,
        typer.Option(
            "--duration",
            metavar="DURATION",
            help="How long to send, after the warm-up. Default: 30s.",
            rich_help_panel=_PACE,
        ),
    ] = None,
    count: Annotated[
        int | None,
        typer.Option(
            "--count",
            min=1,
            help="Requests to judge, instead of --duration.",
            rich_help_panel=_PACE,
        ),
    ] = None,
    warmup: Annotated[
        str | None,
        typer.Option(
            "--warmup",
            metavar="DURATION",
            help="Sent before, not judged; in a closed loop the first request of each user. "
            "Default: 3s.",
            rich_help_panel=_PACE,
        ),
    ] = None,
    max_in_flight: Annotated[
        int,
        typer.Option(
            "--max-in-flight",
            min=1,
            help="Beyond it a request that is due waits, and its wait counts.",
            rich_help_panel=_PACE,
        ),
    ] = 10_000,
    keep_alive: Annotated[
        bool,
        typer.Option(
            "--keep-alive/--no-keep-alive", help="Use connections again.", rich_help_panel=_PACE
        ),
    ] = True,
    threshold: Annotated[
        str | None,
        typer.Option(
            "--threshold",
            metavar="DURATION",
            help="Limit of the first content of a stream, or of a whole plain answer.",
            rich_help_panel=_CLAIM,
        ),
    ] = None,
    objective: Annotated[
        str | None,
        typer.Option(
            "--objective",
            metavar="RATIO",
            help="Share of requests that must meet it; without --threshold, that must succeed. "
            "Default: 95% with --threshold.",
            rich_help_panel=_CLAIM,
        ),
    ] = None,
    stall_after: Annotated[
        str,
        typer.Option(
            "--stall-after",
            metavar="DURATION",
            help="A longer silence in a stream is a stall.",
            rich_help_panel=_CLAIM,
        ),
    ] = "5s",
    timeout: TimeoutOption = DEFAULT_TIMEOUT,
    insecure: InsecureOption = False,
    ca: CaOption = None,
    config: Annotated[
        Path | None,
        typer.Option(
            "-c",
            "--config",
            envvar="GOLIVE_CONFIG",
            help="golive.yaml whose authorisations allow the load; not needed for loopback.",
            rich_help_panel=_LEAVE,
        ),
    ] = None,
    authorised_by: Annotated[
        str | None,
        typer.Option(
            "--authorised-by",
            metavar="NAME",
            help="Only an authorisation by this person counts.",
            rich_help_panel=_LEAVE,
        ),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(
            "--workers", min=1, max=64, help="Processes that send.", rich_help_panel=_LEAVE
        ),
    ] = None,
    scheduler: Annotated[
        str | None,
        typer.Option(
            "--scheduler",
            metavar="tcp://HOST:PORT",
            help="Send from the workers of this Dask cluster.",
            rich_help_panel=_LEAVE,
        ),
    ] = None,
    output: ShapeOption = Shape.TEXT,
) -> int:
    """Put a load on URL and say what its answers prove.

    Nothing is sent unless the host is this machine or --config authorises it. Exit codes:
    0 the claim is proven, or none was made and every request succeeded; 1 it is refuted, or
    none was made and a request failed; 2 usage, or not authorised; 3 undecided, void or
    nothing was judged; 130 interrupted.
    """
    from golive.cli.load_digest import Background, document
    from golive.cli.load_live import watching_load
    from golive.cli.load_permit import allow
    from golive.cli.load_plan import PaceOptions, aim_of, plan_of
    from golive.cli.load_report import report
    from golive.cli.load_run import run
    from golive.cli.probe_request import RequestOptions, dump, prepare, reads_streams
    from golive.cli.probe_screen import show
    from golive.cli.stdout import put
    from golive.codec import encode
    from golive.probe.load import Arrival

    options = RequestOptions(
        url=url,
        method=method,
        headers=tuple(header or ()),
        data=data,
        token=token,
        events=tuple(event or ()),
        field=field,
        end_event=end_event,
        preset=preset,
        expect=expect_text,
        timeout=timeout,
        insecure=insecure,
        ca=ca,
    )
    pace = PaceOptions(
        rate=rate,
        start_rate=start_rate,
        arrival=None if arrival is None else Arrival(arrival.value),
        users=users,
        seed=seed,
        duration=duration,
        count=count,
        warmup=warmup,
        stall_after=stall_after,
        max_in_flight=max_in_flight,
        keep_alive=keep_alive,
    )
    aim = aim_of(threshold, objective)
    prepared = prepare(options, stream=reads_streams(options, sse))
    plan = plan_of(prepared, pace)  # Wrong options are told before anything else happens.
    allowed = allow(url, config, authorised_by)
    plan = plan_of(prepared.at(allowed.address), pace)
    with watching_load(plan) as watch:
        ran = run(plan, workers=workers, scheduler=scheduler, watch=watch)
    doc = document(
        ran.result,
        Background(
            plan=plan,
            aim=aim,
            shown_url=prepared.shown_url,
            shown_headers=prepared.shown_headers,
            address=allowed.address,
            allowed_by=allowed.by,
            excerpt=prepared.excerpt,
            interrupted=ran.interrupted,
        ),
    )
    if output is Shape.TEXT:
        show(report(doc), to_stdout=True)
    else:
        put(dump(encode(doc)))
    return _exit_code(doc)


def _exit_code(doc: LoadDocument) -> int:
    from golive.cli import exits

    if doc.interrupted:
        return exits.INTERRUPTED
    judged = sum(found.count for found in doc.outcomes)
    if not judged:
        return exits.INCONCLUSIVE
    if doc.statement is not None:
        codes = {"proven": exits.OK, "refuted": exits.NO_GO, "undecided": exits.INCONCLUSIVE}
        return codes[doc.statement.outcome.value]
    if doc.aborted or doc.lost_workers or judged < doc.sent.judged:
        return exits.INCONCLUSIVE
    fine = sum(found.count for found in doc.outcomes if found.outcome == "ok")
    return exits.OK if fine == judged else exits.NO_GO
