"""Cases of the checks that promtool's play decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

from golive.api import Observation, Reason, Unavailable
from golive_gates.observability.scenarios.parts import Behaviour, Refusal
from golive_gates.observability.settings import Settings
from tests.gates.observability.playing import GOOD, play, rate, rule_file, without

Case = tuple[Observation, object]


@cache
def played(text: str) -> Observation:
    """*text* through promtool, once."""
    return play(text)


@dataclass(frozen=True)
class PlayedCase:
    """Rules that do what they should, and rules that do not."""

    bad: str

    @property
    def passing(self) -> Case:
        return played(rule_file(GOOD)), Settings()

    @property
    def failing(self) -> Case:
        return played(self.bad), Settings()

    @property
    def no_evidence(self) -> Case:
        gap = Unavailable(Reason("promtool-missing"))
        return played(rule_file(GOOD)).with_part("Behaviour", gap), Settings()


@dataclass(frozen=True)
class RefusedCase(PlayedCase):
    """promtool refuses what no other check knows of."""

    @property
    def failing(self) -> Case:
        seen = played(rule_file(GOOD))
        part = seen.require(Behaviour)
        refusal = Refusal("a.yaml", "something new", "g", 1)
        one = replace(part.sets[0], accepted=False, refusals=(refusal,), problem="refused")
        return seen.with_part("Behaviour", replace(part, sets=(one,))), Settings()


CASES: Mapping[str, PlayedCase] = {
    "observability.promtool": RefusedCase(""),
    "observability.fires": PlayedCase(rule_file(without("Errors"))),
    "observability.silent": PlayedCase(
        rule_file(without(Noisy=rate("http_requests_total") + " > 1"))
    ),
    "observability.thresholds": PlayedCase(
        rule_file(without(Errors=GOOD["Errors"].replace("> 0.01", "> 0.05")))
    ),
}
