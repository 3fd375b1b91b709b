"""What is measured of each client, and the report that holds it, as plain data."""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from bench.load.machine import Machine

FORMAT = 1
NEEDED_SHARE = 0.99
"""Of the events that open streams send in a window: who takes less does not hold the streams."""


class NoFigureError(Exception):
    """A client's answer does not hold a figure that it should; the message says which."""


@dataclass(frozen=True, slots=True)
class Options:
    """How much is done.

    *seconds* is one measured window, *flow_seconds* one of those where a client gets all that it
    takes: there no share is read. *held* streams are spread over *processes* of each client that
    can hold so many; their window is longer, for each to send as often as any other.
    """

    rounds: int = 3
    seconds: float = 3.0
    flow_seconds: float = 3.0
    streams: int = 1_000
    rate: float = 10.0
    flood_streams: int = 200
    connections: int = 64
    held: int = 20_000
    held_rate: float = 0.2
    processes: int = 2
    short_delays: int = 60
    long_delays: int = 20


QUICK = Options(
    rounds=1, seconds=1.0, flow_seconds=0.4, held_rate=0.4, short_delays=30, long_delays=8
)


@dataclass(slots=True)
class Client:
    """One client.

    *figures* maps a figure's name to its values, one for each round that gave one. *missing*
    says why it could not run at all, *failures* what went wrong when it did.
    """

    key: str
    name: str
    version: str = ""
    missing: str = ""
    figures: dict[str, list[float]] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)

    def add(self, found: Mapping[str, float]) -> None:
        """Add the figures of one round."""
        for name, value in found.items():
            self.figures.setdefault(name, []).append(value)

    def median(self, name: str) -> float | None:
        """The figure's median over the rounds; ``None``: never measured."""
        values = self.figures.get(name)
        return statistics.median(values) if values else None


@dataclass(slots=True)
class Report:
    """One run of the benchmark. *seconds* is how long it took."""

    machine: Machine
    options: Options
    clients: list[Client]
    seconds: float = 0.0

    def client(self, key: str) -> Client | None:
        """The client called *key*."""
        return next((c for c in self.clients if c.key == key), None)

    def median(self, key: str, name: str) -> float | None:
        """A client's median; ``None``: no such client, or never measured."""
        client = self.client(key)
        return client.median(name) if client else None


def to_json(report: Report) -> dict[str, object]:
    """The report as JSON data: the values of every round beside their medians and ratios."""
    clients = []
    for client in report.clients:
        ratios = {}
        for name in client.figures:
            mine, base = client.median(name), report.median("reference", name)
            if mine is not None and base:
                ratios[name] = mine / base
        medians = {name: client.median(name) for name in client.figures}
        clients.append({**asdict(client), "medians": medians, "ratios_to_reference": ratios})
    return {
        "format": FORMAT,
        "seconds": report.seconds,
        "machine": {**asdict(report.machine), "warnings": list(report.machine.warnings)},
        "options": asdict(report.options),
        "clients": clients,
    }


def from_json(data: Mapping[str, object]) -> Report:
    """The report in *data*; medians and ratios are computed anew.

    Raises ``ValueError`` for another format.
    """
    machine, options, clients = data.get("machine"), data.get("options"), data.get("clients")
    if (
        data.get("format") != FORMAT
        or not isinstance(machine, dict)
        or not isinstance(options, dict)
        or not isinstance(clients, list)
    ):
        message = f"not a report of format {FORMAT}"
        raise ValueError(message)
    known = ("key", "name", "version", "missing", "figures", "failures")
    try:
        return Report(
            machine=Machine(**{k: v for k, v in machine.items() if k != "warnings"}),
            options=Options(**options),
            clients=[Client(**{k: client[k] for k in known}) for client in clients],
            seconds=float(str(data.get("seconds", 0))),
        )
    except (TypeError, KeyError) as error:
        message = f"not a report of format {FORMAT}: {error}"
        raise ValueError(message) from None
