"""What every restore drill has: phases, damages, and how it ended. Seconds and bytes."""

from __future__ import annotations

from dataclasses import dataclass

PHASES = ("locate", "fetch", "unpack", "restore", "verify", "first-read")
"""From the declared failure to the first read of the restored data, in their order."""


@dataclass(frozen=True, slots=True)
class Phase:
    """One phase. ``scales``: its time grows with the size of the data."""

    name: str
    seconds: float
    scales: bool = False


@dataclass(frozen=True, slots=True)
class Control:
    """One damage made on purpose, and what the verification said of it.

    ``caught``: codes of the faults that it found. ``problem``: why the damage could not be made.
    ``detectable``: there was something to hold the damaged data against.
    """

    damage: str
    caught: tuple[str, ...] = ()
    problem: str = ""
    detectable: bool = True


@dataclass(frozen=True, slots=True)
class Projection:
    """The time of a restoration of ``size`` bytes, from the ``measured`` ones of the drill.

    ``slope``: seconds for each byte; ``fixed``: seconds whatever the size; ``sizes``: of how many
    sizes they were measured. With one size, all time of the phases that grow is taken to grow in
    proportion.
    """

    size: int
    measured: int
    seconds: float
    slope: float
    fixed: float
    sizes: int
