"""The fast reader of events gives the answers of ``SseParser`` and ``StreamRecorder``."""

from __future__ import annotations

import itertools
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from golive.probe.exchange import FailureKind
from golive.probe.load.events import EventReader
from golive.probe.load.http1 import SIZES
from golive.probe.load.record import RequestOutcome
from golive.probe.load.stream_spec import StreamSpec
from golive.probe.recorder import StreamRecorder
from golive.probe.trace import ANTHROPIC_MESSAGES, OPENAI_CHAT, StreamRules

ALL_RULES = {
    "default": StreamRules(),
    "openai": OPENAI_CHAT,
    "anthropic": ANTHROPIC_MESSAGES,
    "small": StreamRules(max_event_bytes=12, max_bytes=90),
    "overlapping": StreamRules(
        content_events=("message", "ping", "a"), terminal_event="a", terminal_data="end"
    ),
    "replacement": StreamRules(content_events=("\ufffd",), content_field="a.0"),
}
PIECES = [
    b"data: ", b"data:", b"data", b"event: ", b"event:", b"event", b"id: 1", b"id:\0", b"retry: 5",
    b"retry: x", b": hi", b":", b"\n", b"\n\n", b"\r\n", b"\r\n\r\n", b"\r", b"\r\r", b"\n\r",
    b"\xef\xbb\xbf", b"\xef", b"\xff", b"\xc3", b"\xed\x9b\x84", b" ", b"\t", b"\xe2\x80\xa8",
    b"message", b"ping", b"error", b"done", b"a", b"end", b"[DONE]", b"content_block_delta",
    b"message_stop", b'{"delta":{"text":"x"}}', b'{"delta":{"text":"\\ud800"}}', b'{"delta":{}}',
    b'{"choices":[{"delta":{"content":"hi"}}]}', b'{"choices":[{"delta":{"content":" "}}]}',
    b'{"error":{"m":1}}', b'{"error":null}', b'{"a":["x"]}', b'{"a":[NaN]}', b"{", b"[]", b"null",
    b"x: y", b"unknown", b"\0",
    b"data: x\n\n", b"event: done\ndata: {}\n\n", b": ping\n\n", b"event: ping\ndata: 1\n\n",
    b'event: content_block_delta\ndata: {"delta":{"text":"word"}}\n\n',
    b'data: {"choices":[{"delta":{"content":"w"}}]}\n\n', b"data: [DONE]\n\n",
    b"data: a\r\ndata: b\r\n\r\n",
]  # fmt: skip
KINDS = {
    FailureKind.STREAM_ERROR: RequestOutcome.STREAM_ERROR,
    FailureKind.TOO_LARGE: RequestOutcome.TOO_LARGE,
    None: None,
}


def both(rules: StreamRules, reads: list[bytes]) -> tuple[EventReader, StreamRecorder]:
    spec = StreamSpec(rules, stall_after=5.0, keep_gaps=10)
    reader, recorder = EventReader(spec, "xword"), StreamRecorder(rules)
    for number, data in enumerate(reads):
        if reader.failure is not None:
            break
        reader.take(data, float(number))
        recorder.take(data, float(number), number)
    recorder.finish()
    return reader, recorder


def both_by_chunks(rules: StreamRules, reads: list[bytes]) -> tuple[EventReader, StreamRecorder]:
    """Each read a chunk of HTTP, offered the short way first, as the loop does."""
    spec = StreamSpec(rules, stall_after=5.0, keep_gaps=10)
    reader, recorder = EventReader(spec, None), StreamRecorder(rules)
    for number, data in enumerate(read for read in reads if read):
        if reader.over:
            break
        digits = b"%x" % len(data)
        SIZES[digits] = len(data)
        taken = number > 0 and reader.take_chunk(b"%s\r\n%s\r\n" % (digits, data), float(number))
        if not taken:
            reader.take(data, float(number))
        recorder.take(data, float(number), number)
    recorder.finish()
    return reader, recorder


def agree(reader: EventReader, recorder: StreamRecorder) -> None:
    failure = recorder.failure
    assert reader.failure is KINDS[failure.kind if failure else None]
    assert (
        reader.events,
        reader.content_events,
        reader.heartbeats,
        reader.malformed,
        reader.bytes,
        reader.shared_events,
        reader.first_comment,
        reader.first_event,
        reader.first_content,
        reader.last_content,
        reader.terminal,
    ) == (
        recorder.events,
        recorder.content_events,
        recorder.heartbeats,
        recorder.malformed,
        recorder.total_bytes,
        recorder.events_in_shared_reads,
        recorder.first_comment_at,
        recorder.first_event_at,
        recorder.first_content_at,
        recorder.last_content_at,
        recorder.terminal_at,
    )
    if reader.matches is not None:
        assert reader.matches is (recorder.content == "xword")


@settings(max_examples=400)
@given(
    st.sampled_from(sorted(ALL_RULES)),
    st.lists(st.lists(st.sampled_from(PIECES), min_size=1, max_size=6), max_size=12),
)
@example("default", [[b"\xef\xbb\xbf"], [b"\xef\xbb\xbfdata: x\n\n"]])
@example("default", [[b": hi\n\n"], [b"\xef\xbb\xbfdata: x\n\n"]])
@example("default", [[b"data: x\r\n\r"], [b"\ndata: y\r\n\r\n"]])
@example("default", [[b"data: x\n\n\n\ndata: y\n\n\n"]])
@example("replacement", [[b'event: \xff\ndata: {"a":["x"]}\n\n']])
@example("small", [[b"data: 0123456789\n\n"]])
def test_it_agrees_with_the_recorder(name: str, reads: list[list[bytes]]) -> None:
    agree(*both(ALL_RULES[name], [b"".join(read) for read in reads]))


