"""Settings about the procedures around backups (part of ``gates.recovery``)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from golive.config.markers import AtLeast, Name
from golive.config.release import Attestation


@dataclass(frozen=True, slots=True)
class ScheduleOf:
    """Which stores a job backs up, where its name and its command do not tell.

    ``job``: name of a CronJob or of a systemd timer, or ``file:line`` of a crontab's entry;
    wildcards are allowed.
    """

    job: Name
    stores: Annotated[tuple[Name, ...], AtLeast(1)]


@dataclass(frozen=True, slots=True)
class Attested:
    """What a named person says where golive cannot look.

    ``encryption``: the backups are encrypted at rest, and whoever restores has the key.
    ``off_site``: copies are kept apart from the site. ``fallback``: the generator falls back to
    the other model provider.
    """

    encryption: Attestation | None = None
    off_site: Attestation | None = None
    fallback: Attestation | None = None
