"""Settings of the restored service (``gates.recovery.service`` in ``golive.yaml``)."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Annotated

from golive.config.markers import AtLeast, Duration, Name, SecretRef, UrlPath
from golive.config.model import Auth
from golive_gates.recovery.service.placeholders import PORT, placeholders

VALUE = "{value}"
MOST_ROWS = 100
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class RowValue:
    """The column of a restored SQLite database whose values the service has to know."""

    store: Name
    table: Name
    column: Name


@dataclass(frozen=True, slots=True)
class Ask:
    """What the service is asked for once it is ready.

    ``path``: with ``{value}``, which a value of ``value`` takes the place of; the answer has to be
    2xx with that value in its body. Values appear in the record: name a column of ids. ``headers``
    are sent as they are; ``auth`` refers to a secret. ``rows``: how many values, from the oldest
    row to the newest. ``within``: for each answer.
    """

    path: UrlPath
    value: RowValue
    headers: Mapping[str, str] = field(default_factory=dict)
    auth: Auth | None = None
    rows: Annotated[int, AtLeast(1)] = 5
    within: Duration = 10.0

    def __post_init__(self) -> None:
        """Raises ``ValueError`` for a path without a value and for too many rows."""
        if VALUE not in self.path:
            msg = f"service.ask.path: {VALUE} is missing"
            raise ValueError(msg)
        if self.rows > MOST_ROWS:
            msg = f"service.ask.rows: {MOST_ROWS} at most"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True)
class RestoredService:
    """How the service is started on restored data.

    ``command``: run without a shell, in the foreground; it has to listen on 127.0.0.1. In its
    words and in ``environment``, ``{port}`` stands for a free port, ``{sqlite.NAME}`` for the
    restored database of that store and ``{chroma.NAME}`` for a restored folder; ``{{name}}`` is
    ``{name}`` itself. ``environment`` and ``secrets`` (references) are all that it sees beside
    PATH, LANG and empty folders of its own for HOME and TMPDIR. ``working_directory``: relative to
    golive.yaml. ``ready``: the path that answers 2xx once it is ready, ``within``: by when.
    """

    command: Annotated[tuple[str, ...], AtLeast(1)]
    ask: Ask
    environment: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, SecretRef] = field(default_factory=dict)
    working_directory: str = ""
    ready: UrlPath = "/readyz"
    within: Duration = 60.0

    def __post_init__(self) -> None:
        """Raises ``ValueError`` for a command that cannot be one."""
        if not self.command[0].strip():
            raise ValueError("service.command: its first word is empty")
        wrong = [n for n in (*self.environment, *self.secrets) if not _VARIABLE.fullmatch(n)]
        if wrong:
            msg = f"service: no variable can be called {', '.join(wrong)}"
            raise ValueError(msg)
        twice = sorted(self.environment.keys() & self.secrets.keys())
        if twice:
            msg = f"service: {', '.join(twice)} is in environment and in secrets"
            raise ValueError(msg)
        if PORT not in self.named:
            raise ValueError("service: {port} is in neither command nor environment")

    @property
    def named(self) -> tuple[str, ...]:
        """Every placeholder of command and environment, once."""
        texts = (*self.command, *self.environment.values())
        return tuple(dict.fromkeys(n for text in texts for n in placeholders(text)))

    @property
    def stores(self) -> tuple[str, ...]:
        """Names of the stores that it is started on."""
        return tuple(dict.fromkeys(n.partition(".")[2] for n in self.named if n != PORT))


def demand_known(
    service: RestoredService, sqlite: Collection[str], chroma: Collection[str]
) -> None:
    """Raises ``ValueError`` unless *service* names declared stores, and asks for one of those."""
    known = {f"sqlite.{n}" for n in sqlite} | {f"chroma.{n}" for n in chroma}
    named = [n for n in service.named if n != PORT]
    strange = [n for n in named if n not in known]
    if strange:
        shown = ", ".join(f"{{{n}}}" for n in strange)
        there = ", ".join(f"{{{n}}}" for n in (PORT, *sorted(known)))
        msg = f"service: nothing is called {shown}; known: {there} (literal braces are doubled)"
        raise ValueError(msg)
    if f"sqlite.{service.ask.value.store}" not in named:
        msg = (
            f"service.ask.value.store: {service.ask.value.store} has to be a sqlite store that"
            " the command or its environment names"
        )
        raise ValueError(msg)
