"""``streaming.drain``: a service that is told to end finishes its streams first.

What: streams are under way when the configured ``drain_command`` sends SIGTERM to the service;
they end whole, and within ``drain_within`` new ones are answered and readiness is back.
Why: every deployment ends every process once; without draining it cuts every answer of that moment.
The drill executes the configured command, only where ``fault`` work is authorised, and decides
only if something was seen to be disturbed by it.
Remedy: stop accepting on SIGTERM, let streams end, and give them the time
(``terminationGracePeriodSeconds`` above the longest stream; uvicorn:
``--timeout-graceful-shutdown``).
"""

from __future__ import annotations

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    Comparator,
    Observation,
    Reason,
    Severity,
)
from golive_gates.streaming.drill_parts import Drain
from golive_gates.streaming.drilled import facts_of, settled, spanning
from golive_gates.streaming.measure import exact
from golive_gates.streaming.parts import Wire
from golive_gates.streaming.settings import Settings

SPEC = CheckSpec("streaming.drain", severity=Severity.MEDIUM, required=False)


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Streams under way must end whole; new ones may be refused for a while."""
    drill = observation.require(Drain).drill
    result = settled(SPEC, observation, drill, settings)
    if result is not None:
        return result
    back, running = drill.back_after or 0.0, spanning(drill)
    params = {"streams": len(running), "back": back, "limit": settings.drain_within}
    return SPEC.passed(
        Reason("drained", params),
        measurement=exact(
            "back_after", back, "s", Comparator.LE, settings.drain_within, len(running)
        ),
        evidence=drill.evidence,
        facts=facts_of(drill),
    )


CHECK = Check(SPEC, (Drain, Wire), judge)
