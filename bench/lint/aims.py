"""The stated aims, judged by the figures of one run."""

from __future__ import annotations

from dataclasses import dataclass

from bench.lint.figures import CPU, WALL, Report

AHEAD = 0.2
"""Of checkov's time: far ahead is five times as fast."""
BESIDE = 2.0
"""Of the time of a linter in Go."""
LINEAR = 1.25
"""Cost of one more object at the largest size against that at the smallest."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """An aim with what a run says of it; *met*: ``met``, ``not met`` or ``not measured``."""

    name: str
    limit: float
    figure: float | None

    @property
    def met(self) -> str:
        """What was not measured is not met."""
        if self.figure is None:
            return "not measured"
        return "met" if self.figure <= self.limit else "not met"


def judged(report: Report) -> tuple[Judgement, ...]:
    """Every aim at the largest folder."""
    largest = max((size.objects for size in report.sizes), default=0)
    golive = report.linter("golive")
    line = golive.line(CPU) if golive is not None else None
    limits = {"checkov": AHEAD, "kubeconform": BESIDE, "kube-score": BESIDE, "kube-linter": BESIDE}
    return (
        *(
            Judgement(
                f"time of {key}, {largest:,} objects", limit, report.ratio(key, largest, WALL)
            )
            for key, limit in limits.items()
        ),
        Judgement("cost linear in objects (CPU)", LINEAR, line.growth if line else None),
    )
