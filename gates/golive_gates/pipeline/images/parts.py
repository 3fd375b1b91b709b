"""Reports of image scanners as they say it themselves; nothing is judged here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from golive.api import EvidenceRef

SEVERITIES = ("CRITICAL", "HIGH", "MEDIUM", "LOW", "NEGLIGIBLE", "UNKNOWN")
Kind = Literal["vulnerability", "secret", "misconfiguration"]


@dataclass(frozen=True, slots=True)
class Weakness:
    """One finding of a scanner. ``id``: ``CVE-2025-1``, or the rule's; never a secret's text.

    ``severity``: one of ``SEVERITIES``. ``subject``: the package and its version, or the file.
    ``fixed``: the version that mends it, empty where there is none.
    """

    id: str
    severity: str
    subject: str = ""
    fixed: str = ""
    kind: Kind = "vulnerability"


@dataclass(frozen=True, slots=True)
class Report:
    """One report about one thing.

    ``path``: the file as findings print it, or the command. ``artifact``: what it says it is
    about; ``is_image``: whether that is a container image. ``digests``: every digest that it
    gives for it, ``sha256:...``. ``made``: when, ``None`` where it does not say. ``looked``:
    whether it shows that packages were looked at: a report that lists none proves nothing.
    ``left_out``: what its scanner was told to leave out, as far as it says (``unfixed``).
    ``ignored``: findings that a rule has taken out.
    """

    path: str
    tool: str
    version: str = ""
    artifact: str = ""
    is_image: bool = False
    digests: tuple[str, ...] = ()
    made: datetime | None = None
    looked: bool = False
    weaknesses: tuple[Weakness, ...] = ()
    ignored: tuple[Weakness, ...] = ()
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unread:
    """A file that is no report.

    ``code``: ``not-json``, ``not-a-report``, ``too-large``, ``too-many``, ``unreadable``,
    ``empty-file`` or ``no-match`` for a pattern.
    """

    path: str
    code: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class ImageReports:
    """Every report that the setting ``scan_results`` names. ``now``: when they were read, UTC."""

    reports: tuple[Report, ...]
    now: datetime
    unread: tuple[Unread, ...] = ()
    evidence: tuple[EvidenceRef, ...] = ()


@dataclass(frozen=True, slots=True)
class TrivyRuns:
    """What trivy, run here, says of the deployed images. ``unread``: runs that came to nothing.

    ``path`` of these is the image; ``code``: ``no-database``, ``image-not-here``, ``failed``,
    ``too-slow``, ``too-much``, ``not-started`` or ``left-out``.
    """

    reports: tuple[Report, ...]
    now: datetime
    version: str = ""
    unread: tuple[Unread, ...] = ()
    evidence: tuple[EvidenceRef, ...] = ()
