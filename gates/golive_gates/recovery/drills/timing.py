"""Phases of a restoration, by a clock that is given."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from golive_gates.recovery.drills.records import Phase

GROWING = frozenset({"fetch", "unpack", "restore", "verify"})


class Stopwatch:
    """Collects phases. ``tell`` hears the name of each as it begins."""

    def __init__(
        self, monotonic: Callable[[], float], tell: Callable[[str], None] = lambda _: None
    ) -> None:
        self._monotonic, self._tell = monotonic, tell
        self._phases: list[Phase] = []

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Time what is done within; one that raises is no phase."""
        self._tell(name)
        begin = self._monotonic()
        yield
        took = max(0.0, self._monotonic() - begin)
        self._phases.append(Phase(name, took, name in GROWING))

    @property
    def phases(self) -> tuple[Phase, ...]:
        """Those that are over."""
        return tuple(self._phases)
