"""Options of the commands that send requests of their own: ``probe sse`` and ``load``."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Shape(StrEnum):
    """Form of what goes to stdout."""

    TEXT = "text"
    JSON = "json"


class Preset(StrEnum):
    """Whose event streams these are."""

    OPENAI = "openai"
    ANTHROPIC = "anthropic"
    PLAIN = "plain"


_REQUEST, _STREAM, _NETWORK = "Request", "Reading the stream", "Network"

UrlArgument = Annotated[str, typer.Argument(metavar="URL", help="http:// or https:// address.")]
MethodOption = Annotated[
    str | None,
    typer.Option(
        "-X",
        "--request",
        metavar="METHOD",
        help="Method; POST when --data is given, else GET.",
        rich_help_panel=_REQUEST,
    ),
]
HeaderOption = Annotated[
    list[str] | None,
    typer.Option(
        "-H",
        "--header",
        metavar="'NAME: VALUE'",
        help="Header to send. Repeatable. Credentials are not shown in any output.",
        rich_help_panel=_REQUEST,
    ),
]
DataOption = Annotated[
    str | None,
    typer.Option(
        "-d",
        "--data",
        metavar="JSON|@FILE",
        help="JSON body; '{unique}' in its strings, the URL and headers is replaced per request.",
        rich_help_panel=_REQUEST,
    ),
]
TokenOption = Annotated[
    str | None,
    typer.Option(
        "--token",
        metavar="env:NAME|file:PATH",
        help="Send 'Authorization: Bearer' with this secret, given by reference.",
        rich_help_panel=_REQUEST,
    ),
]
EventOption = Annotated[
    list[str] | None,
    typer.Option(
        "--event",
        metavar="TYPE",
        help="Event type that carries content. Repeatable. Default: content, and unnamed events.",
        rich_help_panel=_STREAM,
    ),
]
FieldOption = Annotated[
    str | None,
    typer.Option(
        "--field",
        metavar="PATH",
        help="Where the content is in the JSON of an event: delta, choices.0.delta.content. "
        "Default: the whole data.",
        rich_help_panel=_STREAM,
    ),
]
EndEventOption = Annotated[
    str | None,
    typer.Option(
        "--end-event",
        metavar="TYPE",
        help="Event type that completes the stream. Default: done.",
        rich_help_panel=_STREAM,
    ),
]
PresetOption = Annotated[
    Preset | None,
    typer.Option(
        "--preset",
        help="Take these three from a known API; the options above override it.",
        rich_help_panel=_STREAM,
    ),
]
ExpectOption = Annotated[
    str | None,
    typer.Option(
        "--expect-text",
        metavar="TEXT|@FILE",
        help="The whole content expected; anything else is a failure.",
        rich_help_panel=_STREAM,
    ),
]
TimeoutOption = Annotated[
    str,
    typer.Option(
        "--timeout",
        metavar="DURATION",
        help="Time limit of one request, to its last byte.",
        rich_help_panel=_NETWORK,
    ),
]
InsecureOption = Annotated[
    bool,
    typer.Option("--insecure", help="Do not verify the certificate.", rich_help_panel=_NETWORK),
]
CaOption = Annotated[
    Path | None,
    typer.Option(
        "--ca",
        metavar="FILE",
        help="Authorities (PEM) to trust instead of the usual ones.",
        rich_help_panel=_NETWORK,
    ),
]
ShapeOption = Annotated[Shape, typer.Option("-o", "--output", help="What goes to stdout.")]

DEFAULT_TIMEOUT = "60s"
