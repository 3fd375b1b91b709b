"""Where the configuration says that alerts arrive: the part, as its judge reads it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Asked:
    """One entry of ``channels``. ``severities``: none means all that ask for attention."""

    kind: str
    address: str
    severities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Channels:
    """The entries of ``channels``, at least one."""

    asked: tuple[Asked, ...]
