"""What every rendering says of a run: the same words, computed once from the record.

Strings returned here are plain text; escaping is the business of each format.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property

from golive.config.model import Claim
from golive.model import EvidenceLevel, Status
from golive.record import CheckRecord, Decision, Execution, FactRecord, GateRecord, Run, to_data
from golive.rendering import RenderOptions
from golive.rounding import Toward
from golive.texts import Catalogue, core_catalogue
from golive.verdict import (
    ClaimState,
    Effect,
    GateLabel,
    Ground,
    Verdict,
    claim_state,
    complaints,
    decide,
    gate_label,
    in_force,
    run_day,
    sound_status,
)
from golive_reports.figures import RATIO, Figures
from golive_reports.words import Words, words

DECISION_ICONS = {
    Decision.GO: "✅",
    Decision.CONDITIONAL: "🟡",
    Decision.NO_GO: "❌",
    Decision.INCONCLUSIVE: "⚪",
}
LABEL_ICONS = {
    GateLabel.DONE: "✅",
    GateLabel.DESIGNED: "📐",
    GateLabel.CONDITIONAL: "🟡",
    GateLabel.UNVERIFIED: "⚪",
    GateLabel.FAILED: "❌",
}
STATUS_ICONS = {
    Status.PASS: "✅",
    Status.WARN: "🟡",
    Status.FAIL: "❌",
    Status.INCONCLUSIVE: "⚪",
    Status.ERROR: "⛔",
    Status.NOT_APPLICABLE: "➖",
}
CLAIM_ICONS = {
    ClaimState.DONE: "✅",
    ClaimState.CONDITIONAL: "🟡",
    ClaimState.OPEN: "⚪",
    ClaimState.FAILED: "❌",
    ClaimState.EXPIRED: "⌛",
}
EFFECT_ICONS = {Effect.NO_GO: "❌", Effect.INCONCLUSIVE: "⚪", Effect.CONDITION: "🟡"}
OPEN_STATES = (Status.FAIL, Status.ERROR, Status.INCONCLUSIVE, Status.WARN)


@dataclass(frozen=True)
class View:
    """One run in one language, with its verdict recomputed."""

    run: Run
    options: RenderOptions

    @property
    def lang(self) -> str:
        """Language of the rendering."""
        return self.options.lang

    @cached_property
    def words(self) -> Words:
        """The reports' own sentences."""
        return words(self.lang)

    @cached_property
    def core(self) -> Catalogue:
        """The core's sentences: grounds, complaints, remedies."""
        return core_catalogue(self.lang)

    @cached_property
    def figures(self) -> Figures:
        """Numbers in this language."""
        return Figures(self.words)

    @cached_property
    def verdict(self) -> Verdict:
        """The decision as the record's checks carry it."""
        return decide(self.run)

    @cached_property
    def today(self) -> date:
        """The day on which waivers and attestations are judged."""
        return run_day(self.run)

    @cached_property
    def digest(self) -> str:
        """The record's digest: the one it came with, or its own if it was not stored yet."""
        return self.run.content_sha256 or str(to_data(self.run)["content_sha256"])

    @cached_property
    def gates(self) -> tuple[GateRecord, ...]:
        """Gates in report order: numbered ones first."""
        return tuple(sorted(self.run.gates, key=lambda g: (g.number is None, g.number or 0)))

    @property
    def name(self) -> str:
        """``<service> v<version>``."""
        service = self.run.config.service
        version = service.version
        return f"{service.name} {'v' if version[:1].isdigit() else ''}{version}".strip()

    @property
    def decision_icon(self) -> str:
        """The picture of the decision."""
        return DECISION_ICONS[self.verdict.decision]

    @property
    def decision(self) -> str:
        """``Go-Live 불가``."""
        return self.words.say(f"decision.{self.verdict.decision}")

    def label(self, gate: GateRecord) -> GateLabel:
        """One of the five words for a gate."""
        return gate_label(gate, self.today)

    def label_word(self, gate: GateRecord) -> str:
        """The gate's word in this language."""
        return self.words.say(f"label.{self.label(gate)}")

    def gate_name(self, gate: GateRecord) -> str:
        """``Gate 1: SLO 정의 및 측정``; a gate without a number goes by its id."""
        key = str(gate.number) if gate.number is not None else gate.id
        return f"Gate {key}: {gate.title_in(self.lang)}"

    def why_unverified(self, gate: GateRecord) -> str:
        """Why a gate that did not complete proves nothing; empty for one that did."""
        if gate.execution is Execution.NOT_IN_PROFILE:
            return self.words.say("gates.not_in_profile")
        if gate.execution is not Execution.COMPLETED:
            return gate.note_in(self.lang) or self.words.say(f"execution.{gate.execution}")
        return "" if gate.checks else self.words.say("gates.empty")

    def missing(self, gate: GateRecord) -> tuple[str, ...]:
        """Required checks that the gate should hold and does not; none outside the profile."""
        if gate.execution is Execution.NOT_IN_PROFILE:
            return ()
        return tuple(sorted(set(gate.expected) - {c.id for c in gate.checks}))

    def status(self, check: CheckRecord) -> Status:
        """The status that the check's own evidence carries."""
        return sound_status(check)

    def icon(self, check: CheckRecord) -> str:
        """A picture for the check's status; a design and a waiver have their own."""
        if check.design_only:
            return LABEL_ICONS[GateLabel.DESIGNED]
        status = self.status(check)
        if status in OPEN_STATES and in_force(check.waiver, self.today):
            return LABEL_ICONS[GateLabel.CONDITIONAL]
        return STATUS_ICONS[status]

    def status_word(self, check: CheckRecord) -> str:
        """``통과``, ``판정 불가``, ``실패 (예외 승인)``, ..."""
        status = self.status(check)
        if check.design_only:
            word = self.words.say("label.designed")
        elif status is not check.status:
            word = self.words.say("status.overclaimed")
        else:
            word = self.words.say(f"status.{status}")
        if status in OPEN_STATES and in_force(check.waiver, self.today):
            return self.words.say("status.waived", status=word)
        return word

    def reason(self, check: CheckRecord) -> str:
        """The check's sentence; one that claims more than its evidence is only quoted."""
        text = check.sentences(self.lang).reason
        if self.status(check) is check.status:
            return text
        return self.words.say("status.recorded_reason", reason=text)

    def level_word(self, level: EvidenceLevel) -> str:
        """Strength of evidence in this language."""
        return self.words.say(f"level.{level}")

    def open_checks(self) -> tuple[CheckRecord, ...]:
        """Checks that did not simply pass, worst first, in report order within."""
        found = [c for g in self.gates for c in g.checks if self.status(c) in OPEN_STATES]
        return tuple(sorted(found, key=lambda c: OPEN_STATES.index(self.status(c))))

    def consequences(self) -> dict[str, tuple[str, ...]]:
        """Ids of undecided checks by the failed check that is their cause."""
        return {g.subject: g.consequences for g in self.verdict.grounds if g.consequences}

    def ground(self, ground: Ground) -> str:
        """The sentence of a ground; ids of checks and gates in backticks."""
        subject = ground.subject
        if self.run.check(subject) is not None or ground.code.startswith(("gate-", "check-")):
            subject = f"`{subject}`"
        return self.core.core_text("grounds", ground.code, subject=subject)

    def complaints(self) -> tuple[str, ...]:
        """What a reader must know before believing this record."""
        return tuple(
            self.core.core_text(
                "complaints",
                code,
                recorded=self.words.say(f"decision.{self.run.decision}"),
                computed=self.words.say(f"decision.{self.verdict.decision}"),
            )
            for code in dict.fromkeys(
                (*self.options.complaints, *complaints(self.run, unaltered=True))
            )
        )

    def claim(self, claim: Claim) -> ClaimState:
        """How true a sentence of the configuration is in this run."""
        return claim_state(claim, self.run)

    def claim_word(self, claim: Claim) -> str:
        """``확인``, ``조건부``, ..."""
        return self.words.say(f"claim.{self.claim(claim)}")

    def fact(self, fact: FactRecord) -> str:
        """``첫 바이트 p95 0.0035초``."""
        label = fact.labels.get(self.lang) or fact.labels.get("en") or fact.name
        if fact.value is None:
            return f"{label}: {self.words.say('figures.not_observed')}"
        if isinstance(fact.value, str | bool):
            return f"{label}: {fact.value}{self.figures.suffix(fact.unit)}"
        if isinstance(fact.value, int) and fact.unit != RATIO:
            return f"{label}: {fact.value:,}{self.figures.suffix(fact.unit)}"
        # A time is never shown shorter than it was, here as little as where it is judged.
        toward = Toward.UP if fact.unit == "s" else Toward.NEAREST
        return f"{label}: {self.figures.quantity(fact.value, fact.unit, toward)}"

    def moment(self, when: datetime) -> str:
        """A time in UTC, to the minute."""
        when = when.astimezone(UTC)
        return self.words.say(
            "moment",
            year=f"{when.year}",
            month=f"{when.month}",
            day=f"{when.day}",
            date=f"{when:%Y-%m-%d}",
            time=f"{when:%H:%M}",
        )
