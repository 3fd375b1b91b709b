"""Settings of the live checks (``gates.manifests.live`` in ``golive.yaml``)."""

from __future__ import annotations

from dataclasses import dataclass

from golive.api import Duration
from golive.config.model import Count

_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class LiveSettings:
    """What the running release is held against.

    ``certificate_left``: how long a certificate has to be valid yet. ``events_within``: how far
    back Warning events count; ``events_at_most``: from so many of one kind for one object on they
    fail. ``restarts_within``: how far back the end of a container counts.
    """

    certificate_left: Duration = 14 * _DAY
    events_within: Duration = 3600.0
    events_at_most: Count = 10
    restarts_within: Duration = _DAY
