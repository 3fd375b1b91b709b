"""Passing, failing and no-evidence observations for what reads more than files."""

from __future__ import annotations

from dataclasses import dataclass

from golive.api import EvidenceRef, Observation, Reason, Unavailable
from golive_gates.observability.routing.asked import Asked, Channels
from golive_gates.observability.routing.second_opinion import Amtool, Answer, Checked, Routed
from golive_gates.observability.settings import Settings
from tests.gates.observability.delivery import configuration, severe
from tests.gates.observability.snippets import alerting, rules

Case = tuple[Observation, Settings]
PAGE = configuration("{matchers: ['severity=\"critical\"'], receiver: page}")
EVIDENCE = EvidenceRef("amtool.json", "amtool.json", "0" * 64, 1, "application/json")


@dataclass(frozen=True)
class Cases:
    """Observation and settings by the status that a judge has to give."""

    passing: Case
    failing: Case
    no_evidence: Case


def _seen(text: str, **parts: object) -> Case:
    files = alerting(text, rules(severe("critical")))
    return Observation({"Alerting": files, **parts}), Settings()


PAGERDUTY = Channels((Asked("PagerDuty", "shop", ("critical",)),))
ASKED = (("severity", "critical"),)


def _said(receivers: str) -> Amtool:
    return Amtool(
        "0.25.0",
        (Checked("a.yaml", Answer(0)),),
        (Routed("a.yaml", ASKED, Answer(0, receivers)),),
        evidence=(EVIDENCE,),
    )


CASES: dict[str, Cases] = {
    "observability.channels": Cases(
        _seen(PAGE, Channels=PAGERDUTY),
        _seen(configuration(), Channels=PAGERDUTY),
        (
            Observation({"Alerting": alerting(rules(severe("critical"))), "Channels": PAGERDUTY}),
            Settings(),
        ),
    ),
    "observability.amtool": Cases(
        _seen(PAGE, Amtool=_said("page")),
        _seen(PAGE, Amtool=_said("team")),
        _seen(PAGE, Amtool=Unavailable(Reason("amtool-missing"))),
    ),
}
