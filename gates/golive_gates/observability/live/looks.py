"""What the selectors of the rules return now: few queries, each about many. I/O."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from golive.prometheus import PrometheusReader, Trouble
from golive_gates.observability.live import asking, reading
from golive_gates.observability.live.asking import POSITIVE, Wanted
from golive_gates.observability.live.parts import ANYTHING, Gap, Look, Unmatched

MOST_QUERIES = 150
MOST_VALUES = 20


class _Stop(Exception):
    """Prometheus itself is the trouble, or enough was asked."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.gap = Gap("metrics", code, detail)


@dataclass(slots=True)
class Looker:
    """Asks about selectors, and stops when Prometheus is the trouble.

    *may_ask*: whether there is time left.
    """

    reader: PrometheusReader
    may_ask: Callable[[], bool]
    asked: int = 0
    ages: dict[str, float | None] = field(default_factory=dict)
    problems: dict[str, Trouble] = field(default_factory=dict)

    async def look(self, selectors: Sequence[Wanted]) -> tuple[tuple[Look, ...], Gap | None]:
        """A look at each of *selectors* and at ``up``; those that came before the gap."""
        unmatched: dict[str, tuple[Unmatched, ...]] = {}
        declared: frozenset[str] | None = None
        gap = None
        try:
            await self._newest([ANYTHING, *(w.text for w in selectors), *_metrics(selectors)])
            unmatched = await self._unmatched(selectors)
            if any(self._missing(w.metric) for w in selectors):
                declared = await self._declared()
        except _Stop as stop:
            gap = stop.gap
        texts = {ANYTHING: ANYTHING, **{w.text: w.metric for w in selectors}}
        looks = tuple(
            Look(
                text,
                self.ages.get(text),
                *self._problem(text),
                missing=self._what(text, metric),
                declared=_known(metric, declared),
                unmatched=unmatched.get(text, ()),
            )
            for text, metric in texts.items()
            if text in self.ages or text in self.problems
        )
        return looks, gap

    def _what(self, text: str, metric: str) -> Literal["", "metric", "matchers"]:
        if not self._missing(text):
            return ""
        return "metric" if metric in ("", text) or self._missing(metric) else "matchers"

    def _missing(self, text: str) -> bool:
        return text in self.ages and self.ages[text] is None

    def _problem(self, text: str) -> tuple[str, str]:
        found = self.problems.get(text)
        return ("", "") if found is None else (found.code, found.detail)

    async def _newest(self, texts: Iterable[str]) -> None:
        """Fill in ``ages`` or ``problems`` for each of *texts*."""
        new = [t for t in dict.fromkeys(texts) if t not in self.ages]
        for batch in asking.batches(new):
            trouble = await self._batch(batch)
            if trouble is None:
                continue
            if len(batch) == 1:
                self.problems[batch[0]] = trouble
                continue
            # One selector that this Prometheus refuses takes the whole query with it.
            for text in batch:
                alone = await self._batch((text,))
                if alone is not None:
                    self.problems[text] = alone

    async def _batch(self, texts: Sequence[str]) -> Trouble | None:
        query = asking.newest(texts)
        result, trouble = await self._instant(query)
        if trouble is not None:
            return trouble
        try:
            found = reading.vector(result)
        except reading.Odd as odd:
            return Trouble(query, "prom-shape", str(odd))
        for number, text in enumerate(texts):
            seen = found.get(str(number))
            self.ages[text] = None if seen is None else max(0.0, seen[1] - seen[2])
        return None

    async def _unmatched(self, selectors: Sequence[Wanted]) -> dict[str, tuple[Unmatched, ...]]:
        """Of selectors without a series whose metric has some: the matchers to blame."""
        empty = [
            w for w in selectors if self._missing(w.text) and self.ages.get(w.metric) is not None
        ]
        alone = {
            asking.text_of(w.metric, (m,)): (w.metric, m)
            for w in empty
            for m in w.matchers
            if m[1] in POSITIVE
        }
        await self._newest(alone)
        values: dict[tuple[str, str], tuple[str, ...]] = {}
        for text, (metric, (label, _, _)) in alone.items():
            if self._missing(text) and (metric, label) not in values:
                values[metric, label] = await self._values(metric, label)
        return {
            w.text: tuple(
                Unmatched(*m, values[w.metric, m[0]])
                for m in w.matchers
                if self._missing(asking.text_of(w.metric, (m,))) and m[1] in POSITIVE
            )
            for w in empty
        }

    async def _values(self, metric: str, label: str) -> tuple[str, ...]:
        result, trouble = await self._instant(f"group by ({label}) ({metric})")
        if trouble is not None:
            raise _Stop(trouble.code, trouble.detail)
        try:
            return reading.values(result, label, MOST_VALUES)
        except reading.Odd as odd:
            raise _Stop("prom-shape", str(odd)) from None

    async def _declared(self) -> frozenset[str] | None:
        """Names that targets declare, with or without series; ``None`` if that is not known."""
        self._count()
        data, trouble = await self.reader.get("metadata", limit_per_metric="1")
        if trouble is not None or not isinstance(data, Mapping):
            return None
        return frozenset(k for k in data if isinstance(k, str))

    async def _instant(self, query: str) -> tuple[object, Trouble | None]:
        self._count()
        result, trouble = await self.reader.instant(query)
        if trouble is not None and not _refused(trouble):
            raise _Stop(trouble.code, trouble.detail)
        return result, trouble

    def _count(self) -> None:
        if not self.may_ask():
            raise _Stop("prom-deadline")
        if self.asked == MOST_QUERIES:
            raise _Stop("live-too-many", str(MOST_QUERIES))
        self.asked += 1


def _refused(trouble: Trouble) -> bool:
    """Whether it is this query that was refused, so that another one may be answered."""
    return trouble.code == "prom-shape" or (
        trouble.code == "prom-status" and trouble.detail.startswith(("400", "422"))
    )


def _metrics(selectors: Iterable[Wanted]) -> list[str]:
    return [w.metric for w in selectors if w.metric and w.matchers]


def _known(metric: str, declared: frozenset[str] | None) -> bool | None:
    if declared is None:
        return None
    return any(name in declared for name in asking.families(metric))
