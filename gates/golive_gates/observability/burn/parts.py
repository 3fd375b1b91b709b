"""What the gate sees of SLOs: how each is measured in Prometheus, or why it is not."""

from __future__ import annotations

from dataclasses import dataclass

from golive.api import EvidenceRef
from golive_gates.observability.burn.slis import NoSli, Sli


@dataclass(frozen=True, slots=True)
class Objectives:
    """The SLOs of the run. ``slis``: those that can be measured; ``without``: the others."""

    slis: tuple[Sli, ...]
    without: tuple[NoSli, ...] = ()
    evidence: tuple[EvidenceRef, ...] = ()
