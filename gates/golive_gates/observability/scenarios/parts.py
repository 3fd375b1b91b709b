"""The part ``Behaviour``: what promtool says of the rules, and which alerts fire when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from golive.api import EvidenceRef
from golive_gates.observability.scenarios.signals import Demand
from golive_gates.observability.scenarios.unit_tests import Firing


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something that promtool says against the rules.

    ``path``: of the document; ``group`` and ``rule`` (from 1) where it names them, ``text`` its
    words. ``field``: the one that it does not know, where that is what it says. ``newer``: and
    later versions of Prometheus do.
    """

    path: str
    text: str
    group: str = ""
    rule: int = 0
    field: str = ""
    newer: bool = False


@dataclass(frozen=True, slots=True)
class Played:
    """One scenario of one set of rules. ``looked``: seconds after ``begins`` that were played."""

    scenario: str
    signal: str
    variant: str
    looked: float
    value: float | None
    firings: tuple[Firing, ...] = ()


@dataclass(frozen=True, slots=True)
class SetPlayed:
    """What came of one set of rules.

    ``accepted``: whether promtool loads it, without the fields in ``stripped``, which this
    version does not know. ``problem``: code of what kept the scenarios from being played, with
    ``detail``. ``same_as``: the set with the very same groups, whose result this is.
    ``watching``: by signal, the alerts that read a series in which it shows, or try to.
    ``beyond``: alerts that look back too far to be played. ``foreign``: alerts that select
    something that no scenario has, so that noise says nothing; ``alien``: those that select
    nothing else, which were not played.
    """

    set: Literal["files", "operator"]
    files: tuple[str, ...]
    accepted: bool
    refusals: tuple[Refusal, ...] = ()
    stripped: tuple[str, ...] = ()
    scenarios: tuple[Played, ...] = ()
    problem: str = ""
    detail: str = ""
    same_as: str = ""
    watching: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    beyond: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()
    alien: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Behaviour:
    """All of it.

    ``lacking``: roles by why they cannot be played.
    ``guessed``: roles in which the label of a fault had to be made up. ``expected``: whether the
    configured target has to show a signal, as far as is known. ``invisible``: scenarios whose
    fault shows in no exposed series. ``gap``: why nothing was played although promtool is there,
    as the code of a reason.
    """

    version: str
    sets: tuple[SetPlayed, ...]
    demands: tuple[Demand, ...]
    lacking: Mapping[str, str] = field(default_factory=dict)
    guessed: tuple[str, ...] = ()
    expected: Mapping[str, bool] = field(default_factory=dict)
    invisible: tuple[str, ...] = ()
    gap: str = ""
    evidence: tuple[EvidenceRef, ...] = ()
