"""What the tests of a run share: an end for whatever hangs."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from golive import isolation


@pytest.fixture
def release(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """What a hanging plugin waits for; set when the test is over, so that its thread ends."""
    monkeypatch.setattr(isolation, "GRACE", 0.2)
    event = threading.Event()
    yield event
    event.set()
