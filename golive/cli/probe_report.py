"""One look at a stream as a person reads it. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator

from golive.cli.probe_document import Answer, Piece, ProbeDocument, Role
from golive.cli.probe_screen import Line, counted, duration, line, size
from golive.rounding import exact

_NAME = 16
_STYLES = {
    Role.CONTENT: "green",
    Role.END: "bold cyan",
    Role.ERROR: "bold red",
    Role.HEARTBEAT: "magenta",
    Role.COMMENT: "magenta",
    Role.RETRY: "blue",
    Role.EMPTY: "dim",
    Role.EVENT: "yellow",
}
_NOT_CONTENT = "bold red"


def heading() -> Line:
    """Above the pieces."""
    return line(("     ms      gap  what       type, id, size and data", "dim"))


def piece_line(piece: Piece) -> Line:
    """One piece of the stream; ``″`` stands for the time of the line above: the same read."""
    at = f"{piece.at * 1e3:>7.1f}" if not piece.same_read else f"{'″':>7}"
    gap = f"{piece.gap * 1e3:>+9.1f}" if not piece.same_read else f"{'+0':>9}"
    told = [part for part in (piece.type, piece.id and f"id={piece.id}") if part]
    if piece.role.dispatched:
        told.append(f"{piece.size} B")
    return line(
        at,
        (gap, "dim"),
        "  ",
        (f"{piece.role.value:<10}", _STYLES[piece.role]),
        (f" {' '.join(told)}" if told else "", "dim"),
        f"  {piece.text}" if piece.text else "",
    )


def answer_lines(answer: Answer, at: float | None) -> Iterator[Line]:
    """The head of the response."""
    fine = 200 <= answer.status < 300
    style = "green" if fine else "bold red"
    yield line((f"{answer.version} {answer.status}", style), f" after {duration(at)}" if at else "")
    for name, value in answer.headers:
        yield line((f"  {name}: ", "dim"), value)


def summary(doc: ProbeDocument) -> list[Line]:
    """What stands below the pieces."""
    lines: list[Line] = []
    if doc.pieces_not_kept:
        lines.append(line((f"... and {doc.pieces_not_kept:,} more that are not shown", "dim")))
    return [
        *lines,
        line(),
        _outcome(doc),
        *_clocks(doc),
        *_counts(doc),
        *(line(("note  ", "yellow"), remark) for remark in doc.remarks),
    ]


def _outcome(doc: ProbeDocument) -> Line:
    style = {"ok": "bold green", "interrupted": "bold yellow"}.get(doc.outcome, "bold red")
    name = {"ok": "complete"}.get(doc.outcome, doc.outcome)
    return line((name, style), f"  {doc.detail}" if doc.detail else "")


def _clocks(doc: ProbeDocument) -> Iterator[Line]:
    clocks = doc.clocks
    told = (
        ("connected", clocks.connected),
        ("headers", clocks.headers),
        ("first byte", clocks.first_byte),
        ("first comment", clocks.first_comment),
        ("first event", clocks.first_event),
        ("first content", math.inf if clocks.first_content is None else clocks.first_content),
        ("last content", clocks.last_content),
        ("terminal event", clocks.terminal),
        ("ended", clocks.ended),
    )
    for name, at in told:
        if at is not None:
            never = math.isinf(at)
            style = _NOT_CONTENT if never else "bold" if name == "first content" else ""
            shown = "never" if never else duration(at)
            yield line((f"  {name:<{_NAME}}{shown:>10}", style))


def _counts(doc: ProbeDocument) -> Iterator[Line]:
    if doc.answer is None:
        return
    silence, content = doc.silence, doc.content
    if silence.n:
        yield line(
            f"  {'content gaps':<{_NAME}}  p50 {duration(silence.p50)}, "
            f"p95 {duration(silence.p95)}, max {duration(silence.maximum)}, "
            f"{counted(silence.stalls, 'stall')} over {exact(silence.stall_after)} s"
        )
    types = ", ".join(f"{name} × {n:,}" for name, n in doc.event_types)
    alone = doc.events - doc.shared_events
    yield line(
        f"  {'events':<{_NAME}}  {doc.events:,}",
        f" ({types})" if types else "",
        f", {alone:,} alone in their read" if doc.events else "",
    )
    yield line(f"  {'heartbeats':<{_NAME}}  {doc.heartbeats:,}")
    if doc.bytes:
        yield line(f"  {'body':<{_NAME}}  {size(doc.bytes)}")
    yield line(
        f"  {'content':<{_NAME}}  {counted(content.events, 'piece')}, "
        f"{counted(content.characters, 'character')}, {counted(content.bytes, 'byte')}"
    )
    if content.events:
        yield line((f"  {'':<{_NAME}}  sha256 {content.sha256}", "dim"))
    if content.expected is not None:
        same = "the expected text" if content.expected else "not the expected text"
        yield line(f"  {'':<{_NAME}}  ", (same, "" if content.expected else _NOT_CONTENT))
