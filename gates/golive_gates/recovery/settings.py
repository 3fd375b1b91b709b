"""Settings of gate ``recovery`` (``gates.recovery`` in ``golive.yaml``)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Annotated

from golive.config.markers import AtLeast, Duration, DurationOrZero, Name
from golive_gates.recovery.procedures.settings import Attested, ScheduleOf
from golive_gates.recovery.providers.settings import ProviderSettings
from golive_gates.recovery.service.settings import RestoredService, demand_known

HOUR, DAY = 3600.0, 86_400.0

Bytes = Annotated[int, AtLeast(0)]
"""A number of bytes."""


@dataclass(frozen=True, slots=True)
class Canary:
    """Where each record carries the time at which it was written.

    ``column`` holds ISO 8601 text (UTC unless it names an offset) or seconds or milliseconds
    since 1970.
    """

    table: Name
    column: Name


@dataclass(frozen=True, slots=True)
class SqliteStore:
    """One SQLite database and its backups.

    ``backups``: globs of files, archives or folders, relative to golive.yaml. ``live``: path of
    the database itself, opened read-only. ``canary``: the records that tell how old the restored
    data is. ``every``: the longest time between two backups. ``retention``: how far back they
    have to reach. ``production_bytes``: size to project the recovery time for; 0 stands for the
    live database's.
    """

    name: Name
    backups: Annotated[tuple[Name, ...], AtLeast(1)]
    live: str = ""
    canary: Canary | None = None
    every: Duration = 6 * HOUR
    retention: Duration = 7 * DAY
    production_bytes: Bytes = 0


@dataclass(frozen=True, slots=True)
class RecordIds:
    """Where records of Chroma and rows of SQLite name each other.

    ``column`` of ``table`` holds what key ``metadata`` of the records does; "": their own ids.
    """

    table: Name
    column: Name
    metadata: str = ""


@dataclass(frozen=True, slots=True)
class ChromaStore:
    """One Chroma store and its snapshots.

    ``live``: URL of its server, or its folder. ``rpo``: how old the restored data may be, where
    that is not the gate's. ``sqlite``: the store that its records belong to; ``ids``: how they
    name each other. The others as for SQLite.
    """

    name: Name
    backups: Annotated[tuple[Name, ...], AtLeast(1)]
    live: str = ""
    every: Duration = DAY
    retention: Duration = 7 * DAY
    rpo: Duration = DAY
    sqlite: str = ""
    ids: RecordIds | None = None
    production_bytes: Bytes = 0


Store = SqliteStore | ChromaStore


@dataclass(frozen=True, slots=True)
class Settings:
    """What backups and their restoration are held against.

    ``rpo``: how old the newest record in the restored data may be. ``rto``: how long it may take
    from the declared failure to the first read of the restored data; ``rto_overhead``: what of
    that goes into steps that no drill sees, as stopping and starting services.
    ``sqlite``, ``chroma``: the stores. ``clock_tolerance``: by how much the clocks of a backup may
    differ. ``scratch``: a folder for the drill, by default the system's; everything that is
    written there is removed again. ``unpacked_bytes``: more than this is not unpacked.
    ``service``: how the service itself is started on restored data, to be asked for it; its start
    counts into the RTO. ``schedules``: what jobs back up, where they do not tell. ``unit_files``:
    globs of crontabs and systemd units beside those in the release's folder.
    ``restore_document``: path of the restore procedure, by default found by its name.
    ``attested``: what named people say.
    """

    rpo: Duration = 6 * HOUR
    rto: Duration = HOUR
    rto_overhead: DurationOrZero = 0.0
    sqlite: tuple[SqliteStore, ...] = ()
    chroma: tuple[ChromaStore, ...] = ()
    clock_tolerance: Duration = 300.0
    scratch: str = ""
    unpacked_bytes: Annotated[int, AtLeast(1)] = 64 << 30
    providers: ProviderSettings = field(default_factory=ProviderSettings)
    schedules: tuple[ScheduleOf, ...] = ()
    unit_files: tuple[str, ...] = ()
    restore_document: str = ""
    service: RestoredService | None = None
    attested: Attested = field(default_factory=Attested)

    def __post_init__(self) -> None:
        """Raises ``ValueError`` for two stores of a name and for a pair that there is not."""
        names = Counter(s.name for s in self.stores)
        twice = sorted(n for n, count in names.items() if count > 1)
        if twice:
            msg = f"two stores are called {', '.join(twice)}"
            raise ValueError(msg)
        strange = {n for s in self.schedules for n in s.stores} - set(names)
        if strange:
            msg = f"schedules: no store is called {', '.join(sorted(strange))}"
            raise ValueError(msg)
        known = {s.name for s in self.sqlite}
        if self.service is not None:
            demand_known(self.service, known, {s.name for s in self.chroma})
        for store in self.chroma:
            if store.sqlite and store.sqlite not in known:
                msg = f"chroma {store.name}: no sqlite store is called {store.sqlite}"
                raise ValueError(msg)

    @property
    def stores(self) -> tuple[Store, ...]:
        """All of them."""
        return (*self.sqlite, *self.chroma)

    def sqlite_store(self, name: str) -> SqliteStore | None:
        """The SQLite store of that name."""
        return next((s for s in self.sqlite if s.name == name), None)
