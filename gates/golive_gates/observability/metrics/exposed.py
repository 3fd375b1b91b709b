"""The part ``Exposed``: what each service exposes, and why it could not be seen where not."""

from __future__ import annotations

from dataclasses import dataclass, field

from golive.api import EvidenceRef
from golive_gates.observability.metrics.exposition import Page
from golive_gates.observability.metrics.inventory import (
    Family,
    Inventory,
    Series,
    Source,
    merged,
)
from golive_gates.observability.metrics.targets import TargetLabels, stored


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a page gave no inventory, or something of it that is not as it should be.

    ``code``: the sentence; ``line``: 1-based, 0 where it is about the whole page.
    """

    code: str
    subject: str = ""
    detail: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Exposure:
    """One page: the live ``/metrics`` of a service, or a file that stands for one.

    ``inventory``: ``None`` with a ``trouble``, never an empty one. ``charged``: whether the
    trouble is the service's, rather than golive's, the network's or of a missing right.
    """

    source: Source
    inventory: Inventory | None = None
    trouble: Trouble | None = None
    charged: bool = False
    remarks: tuple[Trouble, ...] = ()


@dataclass(frozen=True, slots=True)
class Exposed:
    """All that was asked for. ``unasked``: services whose metrics nobody has declared."""

    exposures: tuple[Exposure, ...]
    unasked: tuple[str, ...] = ()
    evidence: tuple[EvidenceRef, ...] = field(default=())

    @property
    def inventories(self) -> tuple[Inventory, ...]:
        """What was read, one a page; of a service that was read live and from a file, the first."""
        live = {e.source.service for e in self.exposures if e.inventory and e.source.live}
        return tuple(
            e.inventory
            for e in self.exposures
            if e.inventory and (e.source.live or e.source.service not in live)
        )

    @property
    def inventory(self) -> Inventory:
        """All of it as one Prometheus stores it."""
        return merged(self.inventories)

    @property
    def unseen(self) -> tuple[str, ...]:
        """Services of which nothing could be read: what is not exposed elsewhere may be there."""
        seen = {e.source.service for e in self.exposures if e.inventory}
        asked = (e.source.service for e in self.exposures)
        return tuple(dict.fromkeys(s for s in (*asked, *self.unasked) if s not in seen))

    @property
    def live(self) -> bool:
        """Whether every inventory comes from a running service."""
        found = self.inventories
        return bool(found) and all(s.live for i in found for s in i.sources)


def source_of(service: str, where: str, labels: TargetLabels, *, live: bool) -> Source:
    """The scrape of *service* from *where*, to which Prometheus adds *labels*."""
    return Source(service, where, live, labels.values, labels.open, labels.added)


def inventory_of(page: Page, source: Source, labels: TargetLabels) -> Inventory:
    """*page* as Prometheus stores it, with *labels* on every series."""
    families = {
        name: Family(
            name,
            family.kind,
            tuple(Series(s.name, stored(s.labels, labels), s.value) for s in family.series),
            family.help,
        )
        for name, family in page.families.items()
    }
    return Inventory(families, (source,))
