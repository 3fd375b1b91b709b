"""``golive probe``: one look at what a service sends, by hand."""

from __future__ import annotations

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
    from golive.cli.probe_document import ProbeDocument

probe = typer.Typer(no_args_is_help=True, help="Look at one answer of a service, by hand.")

NOTHING_SEEN = 3
FAILED = 1


@probe.callback()
def group() -> None:
    """Look at one answer of a service, by hand."""


@probe.command()
def sse(
    url: UrlArgument,
    method: MethodOption = None,
    header: HeaderOption = None,
    data: DataOption = None,
    token: TokenOption = None,
    event: EventOption = None,
    field: FieldOption = None,
    end_event: EndEventOption = None,
    preset: PresetOption = None,
    expect_text: ExpectOption = None,
    timeout: TimeoutOption = DEFAULT_TIMEOUT,
    insecure: InsecureOption = False,
    ca: CaOption = None,
    stall_after: Annotated[
        str,
        typer.Option(
            "--stall-after", metavar="DURATION", help="A longer silence in the content is a stall."
        ),
    ] = "5s",
    max_events: Annotated[
        int,
        typer.Option(
            "--max-events", min=0, help="Events and comments shown; all of them are counted."
        ),
    ] = 1000,
    output: ShapeOption = Shape.TEXT,
) -> int:
    """Follow one event stream, event by event, and say what it did.

    Exit codes: 0 the stream was complete, 1 it failed or was cut, 2 usage, 3 nothing was seen,
    130 interrupted.
    """
    from golive.cli.probe_digest import document
    from golive.cli.probe_follow import follow
    from golive.cli.probe_report import summary
    from golive.cli.probe_request import RequestOptions, dump, prepare, rules_of, seconds
    from golive.cli.probe_screen import show
    from golive.cli.stdout import put
    from golive.codec import encode

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
    prepared = prepare(options, stream=True)
    text = output is Shape.TEXT
    seen = follow(
        prepared,
        rules_of(options),
        stall_after=seconds(stall_after, "--stall-after"),
        keep=max_events,
        to_stdout=text,
    )
    doc = document(seen)
    if text:
        show(summary(doc), to_stdout=True)
    else:
        put(dump(encode(doc)))
    return _exit_code(doc)


def _exit_code(doc: ProbeDocument) -> int:
    from golive.cli import exits

    if doc.interrupted:
        return exits.INTERRUPTED
    if doc.outcome == "ok":
        return exits.OK
    return NOTHING_SEEN if doc.answer is None else FAILED
