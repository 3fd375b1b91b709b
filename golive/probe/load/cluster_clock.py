"""How far a worker's clock is from ours, and how well that is known.

Cristian, "Probabilistic clock synchronization", Distributed Computing 3 (1989): the reading
came somewhere within the round trip, so its middle is wrong by at most half of it, and the
shortest of several round trips knows best. Used to start workers together, never to compare
what two of them measured.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

MAX_DRIFT = 100e-6
"""Seconds that two clocks may part in a second; ordinary oscillators keep within half."""


@dataclass(frozen=True, slots=True)
class Ping:
    """One question: *sent* and *received* on our monotonic clock, *there* on the worker's. In s."""

    sent: float
    there: float
    received: float

    def __post_init__(self) -> None:
        if not self.received >= self.sent:
            message = f"received {self.received} before it was sent {self.sent}"
            raise ValueError(message)


@dataclass(frozen=True, slots=True)
class ClockOffset:
    """How to read a worker's clock from ours, in s.

    *offset* is added to a reading of our clock to have the worker's; true within *uncertainty*
    at the moment *at* of our clock. *shared*: it is the same clock.
    """

    offset: float
    uncertainty: float
    at: float
    shared: bool = False

    def there(self, here: float) -> float:
        """The moment *here* of our clock, on the worker's clock."""
        return here + self.offset

    def uncertainty_at(self, here: float) -> float:
        """How far ``there(here)`` may be off, drift since the measurement included. In s."""
        return 0.0 if self.shared else self.uncertainty + MAX_DRIFT * abs(here - self.at)


def estimate(pings: Iterable[Ping], *, shared: bool = False) -> ClockOffset:
    """The offset by the shortest of *pings*. ``ValueError`` without any.

    *shared* claims that both sides read one clock (same boot of the same kernel). It is
    believed only if the pings do not speak against it: copies of a machine share a boot id.
    """
    best = min(pings, key=lambda ping: ping.received - ping.sent, default=None)
    if best is None:
        raise ValueError("a clock that was never read has no offset")
    half = (best.received - best.sent) / 2
    offset = best.there - (best.sent + half)
    if shared and abs(offset) <= half + 1e-6:
        return ClockOffset(0.0, 0.0, best.received, shared=True)
    return ClockOffset(offset, half, best.received)
