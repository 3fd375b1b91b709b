"""Facts, permissions and promises of a release: what the report prints beside measurements."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal

from golive.config.markers import AtLeast, Count, Host, Name, Ratio


@dataclass(frozen=True, slots=True)
class Service:
    """The product that goes live."""

    name: Name
    version: Name
    description: str = ""
    environment: str = ""
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Release:
    """What is released, as printed at the head of the report."""

    phase: str = ""
    commit: str = ""
    planned: datetime | None = None
    notes: tuple[str, ...] = ()


class Permission(StrEnum):
    """Kinds of work that are denied unless a named person allowed them."""

    LOAD = "load"
    RATE_LIMIT = "rate-limit"
    FAULT = "fault"
    PENETRATION = "penetration"
    ALERTS = "alerts"


@dataclass(frozen=True, slots=True)
class Authorisation:
    """Who allows what against which hosts, until when (inclusive)."""

    hosts: Annotated[tuple[Host, ...], AtLeast(1)]
    allows: Annotated[tuple[Permission, ...], AtLeast(1)]
    by: Name
    until: date
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Waiver:
    """A named person accepts a check's status until a day (inclusive)."""

    check: Name
    reason: Name
    by: Name
    until: date


@dataclass(frozen=True, slots=True)
class Attestation:
    """A person says so: who, when, until when (inclusive)."""

    by: Name
    on: date
    until: date
    statement: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence of the report that is as true as its checks, or its attestation."""

    text: Name
    checks: tuple[str, ...] = ()
    attested: Attestation | None = None


@dataclass(frozen=True, slots=True)
class Checklist:
    """``items`` are judged from checks; ``pre_deploy`` are done by people just before."""

    items: tuple[Claim, ...] = ()
    pre_deploy: tuple[Claim, ...] = ()


@dataclass(frozen=True, slots=True)
class CanaryStage:
    """One stage of the roll-out. ``rollback_on``: SLO ids whose violation rolls back."""

    name: Name
    traffic: Ratio
    duration: str
    max_streams: Count | None = None
    watch: tuple[str, ...] = ()
    rollback_on: tuple[str, ...] = ()
    approval: Literal["automatic", "manual"] = "manual"


@dataclass(frozen=True, slots=True)
class Contact:
    """A person or rota to call."""

    role: str
    name: str
    reach: str


@dataclass(frozen=True, slots=True)
class Channel:
    """Where alerts arrive."""

    kind: str
    address: str
    severities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A document the report refers to."""

    title: str
    path: str
    group: str = ""
