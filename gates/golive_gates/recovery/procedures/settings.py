"""Settings about the procedures around backups (part of ``gates.recovery``)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

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


Covered = Literal["fallback", "whole", "first-content", "return", "outage", "user-errors", "spend"]
"""What a person can vouch for in place of a drill: the check ``recovery.provider-<name>``."""


@dataclass(frozen=True, slots=True)
class FallbackAttestation(Attestation):
    """A person says so of a fallback that no drill shows: who, when, until when (inclusive).

    ``covers``: the checks ``recovery.provider-<name>`` that the statement is about, and no others.
    """

    covers: Annotated[tuple[Covered, ...], AtLeast(1)] = ("fallback",)


@dataclass(frozen=True, slots=True)
class Attested:
    """What a named person says where golive cannot look.

    ``encryption``: the backups are encrypted at rest, and whoever restores has the key.
    ``off_site``: copies are kept apart from the site. ``fallback``: how the generator falls
    back to the other model provider, where no stub can be used (``providers.stub``).
    """

    encryption: Attestation | None = None
    off_site: Attestation | None = None
    fallback: FallbackAttestation | None = None
