"""The scenarios: what goes on, when it begins, and which signal it is about. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from golive_gates.observability.scenarios.signals import ABSENT, ERRORS, LATENCY, Demand
from golive_gates.observability.scenarios.worlds import Pace, World

HEALTHY, LOW = "healthy", "low-traffic"
BELOW, ABOVE, GROSS = "below", "above", "gross"
LEAD = 660.0
"""Seconds of health before a fault; longer than the windows that alerts usually look at."""
QUIET = 1200.0
"""Seconds of a scenario without a fault, after the lead."""
SLACK = 180.0
"""Seconds played beyond the promised time, to tell an alert that is late from one that is not."""
MOST_TARGETS = 6
"""Targets that vanish one by one; beyond that only all at once."""
BURST = 10.0
"""Requests a second of each target that are refused in a burst."""


@dataclass(frozen=True, slots=True)
class Script:
    """One scenario.

    ``phases``: numbers of scrapes, each with its world. ``begins``: seconds from the start to the
    fault, or to when the silence has to hold. ``signal``: that has to wake somebody by it, or
    empty. ``variant``: of a signal with several: ``below``, ``above``, ``gross``, or a target.
    ``value``: the size of the fault, a share or seconds, where it has one.
    """

    id: str
    phases: tuple[tuple[int, World], ...]
    begins: float
    lasts: float
    signal: str = ""
    variant: str = ""
    value: float | None = None


LONG_LEAD = 3660.0
"""Seconds of health for alerts that look back an hour."""
LONG = frozenset(
    {HEALTHY, LOW, ERRORS, f"{ERRORS}/{ABOVE}", f"{ERRORS}/{GROSS}", f"{ERRORS}/{BELOW}"}
    | {LATENCY, f"{LATENCY}/{GROSS}", "auth-failures", "rate-limit", "openai-errors"}
    | {"anthropic-errors", "streams-aborted"}
)
"""Scenarios that those alerts are played in too."""


def scripts(
    demands: Sequence[Demand],
    targets: Sequence[str],
    step: float,
    first_content: bool,
    lead: float = LEAD,
) -> tuple[Script, ...]:
    """Every scenario of a run.

    *step*: seconds between scrapes. *first_content*: whether there is a histogram of it, which
    the latency objective is then about. *lead*: seconds of health.
    """
    by_id = {d.signal: d for d in demands}
    latency = by_id[LATENCY].threshold or 2.0
    pace = Pace(limit=latency)
    well = World(api=pace, first=pace)
    return tuple(
        _Writer(by_id, well, step, first_content, lead).all(
            targets if len(targets) <= MOST_TARGETS else ()
        )
    )


@dataclass(frozen=True, slots=True)
class _Writer:
    demands: dict[str, Demand]
    well: World
    step: float
    first_content: bool
    lead: float

    def all(self, targets: Sequence[str]) -> Iterator[Script]:
        yield self._quiet(HEALTHY, ((QUIET, self.well),))
        low = replace(self.well, traffic=1 / 60, unauthorised=0.0, aborted=0.0)
        # The request of one minute fails; it is not one more.
        once = replace(low, traffic=0.0, failures=1 / 60)
        yield self._quiet(LOW, ((60.0, once), (QUIET, low)), low)
        yield from self._errors()
        yield from self._latency()
        burst = replace(self.well, unauthorised=self._size("auth-failures"))
        yield self._fault("auth-failures", burst)
        yield self._fault("rate-limit", replace(self.well, limited=self._size("rate-limit")))
        for provider in ("openai", "anthropic"):
            share = self._size(f"{provider}-errors", 0.8)
            world = replace(self.well, failing={provider: share})
            yield self._fault(f"{provider}-errors", world, value=share)
        share = self._size("streams-aborted", 0.3)
        aborted = replace(self.well, aborted=share)
        yield self._fault("streams-aborted", aborted, value=share)
        one_by_one: Iterable[str] = targets if len(targets) > 1 else ()
        yield self._fault(ABSENT, replace(self.well, down=frozenset()), "down")
        yield self._fault(ABSENT, replace(self.well, gone=frozenset()), "gone")
        for target in one_by_one:
            yield self._fault(
                ABSENT, replace(self.well, down=frozenset({target})), f"down:{target}"
            )
            yield self._fault(
                ABSENT, replace(self.well, gone=frozenset({target})), f"gone:{target}"
            )

    def _errors(self) -> Iterator[Script]:
        threshold = self.demands[ERRORS].threshold or 0.01
        sizes = {"": 2 * threshold, BELOW: 0.8 * threshold, ABOVE: 1.25 * threshold, GROSS: 0.5}
        for variant, size in sizes.items():
            share = min(size, 1.0)
            yield self._fault(ERRORS, replace(self.well, errors=share), variant, share)

    def _latency(self) -> Iterator[Script]:
        demand = self.demands[LATENCY]
        threshold, quantile = demand.threshold or 2.0, demand.quantile
        for variant, factor in {"": 2.5, GROSS: 8.0}.items():
            pace = Pace("slow", factor * threshold, quantile)
            world = replace(self.well, api=pace, first=pace)
            yield self._fault(LATENCY, world, variant, factor * threshold)
        for variant, factor in {BELOW: 0.8, ABOVE: 1.25}.items():
            pace = Pace("edge", factor * threshold, quantile)
            # The objective is about the first content, where that is exposed at all.
            one = replace(self.well, first=pace)
            world = one if self.first_content else replace(self.well, api=pace)
            yield self._fault(LATENCY, world, variant, factor * threshold)

    def _size(self, signal: str, default: float = BURST) -> float:
        return self.demands[signal].threshold or default

    def _fault(
        self, signal: str, world: World, variant: str = "", value: float | None = None
    ) -> Script:
        lead = math.ceil(self.lead / self.step)
        after = math.ceil((self.demands[signal].within + SLACK) / self.step)
        name = f"{signal}/{variant}" if variant else signal
        return Script(
            name,
            ((lead, self.well), (after, world)),
            (lead - 1) * self.step,
            after * self.step,
            signal,
            variant,
            value,
        )

    def _quiet(
        self, name: str, then: Sequence[tuple[float, World]], lead_world: World | None = None
    ) -> Script:
        lead = math.ceil(self.lead / self.step)
        phases = [(math.ceil(seconds / self.step), world) for seconds, world in then]
        lasts = sum(count for count, _ in phases) * self.step
        world = lead_world or self.well
        return Script(name, ((lead, world), *phases), (lead - 1) * self.step, lasts)
