"""``observability.live-rules``: Prometheus has loaded the rules of the release, and they work.

What: every rule of the files is loaded with the same expression, ``for`` and labels, is healthy,
and was evaluated just now. Why: a rule that is reviewed, tested and never deployed wakes nobody,
and one that fails at each evaluation neither. Remedy: deploy the files that are released and
reload Prometheus; mend what its last error says.
"""

from __future__ import annotations

from golive.api import Check, CheckResult, CheckSpec, Fact, Observation, Reason
from golive_gates.observability.live.judging import alerting_of, concluded_live, live_of
from golive_gates.observability.live.loaded import compared, expected
from golive_gates.observability.live.parts import LivePrometheus
from golive_gates.observability.looking import rules_of
from golive_gates.observability.parts import Alerting
from golive_gates.observability.settings import Settings

SPEC = CheckSpec("observability.live-rules")


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """No rule of the files is missing, different, failing or late."""
    del settings
    live = live_of(SPEC, observation)
    if isinstance(live, CheckResult):
        return live
    files = alerting_of(observation)
    rules = expected(rules_of(files), live) if files is not None else ()
    if not rules and (files is None or not files.problems):
        return SPEC.not_applicable(Reason("live-no-rules"))
    findings = [] if live.gap("rules") is not None else compared(rules, live)
    facts = (
        Fact("live_rules_loaded", live.loaded),
        Fact("live_alerts_firing", sum(r.state == "firing" for r in live.rules)),
    )
    return concluded_live(
        SPEC,
        live,
        len(rules),
        findings,
        about="rules",
        facts=facts,
        files=files,
    )


CHECK = Check(SPEC, (LivePrometheus, Alerting), judge)
