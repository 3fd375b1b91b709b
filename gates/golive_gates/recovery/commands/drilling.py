"""The drill as a command does it: settings from golive.yaml or options, no run around it."""

from __future__ import annotations

import os
import secrets as random_source
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from golive.api import Check, Config, EvidenceRef, Observation, RunContext, Scope
from golive.config.model import Service
from golive.config.secret_references import secret_references
from golive.context import RequestBudget, SystemClock
from golive.errors import UsageError
from golive.sanitize import clean
from golive.secrets import Redactor, Secret, SecretError, resolve
from golive_gates.recovery.checks import restored_service
from golive_gates.recovery.observers.backups import BackupsObserver
from golive_gates.recovery.observers.chroma import ChromaObserver
from golive_gates.recovery.observers.restored_service import RestoredServiceObserver
from golive_gates.recovery.observers.sqlite import SqliteObserver
from golive_gates.recovery.settings import Canary, Settings, SqliteStore
from golive_gates.recovery.wiring import GATE

OBSERVERS = (BackupsObserver(), SqliteObserver(), ChromaObserver(), RestoredServiceObserver())
PARTS = frozenset(o.part for o in OBSERVERS)
HISTORY = frozenset({"recovery.backup-gaps", "recovery.retention"})
"""What backups beside the newest one are asked, for which something has to be promised."""

SERVICE = restored_service.SPEC.id
"""What is asked only where it is declared how the service is started."""

REQUESTS = 10_000
"""Cap on requests: to Chroma servers, which are asked for their counts, and to the service."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is drilled. ``base``: the folder that the paths of ``settings`` are relative to.

    ``history``: a golive.yaml says how often and for how long backups are kept.
    """

    settings: Settings
    config: Config
    base: Path
    history: bool = False


def checks(*, history: bool, service: bool = False) -> tuple[Check[Settings], ...]:
    """Those of the gate that need nothing but backups and drills.

    With or without ``HISTORY``, and with or without ``SERVICE``.
    """
    beside = (frozenset() if history else HISTORY) | (frozenset() if service else {SERVICE})
    return tuple(c for c in GATE.checks if PARTS.issuperset(c.reads) and c.spec.id not in beside)


def prepared(
    config: Path | None, backups: Sequence[str], live: str, canary: str | None
) -> Prepared:
    """What the options ask for. Raises ``UsageError`` and ``ConfigError``."""
    if config is not None:
        if backups or live or canary:
            msg = "--config and --backups, --live, --canary exclude each other"
            raise UsageError(msg, "declare the store in golive.yaml")
        return _configured(config)
    if not backups:
        msg = "no backups are named"
        raise UsageError(msg, "give --config golive.yaml, or --backups and --live")
    table, dot, column = (canary or "").rpartition(".")
    if canary and not (dot and table and column):
        msg = f"--canary {clean(canary, 80)} is no TABLE.COLUMN"
        raise UsageError(msg, "write --canary orders.created_at")
    named = Canary(table, column) if canary else None
    store = SqliteStore(Path(live).stem or "sqlite", tuple(backups), live, named)
    config_of_none = Config("golive/v1", Service("golive backup verify", "-"))
    return Prepared(Settings(sqlite=(store,)), config_of_none, Path.cwd())


def _configured(path: Path) -> Prepared:
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
    found = loaded.settings.get(GATE.id)
    if not isinstance(found, Settings) or not found.stores:
        msg = f"{path}: gates.recovery declares no store"
        raise UsageError(msg, "declare gates.recovery.sqlite: name, backups, live, canary")
    return Prepared(found, loaded.config, loaded.base, history=True)


async def look(asked: Prepared) -> Observation:
    """What the gate's observers see of the backups, with progress on stderr.

    Raises ``UsageError`` for a secret that cannot be read.
    """
    found = _secrets(asked)
    ctx = RunContext(
        run_id=random_source.token_hex(4),
        gate=GATE.id,
        scope=Scope(asked.config, asked.base),
        clock=SystemClock(),
        evidence=_Printed(),
        budget=RequestBudget(REQUESTS),
        progress=_Steps(),
        headers=(),
        secrets=found,
        redact=Redactor(s.reveal() for s in found.values()),
    )
    parts = {o.part.__name__: await o.observe(ctx, asked.settings) for o in OBSERVERS}
    return Observation(parts)


def _secrets(asked: Prepared) -> dict[str, Secret]:
    """What the settings refer to, by reference. Raises ``UsageError``."""
    references = secret_references(Settings, asked.settings)
    try:
        return {reference: resolve(reference, asked.base) for reference in references}
    except SecretError as error:
        msg = f"a secret could not be read: {error}"
        raise UsageError(msg, "set the variable or the file that golive.yaml names") from error


class _Printed:
    """What is printed is all that is kept."""

    def add(self, name: str, content: bytes | str, media_type: str) -> EvidenceRef:
        """Nothing is stored."""
        del name, content, media_type
        return EvidenceRef("stdout", "-", "", 0, "text/plain")


class _Steps:
    """How far the drill is, on stderr."""

    def update(self, gate: str, step: str, done: int, total: int, eta: float | None) -> None:
        """One line for each step."""
        del gate, eta
        print(f"{clean(step)}: {done + 1}/{total}", file=sys.stderr)  # noqa: T201
