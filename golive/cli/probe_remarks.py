"""What a look at a stream is worth saying in plain words. Pure; no verdict among it."""

from __future__ import annotations

from collections.abc import Iterator

from golive.cli.probe_document import ProbeDocument
from golive.cli.probe_screen import counted, duration, share
from golive.rounding import exact

APART = 0.05
"""Seconds between two clocks from which it matters which of them is judged."""
IDLE_LIMIT = 60.0
"""nginx's default ``proxy_read_timeout``, in s; other proxies and load balancers are near it."""
LONG_SILENCE = 15.0
EVENT_STREAM = "text/event-stream"


def remarks(doc: ProbeDocument, last_data: str) -> Iterator[str]:
    """Sentences, the weightiest first. *last_data*: the data of the last event."""
    yield from _reading(doc, last_data)
    yield from _first(doc)
    yield from _buffering(doc)
    yield from _silence(doc)
    yield from _headers(doc)
    if doc.content.events > 1 and not doc.ids:
        yield "the events carry no id: a client that was cut off cannot say where it was"


def _reading(doc: ProbeDocument, last_data: str) -> Iterator[str]:
    """Whether the rules fit what came."""
    asked, types = doc.asked, ", ".join(f"{name} × {n}" for name, n in doc.event_types)
    wanted = " or ".join(asked.content_events)
    came = {name for name, _ in doc.event_types}
    if doc.heartbeats and not doc.events:
        yield (
            f"{counted(doc.heartbeats, 'comment')} and no event: comments keep a connection "
            "open and answer nothing"
        )
    if doc.events and not doc.content.events and not doc.malformed:
        if asked.content_field and came & set(asked.content_events):
            yield f"no event of type {wanted} held text at {asked.content_field!r}: see --field"
        else:
            yield f"no content: no event of type {wanted} came, but {types}: see --event"
    if doc.malformed:
        yield (
            f"{counted(doc.malformed, 'content event')} should have held JSON and did not: "
            "see --field"
        )
    if doc.events and doc.clocks.terminal is None and doc.outcome == "truncated":
        yield _unended(doc, came, last_data)


def _unended(doc: ProbeDocument, came: set[str], last_data: str) -> str:
    if last_data.strip() == "[DONE]":
        return "the last data was [DONE], as OpenAI ends a stream: try --preset openai"
    if "message_stop" in came:
        return "message_stop came, as Anthropic ends a stream: try --preset anthropic"
    return (
        f"{doc.asked.end_event!r} never came; if another event ends this stream, name it with "
        "--end-event, and with --end-event '' if it ends with its connection"
    )


def _first(doc: ProbeDocument) -> Iterator[str]:
    clocks = doc.clocks
    if clocks.first_content is None:
        return
    early = []
    for name, at in (
        ("response headers", clocks.headers),
        ("first comment", clocks.first_comment),
        ("first event", clocks.first_event),
    ):
        if at is not None and clocks.first_content - at >= APART:
            early.append(f"the {name} {duration(clocks.first_content - at)}")
    if early:
        them = "it" if len(early) == 1 else "them"
        yield (
            f"{', '.join(early)} before the first content: do not judge a language model by {them}"
        )


def _buffering(doc: ProbeDocument) -> Iterator[str]:
    if not doc.shared_events:
        return
    if doc.content.events > 1 and doc.shared_content == doc.content.events and not doc.silence.p95:
        yield "all content came at once: something held the whole stream back"
    else:
        part = share(doc.shared_events, doc.events)
        yield (
            f"{doc.shared_events} of {doc.events} events ({part}) shared a read with another: "
            "they were written together, or something buffers"
        )


def _silence(doc: ProbeDocument) -> Iterator[str]:
    silence = doc.silence
    if silence.stalls:
        limit = exact(silence.stall_after)
        yield f"the content stalled {counted(silence.stalls, 'time')} for more than {limit} s"
    longest = silence.longest_between_pieces or 0.0
    if longest >= LONG_SILENCE:
        yield (
            f"nothing at all came for {duration(longest)}, not even a comment: many proxies cut "
            f"a stream after {IDLE_LIMIT:.0f} s of silence"
        )


def _headers(doc: ProbeDocument) -> Iterator[str]:
    answer = doc.answer
    if answer is None:
        return
    kind = (answer.header("content-type") or "").partition(";")[0].strip().lower()
    if kind != EVENT_STREAM:
        return
    cache = (answer.header("cache-control") or "").lower()
    if not any(word in cache for word in ("no-cache", "no-store", "no-transform")):
        yield "no Cache-Control against caching: something on the way may keep or hold the stream"
    if (answer.header("x-accel-buffering") or "").lower() != "no":
        yield "no 'X-Accel-Buffering: no': nginx buffers a stream unless its own rules say not to"
    encoding = answer.header("content-encoding")
    if encoding and encoding.lower() != "identity":
        yield f"the stream is {encoding}-encoded: compressors hold events back"
