"""``slo.project-api``: a project can be created, read back and deleted.

What: whole flows through the API, each step's status and the values read back. Why: a probe of
``/readyz`` says nothing about the write path; a 500 on create is what users meet first.
Remedy: the reason names the step and its status; the evidence holds every exchange.
"""

from __future__ import annotations

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    Comparator,
    Fact,
    Finding,
    Measurement,
    Observation,
    Reason,
)
from golive_gates.slo.parts import Flow, FlowStep, ProjectFlows
from golive_gates.slo.settings import Settings

SPEC = CheckSpec("slo.project-api")

AUTH = (401, 403)


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """One failed flow is a counterexample; no answer or no access decides nothing."""
    del settings
    part = observation.require(ProjectFlows)
    facts = _facts(part)
    failed = [f for f in part.flows if f.failed]
    answered = any(s.status is not None for f in part.flows for s in f.steps)
    refused = next((s for f in failed for s in f.steps if s.status in AUTH), None)
    if refused is not None:
        reason = Reason("unauthorised", _step(refused))
        return SPEC.inconclusive(reason, evidence=part.evidence, facts=facts)
    if failed and not answered:
        reason = Reason("unreachable", {"detail": _first(failed).failure})
        return SPEC.inconclusive(reason, evidence=part.evidence, facts=facts)
    measurement = _measurement(part)
    if failed:
        step = _first(failed)
        reason = Reason("failed", {"failed": len(failed), "flows": len(part.flows), **_step(step)})
        return SPEC.failed(
            reason,
            measurement=measurement,
            evidence=part.evidence,
            facts=facts,
            findings=tuple(_finding(f) for f in failed),
        )
    counts = {"flows": len(part.flows), "planned": part.planned}
    if part.stopped or len(part.flows) < part.planned:
        code = "rate-limited" if part.stopped == "limited" else "stopped"
        return SPEC.inconclusive(Reason(code, counts), evidence=part.evidence, facts=facts)
    if part.left_behind:
        return SPEC.warned(
            Reason("left-behind", {"count": part.left_behind, **counts}),
            measurement=measurement,
            evidence=part.evidence,
            facts=facts,
        )
    code = "works" if part.deletes else "works-without-delete"
    return SPEC.passed(
        Reason(code, counts), measurement=measurement, evidence=part.evidence, facts=facts
    )


def _measurement(part: ProjectFlows) -> Measurement:
    good = sum(f.failed is None for f in part.flows)
    # Exact: it counts the flows that were walked and claims nothing about others.
    return Measurement(
        name="flows_completed",
        value=float(good),
        unit="flows",
        comparator=Comparator.GE,
        threshold=float(part.planned),
        n=len(part.flows),
        failures=len(part.flows) - good,
    )


def _facts(part: ProjectFlows) -> tuple[Fact, ...]:
    slowest = max((s.elapsed for f in part.flows for s in f.steps), default=None)
    return (
        Fact("flows", len(part.flows)),
        Fact("flow_requests", sum(len(f.steps) for f in part.flows)),
        Fact("slowest_step", slowest, "s"),
        Fact("limited", part.limited),
        Fact("left_behind", part.left_behind),
    )


def _first(failed: list[Flow]) -> FlowStep:
    return next(step for f in failed if (step := f.failed) is not None)


def _step(step: FlowStep) -> dict[str, str | int]:
    return {
        "step": step.name,
        "method": step.method,
        "path": step.path,
        "status": step.status if step.status is not None else step.failure,
        "what": step.detail or step.failure,
    }


def _finding(flow: Flow) -> Finding:
    step = flow.failed
    assert step is not None  # noqa: S101 - only failed flows are listed
    return Finding(f"{step.method} {step.path}", Reason("step-failed", _step(step)))


CHECK = Check(SPEC, (ProjectFlows,), judge)
