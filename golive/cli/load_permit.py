"""Who allows the load: asked before anything is sent."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from golive.authorisation import permitted
from golive.config.release import Authorisation, Permission
from golive.errors import UsageError
from golive.observation import Unavailable
from golive.sanitize import clean

CORE = "golive"


@dataclass(frozen=True, slots=True)
class Allowed:
    """The address to connect to, and by whose leave."""

    address: str
    by: str


def allow(url: str, config: Path | None, person: str | None) -> Allowed:
    """Leave to put load on the host of *url*. Raises ``UsageError`` where there is none.

    Loopback needs none; any other host an entry of *config* that names it, by *person* if one
    is given. ``ConfigError`` if *config* cannot be read as a configuration.
    """
    entries = () if config is None else _entries(config)
    if person is not None:
        entries = tuple(e for e in entries if e.by == person)
    today = datetime.now(UTC).date()
    found = asyncio.run(permitted(entries, today, Permission.LOAD, url))
    if isinstance(found, Unavailable):
        raise _refusal(found, config, person)
    if found.loopback:
        return Allowed(found.address, "loopback")
    until = f" until {found.until.isoformat()}" if found.until else ""
    return Allowed(found.address, f"{clean(found.by)}{until}")


def _entries(path: Path) -> tuple[Authorisation, ...]:
    from golive.config.loader import load_config
    from golive.config.overrides import overrides_from_environment
    from golive.discovery import discover_gates

    gates = discover_gates()
    loaded = load_config(
        path,
        gates.settings_types,
        overrides=overrides_from_environment(os.environ),
        known_checks=gates.check_ids,
    )
    return loaded.config.authorisations


def _refusal(found: Unavailable, config: Path | None, person: str | None) -> UsageError:
    from golive.texts import catalogue

    reason = found.reason
    said = catalogue(CORE, "en").reason(reason)
    if reason.code == "core.not-authorised":
        asked = "" if person is None else f" by {clean(person)!r}"
        hint = f"name a golive.yaml with --config whose `authorisations` allow load{asked}"
        if config is not None:
            hint = f"add an entry{asked} to `authorisations` in {clean(str(config))}: hosts, allows"
            hint += ": [load], by, until"
        return UsageError(said, hint)
    return UsageError(said, "nothing was sent; look at the URL and at the authorisation")