@settings(max_examples=150)
@given(
    st.sampled_from(sorted(ALL_RULES)),
    st.lists(st.sampled_from(PIECES), max_size=20),
    st.lists(st.integers(0, 300), max_size=12),
)
def test_it_agrees_wherever_reads_cut(name: str, pieces: list[bytes], cuts: list[int]) -> None:
    raw = b"".join(pieces)
    edges = sorted({0, len(raw), *(c for c in cuts if c < len(raw))})
    agree(*both(ALL_RULES[name], [raw[a:b] for a, b in pairwise(edges)]))


EVENTS = [b"".join(p) for p in itertools.product(
    (b"", b"id: 1\n", b"event: a\n", b"event:done\n", b"event: content_block_delta\n",
     b"event: error\n", b"event: ping\n", b"event: \r\n", b": c\n"),
    (b"", b"id: 2\n", b"id: 2\rdata: y\n"),
    (b"data: x\n\n", b"data:\n\n", b"data:  \n\n", b"data: x\ry\n\n", b"data: [DONE]\n\n",
     b"data: x\r\n\r\n", b'data: {"delta":{"text":"w"}}\n\n', b"data: \xff\n\n", b"data: x\n",
     b'data: {"choices":[{"delta":{"content":"w"}}]}\n\n', b"data: 0123456789\n\n"),
)]  # fmt: skip


@settings(max_examples=400)
@given(st.sampled_from(sorted(ALL_RULES)), st.lists(st.sampled_from(EVENTS), max_size=14))
@example("small", [b"data: x\n\n", b"data: 0123456789\n\n"])
@example("default", [b"data: x\n\n", b"data: x\r\rdata: y\n\n"])
@example("replacement", [b"data: x\n\n", b'event: \xff\ndata: {"a":["x"]}\n\n'])
def test_it_agrees_on_whole_events_in_chunks(name: str, reads: list[bytes]) -> None:
    agree(*both_by_chunks(ALL_RULES[name], reads))


def test_the_short_way_is_taken_by_what_it_is_made_for() -> None:
    reader = EventReader(StreamSpec(StreamRules(), stall_after=5.0, keep_gaps=10), None)
    reader.take(b"data: x\n\n", 1.0)
    for number, event in enumerate((b"data: x\n\n", b"id: 1\nevent: message\ndata: y\n\n")):
        SIZES[b"%x" % len(event)] = len(event)
        assert reader.take_chunk(b"%x\r\n%s\r\n" % (len(event), event), 2.0 + number)
    for at, line in ((4.0, b"0A"), (5.0, b"a;n=1")):  # ten, as the table of sizes has it
        SIZES[line] = 10
        assert not reader.take_chunk(line + b"\r\ndata: x\n\n\r\n", 9.0)
        assert reader.take_chunk(line + b"\r\ndata: xy\n\n\r\n", at)
    assert not reader.take_chunk(b"9\r\ndata: x\n\n\r\n0\r\n\r\n", 9.0)
    assert not reader.take_chunk(b"a\r\ndata: x\n\n\r\n", 9.0)
    assert (reader.content_events, reader.last_content, list(reader.gaps)) == (5, 5.0, [1.0] * 4)


@pytest.mark.parametrize("name", sorted(ALL_RULES))
def test_it_agrees_byte_by_byte(name: str) -> None:
    raw = (
        'data: 한국어\n\n: 심박\n\nevent: token\r\ndata: {"a":["x"]}\r\n\r\n'
        'event: content_block_delta\rdata: {"delta":{"text":"xword"}}\r\r'
    ).encode()
    agree(*both(ALL_RULES[name], [raw[i : i + 1] for i in range(len(raw))]))


def reader_of(*reads: tuple[float, str], stall_after: float = 5.0, keep: int = 10) -> EventReader:
    spec = StreamSpec(StreamRules(), stall_after=stall_after, keep_gaps=keep)
    reader = EventReader(spec, None)
    for at, text in reads:
        reader.take(text.encode(), at)
    return reader


def test_gaps_lie_between_content_events() -> None:
    reader = reader_of((1.0, "data: a\n\n"), (1.5, ": hi\n\n"), (2.0, "data: b\n\ndata: c\n\n"))
    assert reader.gaps is not None
    assert list(reader.gaps) == [1.0, 0.0]
    assert (reader.gap_count, reader.max_gap, reader.stalls) == (2, 1.0, 0)


def test_a_silence_is_a_stall_also_before_the_end_but_not_before_the_first_content() -> None:
    reader = reader_of((60.0, "data: a\n\n"), (66.0, "data: b\n\n"))
    assert reader.stalls == 1
    reader.end(80.0)
    assert reader.stalls == 2
    done = reader_of((1.0, "data: a\n\n"), (9.0, "event: done\ndata: {}\n\n"))
    done.end(9.0)
    assert done.stalls == 1


def test_gaps_without_end_are_sketched_and_not_kept() -> None:
    spec = StreamSpec(replace(StreamRules(), max_bytes=1 << 30), stall_after=5, keep_gaps=3)
    reader = EventReader(spec, None)
    for number in range(1 << 17):
        reader.take(b"data: x\n\n", number * 0.5)
    assert reader.gap_count == (1 << 17) - 1
    assert reader.gaps is not None
    assert len(reader.gaps) + spec.spilled.count == reader.gap_count
    assert len(reader.gaps) < 1 << 17


def test_heartbeats_do_not_hide_a_stall() -> None:
    reader = reader_of((0.0, "data: a\n\n"), (4.0, ": hi\n\n"), (8.0, "data: b\n\n"))
    assert reader.stalls == 1
