"""Judges of one stream at a time: buffering, compression, headers, version."""

from __future__ import annotations

import pytest

from golive.api import Status
from golive_gates.streaming.parts import DIRECT, FRONT, Head, StreamSeen
from golive_gates.streaming.settings import Settings
from tests.gates.streaming import parts as p
from tests.gates.streaming.wording import judged

PASS, WARN, FAIL, OPEN = Status.PASS, Status.WARN, Status.FAIL, Status.INCONCLUSIVE


def both(front: StreamSeen, direct: StreamSeen | None = None) -> tuple[StreamSeen, ...]:
    return tuple(s for _ in range(5) for s in (front, direct or p.seen(DIRECT)))


@pytest.mark.parametrize(
    ("streams", "expected"),
    [
        pytest.param(both(p.seen()), (PASS, "as-direct"), id="alike"),
        pytest.param(both(p.seen(shared=15)), (PASS, "as-direct"), id="some-shared"),
        pytest.param(both(p.seen(shared=60)), (FAIL, "held-back"), id="front-gathers"),
        pytest.param(both(p.seen(shared=60), p.seen(DIRECT, shared=60)),
                     (FAIL, "service-gathers"), id="service-gathers"),
        pytest.param(both(p.seen(shared=30)), (OPEN, "undecided"), id="half"),
        pytest.param(both(p.seen(first=1.2)), (FAIL, "first-held-back"), id="late-first"),
        pytest.param(both(p.seen(gap=0.5)), (FAIL, "gaps-stretched"), id="stretched"),
        pytest.param(both(p.seen(content_events=3, alone=3)), (OPEN, "too-few-events"), id="few"),
        pytest.param(both(p.failed(FRONT, 500)), (OPEN, "no-stream"), id="500"),
        pytest.param(both(p.failed(FRONT, 429)), (OPEN, "rate-limited"), id="429"),
        pytest.param(both(p.failed(FRONT, 401)), (OPEN, "unauthorised"), id="401"),
        pytest.param(both(p.failed(FRONT, 422)), (OPEN, "refused-request"), id="422"),
        pytest.param(both(p.failed(FRONT, None, "refused")), (OPEN, "unreachable"), id="refused"),
        pytest.param(both(p.failed(FRONT, None, "local")), (OPEN, "local-trouble"), id="local"),
        pytest.param((p.seen(), *[p.failed(FRONT, 200, "truncated")] * 4),
                     (OPEN, "too-few-streams"), id="1-of-5"),
        pytest.param((p.seen(shared=60), *[p.failed(FRONT, 200, "truncated")] * 4),
                     (OPEN, "too-few-streams"), id="1-of-5-gathered"),
        pytest.param(both(p.seen(), p.failed(DIRECT)), (OPEN, "direct-failed"), id="direct-dead"),
    ],
)  # fmt: skip
def test_buffering(streams: tuple[StreamSeen, ...], expected: tuple[Status, str]) -> None:
    result = judged("effective-buffering", p.wire(*streams))
    assert (result.status, result.reason.code) == expected


def test_the_front_alone_is_judged_and_said_to_be() -> None:
    good = judged("effective-buffering", p.wire(*(p.seen() for _ in range(5)), direct=False))
    assert (good.status, good.reason.code) == (PASS, "front-alone")
    held = p.wire(*(p.seen(shared=60) for _ in range(5)), direct=False)
    bad = judged("effective-buffering", held)
    assert (bad.status, bad.reason.code) == (FAIL, "held-back-unplaced")


def test_events_that_golive_itself_may_have_gathered_decide_nothing() -> None:
    streams = both(p.seen(shared=60), p.seen(DIRECT, shared=60))
    result = judged("effective-buffering", p.wire(*streams, loop_lag_p99=0.4))
    assert (result.status, result.reason.code) == (OPEN, "client-too-slow")


def test_a_measurement_counts_events_with_its_bound() -> None:
    result = judged("effective-buffering", p.wire())
    found = result.measurement
    assert found is not None
    assert (found.n, found.failures, found.value) == (300, 0, 1.0)
    assert found.bound is not None
    assert 0.98 < found.bound < 1


def test_streams_that_were_stopped_decide_nothing() -> None:
    result = judged("effective-buffering", p.wire(stopped="deadline"))
    assert (result.status, result.reason.code) == (OPEN, "too-few-streams")


def test_nothing_sent_is_no_pass() -> None:
    result = judged("effective-buffering", p.wire(streams=()))
    assert (result.status, result.reason.code) == (OPEN, "no-samples")


GZIP = p.head(FRONT, "gzip", content_encoding="gzip")


