"""The contract cases of the live checks: all is well, with one thing wrong, and unseen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from golive.api import EvidenceRef, Observation, Reason, Unavailable
from golive_gates.observability.live.drill_parts import Arrival, Drill
from golive_gates.observability.live.parts import (
    LivePrometheus,
    LiveRule,
    LiveTarget,
    Look,
    Subject,
)
from golive_gates.observability.settings import Settings
from tests.gates.observability.snippets import alert, alerting, rules

Case = tuple[Observation, Settings]
NOW = 1_800_000_000.0
EVIDENCE = EvidenceRef("live.jsonl", "live.jsonl", "0" * 64, 1, "application/jsonl")
FILES = alerting(rules(alert("requests_total > 1")))

TARGET = LiveTarget(
    "api", "http://10.0.0.1/metrics", {"job": "api"}, "up", interval=30.0, scraped=NOW - 1
)
RULE = LiveRule(
    *("alert", "A", "g", "requests_total > 1", 300.0),
    labels={"severity": "critical"},
    health="ok",
    evaluated=NOW - 1,
    interval=30.0,
)
LIVE = LivePrometheus(
    *("http://127.0.0.1:9090", NOW, 0.0, 30.0),
    subjects=(Subject("service", "api", (TARGET,)),),
    active=1,
    longest=30.0,
    rules=(RULE,),
    loaded=1,
    looks=(Look("up", 1.0), Look("requests_total", 1.0)),
    evidence=(EVIDENCE,),
)
DRILL = Drill(
    *("http://127.0.0.1:9093", {"alertname": "A", "golive_drill": "x"}, 90.0, 30.0),
    accepted=True,
    listed=True,
    receivers=("page",),
    state="active",
    listened="127.0.0.1:9099",
    arrived=Arrival("page", 1.0),
    resolved=Arrival("page", 1.0),
    ended=True,
    evidence=(EVIDENCE,),
)
UNREACHABLE = Unavailable(
    Reason("prom-unreachable", {"url": "http://127.0.0.1:9090", "detail": "refused"})
)


@dataclass(frozen=True)
class Cases:
    """Observation and settings by the status that a judge has to give."""

    passing: Case
    failing: Case
    no_evidence: Case


def _seen(live: LivePrometheus | Unavailable) -> Case:
    return Observation({"Alerting": FILES, "LivePrometheus": live}), Settings()


def _cases(**wrong: Any) -> Cases:
    return Cases(_seen(LIVE), _seen(replace(LIVE, **wrong)), _seen(UNREACHABLE))


def _drill(drill: Drill | Unavailable) -> Case:
    return Observation({"Drill": drill}), Settings()


CASES: dict[str, Cases] = {
    "observability.live-targets": _cases(
        subjects=(Subject("service", "api", (replace(TARGET, health="down", error="refused"),)),)
    ),
    "observability.live-rules": _cases(rules=()),
    "observability.live-metrics": _cases(
        looks=(Look("up", 1.0), Look("requests_total", missing="metric", declared=False))
    ),
    "observability.live-freshness": _cases(looks=(Look("up", 250.0),)),
    "observability.delivery-drill": Cases(
        _drill(DRILL),
        _drill(replace(DRILL, arrived=None, resolved=None)),
        _drill(Unavailable(Reason("drill-not-chosen"))),
    ),
}
