"""What is measured of each linter, and the report that holds it, as plain data."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

FORMAT = 1
WALL, CPU, LARGEST, TOGETHER = "wall_s", "cpu_s", "largest_mb", "together_mb"
"""Seconds of the whole process; of CPU, children included; MB of its largest process; MB of
all its processes together at their peak, shared pages counted once, where that was sampled."""


@dataclass(frozen=True, slots=True)
class Machine:
    """What every figure depends on."""

    processor: str
    cores: int
    kernel: str
    python: str
    load_average: float


@dataclass(frozen=True, slots=True)
class Size:
    """One folder. *wanted*: the number asked for; the rest is what was written."""

    wanted: int
    objects: int
    files: int
    size: int


@dataclass(slots=True)
class Linter:
    """One linter.

    *figures*: by objects of the folder, then by name, one value a round. *looked_at* and
    *found*: objects and findings that it reported, by objects. *missing* says why it could not
    run at all, *failures* what went wrong when it did.
    """

    key: str
    name: str
    version: str = ""
    missing: str = ""
    figures: dict[int, dict[str, list[float]]] = field(default_factory=dict)
    looked_at: dict[int, int] = field(default_factory=dict)
    found: dict[int, int] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)

    def add(self, objects: int, values: Mapping[str, float]) -> None:
        """Add the figures of one run."""
        for name, value in values.items():
            self.figures.setdefault(objects, {}).setdefault(name, []).append(value)

    def median(self, objects: int, name: str) -> float | None:
        """Median over the rounds; ``None``: never measured."""
        values = self.figures.get(objects, {}).get(name)
        return statistics.median(values) if values else None

    def line(self, name: str) -> Line | None:
        """Cost against objects, over all sizes; ``None`` with fewer than two."""
        points = [(n, m) for n in sorted(self.figures) if (m := self.median(n, name)) is not None]
        return fitted(points)


@dataclass(frozen=True, slots=True)
class Line:
    """A cost of ``start + each * objects``.

    *growth*: what one more object costs at the upper end of the sizes against the lower end; 1
    is linear, ``None`` with two sizes only.
    """

    start: float
    each: float
    growth: float | None


def fitted(points: Sequence[tuple[float, float]]) -> Line | None:
    """The line through *points* (least squares), by rising x."""
    if len(points) < 2 or points[0][0] == points[-1][0]:
        return None
    each, start = statistics.linear_regression(*zip(*points, strict=True))
    growth = None
    if len(points) > 2:
        (x0, y0), (x1, y1) = points[:2]
        (x2, y2), (x3, y3) = points[-2:]
        low, high = (y1 - y0) / (x1 - x0), (y3 - y2) / (x3 - x2)
        growth = high / low if low > 0 else None
    return Line(start, each, growth)


@dataclass(slots=True)
class Report:
    """One run of the benchmark. *seconds* is how long it took."""

    machine: Machine
    rounds: int
    sizes: list[Size]
    linters: list[Linter]
    seconds: float = 0.0

    def linter(self, key: str) -> Linter | None:
        """The linter called *key*."""
        return next((x for x in self.linters if x.key == key), None)

    def ratio(self, key: str, objects: int, name: str) -> float | None:
        """Golive's median against that of *key*; ``None`` where one was not measured."""
        mine, other = self.linter("golive"), self.linter(key)
        if mine is None or other is None:
            return None
        a, b = mine.median(objects, name), other.median(objects, name)
        return a / b if a is not None and b else None


def to_json(report: Report) -> dict[str, object]:
    """The report as JSON data: the values of every round beside medians, ratios and lines."""
    linters = []
    for x in report.linters:
        medians = {n: {k: x.median(n, k) for k in by} for n, by in x.figures.items()}
        ratios = {n: {k: report.ratio(x.key, n, k) for k in (WALL, CPU)} for n in sorted(x.figures)}
        lines = {k: asdict(line) for k in (WALL, CPU) if (line := x.line(k)) is not None}
        linters.append(
            {**asdict(x), "medians": medians, "golive_against_it": ratios, "lines": lines}
        )
    return {
        "format": FORMAT,
        "seconds": report.seconds,
        "machine": asdict(report.machine),
        "rounds": report.rounds,
        "sizes": [asdict(size) for size in report.sizes],
        "linters": linters,
    }


def from_json(data: Mapping[str, object]) -> Report:
    """The report in *data*; what is derived is computed anew. Raises ``ValueError``."""
    machine, sizes, linters = data.get("machine"), data.get("sizes"), data.get("linters")
    if (
        data.get("format") != FORMAT
        or not isinstance(machine, dict)
        or not isinstance(sizes, list)
        or not isinstance(linters, list)
    ):
        message = f"not a report of format {FORMAT}"
        raise ValueError(message)
    try:
        return Report(
            Machine(**machine),
            int(str(data["rounds"])),
            [Size(**size) for size in sizes],
            [_linter(x) for x in linters],
            float(str(data["seconds"])),
        )
    except (TypeError, KeyError, AttributeError) as error:
        message = f"not a report of format {FORMAT}: {error}"
        raise ValueError(message) from None


def _linter(data: Mapping[str, object]) -> Linter:
    plain = {k: data[k] for k in ("key", "name", "version", "missing", "failures")}
    by_size = {k: _by_number(data[k]) for k in ("figures", "looked_at", "found")}
    return Linter(**plain, **by_size)  # type: ignore[arg-type]


def _by_number(data: object) -> dict[int, object]:
    """JSON turns the numbers of objects into text."""
    if not isinstance(data, dict):
        raise TypeError("figures are kept by the number of objects")
    return {int(key): value for key, value in data.items()}