@pytest.mark.parametrize(
    ("heads", "expected"),
    [
        ((p.head(FRONT, "gzip"), p.head(DIRECT, "gzip")), (PASS, "plain")),
        ((p.head(FRONT, "gzip", content_encoding="Identity"),), (PASS, "plain")),
        ((GZIP, p.head(DIRECT, "gzip")), (FAIL, "compressed-by-front")),
        ((GZIP, p.head(DIRECT, "gzip", content_encoding="gzip")), (FAIL, "compressed-by-service")),
        ((GZIP,), (FAIL, "compressed")),
        ((p.head(FRONT, "gzip", content_encoding="br", failure="reset"),), (FAIL, "compressed")),
        ((p.head(FRONT, "gzip", failure="reset"),), (OPEN, "no-stream")),
        ((p.head(FRONT, "gzip", content_type="application/json"),), (OPEN, "not-a-stream")),
        (
            (p.head(FRONT, "gzip", content_type="text/html", content_encoding="gzip"),),
            (OPEN, "not-a-stream"),
        ),
        ((p.head(FRONT, "gzip", status=429),), (OPEN, "rate-limited")),
        ((p.head(FRONT, "gzip", status=None, failure="refused"),), (OPEN, "unreachable")),
    ],
)
def test_compression(heads: tuple[Head, ...], expected: tuple[Status, str]) -> None:
    result = judged("compression", p.heads(compressing=heads, direct=len(heads) > 1))
    assert (result.status, result.reason.code) == expected


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"content_type": "application/json"}, "wrong-type"),
        ({"content_type": None}, "wrong-type"),
        ({"content_type": "text/event-stream; charset=euc-kr"}, "wrong-charset"),
        ({"cache_control": None}, "no-cache-control"),
        ({"cache_control": "max-age=60"}, "may-be-cached"),
        ({"content_length": "1234"}, "has-length"),
    ],
)
def test_a_wrong_header_is_named(changed: dict[str, str | None], found: str) -> None:
    result = judged("headers", p.heads(p.head(**changed), p.head(DIRECT)))
    assert result.status is FAIL
    assert [f.reason.code for f in result.findings] == [found]


@pytest.mark.parametrize("value", ["text/event-stream", 'Text/Event-Stream; Charset="UTF-8"'])
def test_event_streams_are_utf_8_with_or_without_a_word(value: str) -> None:
    assert judged("headers", p.heads(p.head(content_type=value), p.head(DIRECT))).status is PASS


@pytest.mark.parametrize("value", ["private, no-cache", "no-store, max-age=0"])
def test_either_directive_keeps_a_cache_away(value: str) -> None:
    assert judged("headers", p.heads(p.head(cache_control=value), p.head(DIRECT))).status is PASS


def test_the_buffering_hint_is_looked_for_where_nginx_cannot_take_it() -> None:
    missing = p.heads(p.head(), p.head(DIRECT, x_accel_buffering=None))
    result = judged("headers", missing)
    assert (result.status, result.findings[0].reason.code) == (FAIL, "hint-missing")
    wrong = p.heads(p.head(), p.head(DIRECT, x_accel_buffering="yes"))
    assert judged("headers", wrong).findings[0].reason.code == "hint-wrong"
    unseen = judged("headers", p.heads(p.head(), direct=False))
    assert (unseen.status, unseen.reason.code) == (WARN, "hint-unseen")
    through = judged("headers", p.heads(p.head(x_accel_buffering="no"), direct=False))
    assert through.status is PASS


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (p.head(), (PASS, "kept")),
        (p.head(version="HTTP/1.0"), (FAIL, "old-version")),
        (p.head(transfer_encoding=None), (FAIL, "unframed")),
        (p.head(transfer_encoding=None, content_length="9"), (PASS, "kept")),
        (p.head(reused=False), (WARN, "closes")),
        (p.head(reused=False, connection="close"), (WARN, "closes-said")),
        (p.head(reused=None), (OPEN, "reuse-unseen")),
        (p.head(version=""), (OPEN, "version-unseen")),
        (p.head(failure="reset"), (OPEN, "no-stream")),
        (p.head(status=503), (OPEN, "no-stream")),
    ],
)
def test_http_version(head: Head, expected: tuple[Status, str]) -> None:
    result = judged("http-version", p.heads(head, direct=False))
    assert (result.status, result.reason.code) == expected


@pytest.mark.parametrize(
    "changed",
    [
        {"confidence": 0.3},
        {"alone": 1.0},
        {"fairness": 0.0},
        {"stream_rate": 0.0},
        {"slowest": 1.0},
        {"heartbeat": 60.0},
        {"wire_streams": 51},
        {"connection_limit": 5_001},
        {"held": (5_001,)},
        {"held": (50,), "connection_limit": 20},
        {"reload_command": ("kill", "")},
    ],
)
def test_settings_that_make_no_sense_are_refused(changed: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(changed))):
        Settings(**changed)  # type: ignore[arg-type]
