"""A histogram of durations that can be merged: DDSketch, with room for "never".

DDSketch (Masson, Rim, Lee: "DDSketch: A fast and fully-mergeable quantile sketch with
relative-error guarantees", VLDB 2019), from the package ``ddsketch``. It keeps counts in
buckets whose bounds grow by a constant factor, so merging adds counts and loses nothing.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ddsketch.ddsketch import BaseDDSketch
    from ddsketch.store import DenseStore

RELATIVE_ERROR = 0.01


class Sketch:
    """Durations in s, 0 or more; +inf counts as "never came". Quantiles within 1 %.

    *maximum* is exact. Mutable; equality compares the counts.
    """

    __slots__ = ("_never", "_sketch", "_store", "_zeros", "maximum")

    def __init__(self, values: Iterable[float] = ()) -> None:
        self._sketch: BaseDDSketch | None = None
        self._store: DenseStore | None = None
        self._zeros = 0
        self._never = 0
        self.maximum = -math.inf
        self.add_all(values)

    @property
    def count(self) -> int:
        """How many values it has seen, +inf included."""
        seen = 0 if self._store is None else int(self._store.count)
        return seen + self._zeros + self._never

    def add_all(self, values: Iterable[float]) -> None:
        """Add *values*. ``ValueError`` for NaN or a negative one."""
        add = None
        for value in values:
            if not value >= 0:
                message = f"a duration must be 0 or more, got {value}"
                raise ValueError(message)
            self.maximum = max(self.maximum, value)
            if value == math.inf:
                self._never += 1
            elif value < 1e-9:
                self._zeros += 1
            else:
                if add is None:
                    add = self._open().add
                add(value)

    def merge(self, other: Sketch) -> None:
        """Add all that *other* has seen."""
        self._restore(other.bins(), other._zeros, other._never, other.maximum)

    def quantile(self, q: float) -> float | None:
        """The value at *q* by nearest rank, within 1 %; +inf if it falls on "never".

        ``None`` when empty, ``ValueError`` unless 0 <= *q* <= 1.
        """
        if not 0 <= q <= 1:
            message = f"q must be 0 to 1, got {q}"
            raise ValueError(message)
        count = self.count
        if not count:
            return None
        # The second term: as far as the product may lie above the rank that q stands for.
        return self.at_rank(max(1, math.ceil(q * count - max(1e-9, count * 4e-16))))

    def at_rank(self, rank: int) -> float:
        """The value of that *rank*, 1 the smallest, within 1 %; +inf if it never came.

        ``ValueError`` unless 1 <= *rank* <= ``count``.
        """
        count = self.count
        if not 1 <= rank <= count:
            message = f"rank must be 1 to {count}, got {rank}"
            raise ValueError(message)
        if rank > count - self._never:
            return math.inf
        left = rank - self._zeros
        if left <= 0 or self._sketch is None:
            return 0.0
        # Not by the sketch's own quantile, which takes a fraction and makes a rank of it again.
        ranks = itertools.accumulate(held for _, held in self.bins())
        at = next(i for i, rank_of_last in enumerate(ranks) if rank_of_last >= left)
        from ddsketch.mapping import LogarithmicMapping  # as in ``_restore``

        value = float(LogarithmicMapping(RELATIVE_ERROR).value(self.bins()[at][0]))
        return min(value, self.maximum)

    def bins(self) -> tuple[tuple[int, int], ...]:
        """Bucket keys with their counts, ascending; only those that hold something."""
        if self._store is None:
            return ()
        first = self._store.offset
        return tuple((first + i, int(n)) for i, n in enumerate(self._store.bins) if n)

    def to_wire(self) -> dict[str, object]:
        """For JSON; the maximum is ``None`` when it is not finite."""
        return {
            "bins": [list(one) for one in self.bins()],
            "zeros": self._zeros,
            "never": self._never,
            "max": self.maximum if math.isfinite(self.maximum) else None,
        }

    @classmethod
    def from_wire(cls, wire: object) -> Sketch:
        """What ``to_wire`` made. ``ValueError`` if it is something else."""
        sketch = cls()
        try:
            assert isinstance(wire, dict)  # noqa: S101 - one of the ways to be something else
            bins = [(int(key), int(count)) for key, count in wire["bins"]]
            zeros, never, top = int(wire["zeros"]), int(wire["never"]), wire["max"]
            if min([zeros, never, *(count for _, count in bins)]) < 0:
                raise ValueError("a count below 0")
            maximum = float(top) if top is not None else (math.inf if never else -math.inf)
        except (AssertionError, KeyError, TypeError, ValueError) as error:
            message = f"no sketch: {error}"
            raise ValueError(message) from None
        sketch._restore(bins, zeros, never, maximum)
        return sketch

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sketch):
            return NotImplemented
        return self.bins() == other.bins() and (self._zeros, self._never, self.maximum) == (
            other._zeros,
            other._never,
            other.maximum,
        )

    def __hash__(self) -> int:
        return hash((self.bins(), self._zeros, self._never))

    def __repr__(self) -> str:
        return f"Sketch({self.count} values, p50 {self.quantile(0.5)}, max {self.maximum})"

    def _restore(
        self, bins: Iterable[tuple[int, int]], zeros: int, never: int, maximum: float
    ) -> None:
        self._zeros += zeros
        self._never += never
        self.maximum = max(self.maximum, maximum)
        held = tuple(bins)
        if not held:
            return
        # 40 ms to import, and most runs of the program load nothing.
        from ddsketch.store import DenseStore

        store = self._store or DenseStore()
        for key, count in held:
            store.add(key, count)
        self._rebuild(store)

    def _open(self) -> BaseDDSketch:
        if self._sketch is not None:
            return self._sketch
        from ddsketch.store import DenseStore

        return self._rebuild(DenseStore())

    def _rebuild(self, store: DenseStore) -> BaseDDSketch:
        """A sketch takes its count from its stores when it is made."""
        from ddsketch.ddsketch import BaseDDSketch
        from ddsketch.mapping import LogarithmicMapping
        from ddsketch.store import DenseStore

        self._store = store
        self._sketch = BaseDDSketch(
            mapping=LogarithmicMapping(RELATIVE_ERROR),
            store=store,
            negative_store=DenseStore(),
            zero_count=0.0,
        )
        return self._sketch
