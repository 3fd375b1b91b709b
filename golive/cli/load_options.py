"""Options of ``golive load`` alone; those of the request itself are in ``probe_options``."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Pace(StrEnum):
    """How requests come due; the engine's own names, which take longer to import."""

    CONSTANT = "constant"
    POISSON = "poisson"
    RAMP = "ramp"
    CLOSED = "closed"


_STREAM, _PACE, _CLAIM, _LEAVE = (
    "Reading the stream",
    "Pace",
    "Claim",
    "Leave and machinery",
)

SseOption = Annotated[
    bool | None,
    typer.Option(
        "--sse/--plain",
        help="Answers are event streams, or plain. Default: plain, unless an option "
        "about streams is given.",
        rich_help_panel=_STREAM,
    ),
]
RateOption = Annotated[
    float | None,
    typer.Option(
        "--rate", help="Requests/s; of a ramp, at its end. Default: 10.", rich_help_panel=_PACE
    ),
]
ArrivalOption = Annotated[
    Pace | None,
    typer.Option(
        "--arrival",
        help="How requests come due. Default: constant; closed with --users.",
        rich_help_panel=_PACE,
    ),
]
StartRateOption = Annotated[
    float | None,
    typer.Option("--start-rate", help="Requests/s at which a ramp begins.", rich_help_panel=_PACE),
]
UsersOption = Annotated[
    int | None,
    typer.Option(
        "--users",
        min=1,
        help="Closed loop: each user sends again when it was answered.",
        rich_help_panel=_PACE,
    ),
]
SeedOption = Annotated[
    int, typer.Option("--seed", help="Of random arrivals.", rich_help_panel=_PACE)
]
DurationOption = Annotated[
    str | None,
    typer.Option(
        "--duration",
        metavar="DURATION",
        help="How long to send, after the warm-up. Default: 30s.",
        rich_help_panel=_PACE,
    ),
]
CountOption = Annotated[
    int | None,
    typer.Option(
        "--count",
        min=1,
        help="Requests to judge, instead of --duration.",
        rich_help_panel=_PACE,
    ),
]
WarmupOption = Annotated[
    str | None,
    typer.Option(
        "--warmup",
        metavar="DURATION",
        help="Sent before, not judged; in a closed loop the first request of each user. "
        "Default: 3s.",
        rich_help_panel=_PACE,
    ),
]
MaxInFlightOption = Annotated[
    int,
    typer.Option(
        "--max-in-flight",
        min=1,
        help="Beyond it a request that is due waits, and its wait counts.",
        rich_help_panel=_PACE,
    ),
]
KeepAliveOption = Annotated[
    bool,
    typer.Option(
        "--keep-alive/--no-keep-alive", help="Use connections again.", rich_help_panel=_PACE
    ),
]
ThresholdOption = Annotated[
    str | None,
    typer.Option(
        "--threshold",
        metavar="DURATION",
        help="Limit of the first content of a stream, or of a whole plain answer.",
        rich_help_panel=_CLAIM,
    ),
]
ObjectiveOption = Annotated[
    str | None,
    typer.Option(
        "--objective",
        metavar="RATIO",
        help="Share of requests that must meet it; without --threshold, that must succeed. "
        "Default: 95% with --threshold.",
        rich_help_panel=_CLAIM,
    ),
]
MaxGapOption = Annotated[
    str | None,
    typer.Option(
        "--max-gap",
        metavar="DURATION",
        help="Longest silence between two pieces of content; a further limit of goodput.",
        rich_help_panel=_CLAIM,
    ),
]
MaxTimeOption = Annotated[
    str | None,
    typer.Option(
        "--max-time",
        metavar="DURATION",
        help="Limit of the whole answer; a further limit of goodput.",
        rich_help_panel=_CLAIM,
    ),
]
StallAfterOption = Annotated[
    str,
    typer.Option(
        "--stall-after",
        metavar="DURATION",
        help="A longer silence in a stream is a stall.",
        rich_help_panel=_CLAIM,
    ),
]
ConfigOption = Annotated[
    Path | None,
    typer.Option(
        "-c",
        "--config",
        envvar="GOLIVE_CONFIG",
        help="golive.yaml whose authorisations allow the load; not needed for loopback.",
        rich_help_panel=_LEAVE,
    ),
]
AuthorisedByOption = Annotated[
    str | None,
    typer.Option(
        "--authorised-by",
        metavar="NAME",
        help="Only an authorisation by this person counts.",
        rich_help_panel=_LEAVE,
    ),
]
WorkersOption = Annotated[
    int | None,
    typer.Option("--workers", min=1, max=64, help="Processes that send.", rich_help_panel=_LEAVE),
]
SchedulerOption = Annotated[
    str | None,
    typer.Option(
        "--scheduler",
        metavar="tcp://HOST:PORT",
        help="Send from the workers of this Dask cluster.",
        rich_help_panel=_LEAVE,
    ),
]
