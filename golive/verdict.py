"""From results to a decision: pure functions of the run record.

The rules, in order: a required check that failed is NO_GO; a required check that was undecided,
failed to run or never ran is INCONCLUSIVE; a warning, a waiver in force, an optional check that
did not pass or an open item makes it CONDITIONAL; only the rest is GO. A waiver in force turns
a blocking status into a condition and never into a pass.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date
from enum import StrEnum

from golive.config.model import Claim
from golive.model import Status
from golive.record import CheckRecord, Decision, Execution, GateRecord, Run
from golive.soundness import CUT_SHORT, gate_status, in_force, proves, sound_status

__all__ = [
    "ClaimState",
    "Effect",
    "GateLabel",
    "Ground",
    "Verdict",
    "claim_state",
    "complaints",
    "decide",
    "gate_label",
    "gate_status",
    "in_force",
    "proves",
    "run_day",
    "sound_status",
]


class Effect(StrEnum):
    """What a ground does to the decision."""

    NO_GO = "no-go"
    INCONCLUSIVE = "inconclusive"
    CONDITION = "condition"


@dataclass(frozen=True, slots=True)
class Ground:
    """One reason for the decision. ``subject``: a check, a gate or an item's text.

    ``code`` is a key of the core catalogue (``grounds.<code>``); ``consequences`` are checks
    that could not be decided because of this one.
    """

    effect: Effect
    code: str
    subject: str
    consequences: tuple[str, ...] = ()


class ClaimState(StrEnum):
    """How true a sentence of the report is."""

    DONE = "done"
    CONDITIONAL = "conditional"
    OPEN = "open"
    FAILED = "failed"
    EXPIRED = "expired"


class GateLabel(StrEnum):
    """The five words a report may say of a gate."""

    DONE = "done"
    DESIGNED = "designed"
    CONDITIONAL = "conditional"
    UNVERIFIED = "unverified"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The decision with its grounds, worst first."""

    decision: Decision
    grounds: tuple[Ground, ...]


def run_day(run: Run) -> date:
    """The day (UTC) on which waivers and attestations of this run are judged."""
    return run.started.astimezone(UTC).date()


def gate_label(gate: GateRecord, today: date) -> GateLabel:
    """The word for a gate: done, designed, conditional, unverified or failed."""
    blocking = [c for c in gate.checks if c.required and not in_force(c.waiver, today)]
    states = [sound_status(c) for c in blocking]
    if Status.FAIL in states:
        return GateLabel.FAILED
    if gate.execution is not Execution.COMPLETED or not gate.checks:
        return GateLabel.UNVERIFIED
    undecided = [
        c for c, s in zip(blocking, states, strict=True) if s in (Status.INCONCLUSIVE, Status.ERROR)
    ]
    missing = set(gate.expected) - {c.id for c in gate.checks}
    if missing or undecided:
        designed = not missing and all(c.design_only for c in undecided)
        return GateLabel.DESIGNED if designed else GateLabel.UNVERIFIED
    everything = [sound_status(c) for c in gate.checks]
    if not _judged(gate.checks):
        return GateLabel.CONDITIONAL if _waived(gate.checks, today) else GateLabel.UNVERIFIED
    settled = (Status.PASS, Status.NOT_APPLICABLE)
    left = [c for c, s in zip(gate.checks, everything, strict=True) if s not in settled]
    if not left:
        return GateLabel.DONE
    # An optional check that nothing measured yet leaves the gate a design, not a condition.
    designed = all(c.design_only and not in_force(c.waiver, today) for c in left)
    return GateLabel.DESIGNED if designed else GateLabel.CONDITIONAL


def claim_state(claim: Claim, run: Run) -> ClaimState:
    """How true *claim* is: by its checks if it names any, else by its attestation."""
    today = run_day(run)
    if claim.checks:
        states = [_check_state(run.check(c), today) for c in claim.checks]
        for state in (ClaimState.FAILED, ClaimState.OPEN, ClaimState.CONDITIONAL):
            if state in states:
                return state
        return ClaimState.DONE
    # A person east of Greenwich signs on a day that has not begun in UTC; no later than that.
    if claim.attested is None or (claim.attested.on - today).days > 1:
        return ClaimState.OPEN
    return ClaimState.DONE if today <= claim.attested.until else ClaimState.EXPIRED


def _check_state(check: CheckRecord | None, today: date) -> ClaimState:
    if check is None:
        return ClaimState.OPEN
    status = sound_status(check)
    if status is Status.PASS:
        return ClaimState.DONE
    if status is Status.WARN or in_force(check.waiver, today):
        return ClaimState.CONDITIONAL
    return ClaimState.FAILED if status is Status.FAIL else ClaimState.OPEN


def decide(run: Run) -> Verdict:
    """The decision, from the record's checks, gates, waivers and open items alone."""
    grounds = [*_gate_grounds(run), *_check_grounds(run), *_item_grounds(run)]
    if not _anything_evaluated(run):
        grounds.insert(0, Ground(Effect.INCONCLUSIVE, "nothing-evaluated", run.run_id))
    if run.resumed:
        # Seen by an earlier run, which looked at what may have changed since.
        grounds.append(Ground(Effect.CONDITION, "resumed", ", ".join(run.resumed)))
    if run.interrupted:
        grounds.insert(0, Ground(Effect.INCONCLUSIVE, "interrupted", run.run_id))
    order = list(Effect)
    grounds.sort(key=lambda g: order.index(g.effect))
    effects = {g.effect for g in grounds}
    if Effect.NO_GO in effects:
        decision = Decision.NO_GO
    elif Effect.INCONCLUSIVE in effects:
        decision = Decision.INCONCLUSIVE
    else:
        decision = Decision.CONDITIONAL if grounds else Decision.GO
    return Verdict(decision, tuple(grounds))


