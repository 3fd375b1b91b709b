"""The calibration finds an instrument out: what its responder says is compared with what it saw."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator

import pytest
from load_doubles import STREAM_HEAD, Peer, chunk, serving

from golive.probe.load import calibration


def measured(monkeypatch: pytest.MonkeyPatch, *, ahead: float, held: float) -> object:
    """Against a responder whose clock is *ahead* s and that holds its answer *held* s unsaid."""

    def script(peer: Peer) -> None:
        while peer.request():
            peer.over.wait(held)
            now = time.monotonic_ns() + int(ahead * 1e9)
            event = f"event: token\ndata: {now} {now}\n\n"
            peer.send(STREAM_HEAD, chunk(event), chunk("event: done\ndata: {}\n\n"), b"0\r\n\r\n")

    @contextlib.contextmanager
    def responder() -> Iterator[int]:
        with serving(script) as url:
            yield int(url.rsplit(":", 1)[1].partition("/")[0])

    monkeypatch.setattr(calibration, "_responder", responder)
    monkeypatch.setattr(calibration, "STREAMS", 8)
    found = calibration.measure()
    assert found.problem == ""
    return found


def test_a_stamp_that_is_off_by_a_second_is_an_error_of_a_second(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = measured(monkeypatch, ahead=-1.0, held=0.0)
    assert isinstance(found, calibration.Calibration)
    assert 1.0 <= found.error_p50 <= found.error_p99


def test_what_the_instrument_adds_is_its_floor(monkeypatch: pytest.MonkeyPatch) -> None:
    found = measured(monkeypatch, ahead=0.0, held=0.02)
    assert isinstance(found, calibration.Calibration)
    assert 0.02 <= found.floor_p50 <= found.floor_p99