def _anything_evaluated(run: Run) -> bool:
    """Whether any required check of a required gate was proven, or refuted and not waived.

    Waivers alone approve nothing: something has to have been shown.
    """
    today = run_day(run)
    return any(
        sound_status(c) in (Status.PASS, Status.WARN)
        or (c.status is Status.FAIL and not in_force(c.waiver, today))
        for g in run.gates
        if g.required
        for c in g.checks
        if c.required
    )


def _judged(checks: Iterable[CheckRecord]) -> bool:
    """Whether at least one required check was judged at all."""
    return any(sound_status(c) is not Status.NOT_APPLICABLE for c in checks if c.required)


def _waived(checks: Iterable[CheckRecord], today: date) -> tuple[CheckRecord, ...]:
    """The required checks that are waived: where none was judged, a gate stands on these alone."""
    return tuple(c for c in checks if c.required and in_force(c.waiver, today))


def _gate_grounds(run: Run) -> list[Ground]:
    grounds = []
    if not any(g.required for g in run.gates):
        grounds.append(Ground(Effect.INCONCLUSIVE, "no-required-gate", run.run_id))
    listed = {g.id for g in run.gates if g.required}
    grounds += [
        Ground(Effect.INCONCLUSIVE, "gate-missing", gate_id)
        for gate_id in run.config.profile.gates or ()
        if gate_id not in listed
    ]
    for gate in run.gates:
        if not gate.required:
            if gate.execution in CUT_SHORT:
                grounds.append(Ground(Effect.CONDITION, f"gate-{gate.execution}", gate.id))
            continue
        if gate.execution is not Execution.COMPLETED:
            grounds.append(Ground(Effect.INCONCLUSIVE, f"gate-{gate.execution}", gate.id))
        elif not any(c.required for c in gate.checks):
            grounds.append(Ground(Effect.INCONCLUSIVE, "gate-empty", gate.id))
        elif not _judged(gate.checks):
            waived = _waived(gate.checks, run_day(run))
            grounds += [Ground(Effect.CONDITION, "waived", c.id) for c in waived]
            if not waived:
                grounds.append(Ground(Effect.INCONCLUSIVE, "gate-not-applicable", gate.id))
        if gate.execution is Execution.COMPLETED or gate.execution in CUT_SHORT:
            missing = set(gate.expected) - {c.id for c in gate.checks}
            grounds += [
                Ground(Effect.INCONCLUSIVE, "check-missing", check) for check in sorted(missing)
            ]
    return grounds


def _check_grounds(run: Run) -> list[Ground]:
    today = run_day(run)
    found = [
        (check, ground)
        for gate in run.gates
        for check in gate.checks
        if (ground := _ground_of(check, today, binding=gate.required and check.required))
    ]
    # A check that could not be decided because of a refuted one is that one's consequence. With
    # the blocker waived it stands on its own again: nobody has looked at what it claims.
    causes = {c.id for c, g in found if g.effect is Effect.NO_GO}
    consequences: dict[str, list[str]] = {}
    roots = []
    for check, ground in found:
        if ground.effect is not Effect.NO_GO and check.blocked_by in causes:
            consequences.setdefault(str(check.blocked_by), []).append(check.id)
        else:
            roots.append(ground)
    return [
        Ground(g.effect, g.code, g.subject, tuple(consequences.get(g.subject, ()))) for g in roots
    ]


def _ground_of(check: CheckRecord, today: date, *, binding: bool) -> Ground | None:
    status = sound_status(check)
    if status in (Status.PASS, Status.NOT_APPLICABLE):
        return None
    if status is Status.WARN:
        return Ground(Effect.CONDITION, "warned", check.id)
    if in_force(check.waiver, today):
        return Ground(Effect.CONDITION, "waived", check.id)
    suffix = "-waiver-expired" if check.waiver is not None else ""
    if not binding:
        return Ground(Effect.CONDITION, "optional-open", check.id)
    if status is Status.FAIL:
        return Ground(Effect.NO_GO, f"failed{suffix}", check.id)
    code = "overclaimed" if check.status is not status else status.value
    return Ground(Effect.INCONCLUSIVE, f"{code}{suffix}", check.id)


def _item_grounds(run: Run) -> list[Ground]:
    config = run.config
    groups = (
        ("issue-open", config.issues),
        ("infrastructure-open", config.infrastructure),
        ("checklist-open", config.checklist.items),
        ("pre-deploy-open", config.checklist.pre_deploy),
    )
    return [
        Ground(Effect.CONDITION, code, claim.text)
        for code, claims in groups
        for claim in claims
        if claim_state(claim, run) is not ClaimState.DONE
    ]


def complaints(run: Run, *, unaltered: bool) -> tuple[str, ...]:
    """What a reader must be told before believing a record, as codes of the core catalogue."""
    found = [] if unaltered else ["record-altered"]
    if run.decision is not decide(run).decision:
        found.append("decision-differs")
    if any(sound_status(c) is not c.status for c in run.checks()):
        found.append("status-overclaims")
    return tuple(found)
