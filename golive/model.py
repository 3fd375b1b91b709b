"""The words of golive as frozen types: status, evidence, measurement, check.

Nothing here performs I/O. ``CheckSpec`` is the identity of a check, written once; its
constructors (``passed``, ``failed``, ...) are the way to a ``CheckResult`` and refuse a
verdict that its own measurement does not carry.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from golive.stats import Outcome
from golive.vocabulary import (
    STANDARD_GATES,
    Comparator,
    EvidenceLevel,
    Fact,
    Reason,
    Scalar,
    Severity,
    Status,
)

__all__ = [
    "STANDARD_GATES",
    "CheckResult",
    "CheckSpec",
    "Comparator",
    "EvidenceLevel",
    "EvidenceRef",
    "Fact",
    "Finding",
    "Location",
    "Measurement",
    "Overclaim",
    "Reason",
    "ResourceRef",
    "Scalar",
    "Severity",
    "Status",
]


@dataclass(frozen=True, slots=True)
class Measurement:
    """One number held against one threshold, with the weight of its evidence.

    ``value``, ``bound``, ``opposite`` and ``threshold`` share ``unit``. ``bound`` is the
    one-sided confidence bound on the pessimistic side (it must hold for the claim to be
    proven), ``opposite`` the one on the optimistic side (when even that does not hold, the
    claim is refuted). Both ``None``: the value is exact (a count, a census) and is its own
    bound. ``value`` may be ``inf`` (a time-out) but never NaN.
    """

    name: str
    value: float
    unit: str
    comparator: Comparator
    threshold: float
    n: int | None = None
    failures: int | None = None
    confidence: float | None = None
    bound: float | None = None
    opposite: float | None = None
    n_needed: int | None = None
    n_effective: float | None = None

    def __post_init__(self) -> None:
        bounds = (self.bound, self.opposite, self.confidence, self.n_effective)
        if any(x is not None and math.isnan(x) for x in (self.value, self.threshold, *bounds)):
            msg = f"measurement {self.name!r} holds NaN; an undefined number is Unavailable"
            raise ValueError(msg)
        if any(x is not None and x < 0 for x in (self.n, self.failures, self.n_needed)):
            msg = f"measurement {self.name!r} counts below zero"
            raise ValueError(msg)

    @property
    def outcome(self) -> Outcome:
        """Proven, refuted or undecided, from the numbers alone.

        The value has to lie on the same side as its bound. A number that was sampled (it has a
        confidence or the other bound) is never its own bound. An infinite threshold, which every
        time-out would meet, and more failures than samples decide nothing.
        """
        if self.n == 0 or math.isinf(self.threshold):
            return Outcome.UNDECIDED
        if self.n is not None and self.failures is not None and self.failures > self.n:
            return Outcome.UNDECIDED
        sampled = self.confidence is not None or not (self.bound is None and self.opposite is None)
        pessimistic = self.bound if sampled else self.value
        optimistic = self.opposite if sampled else self.value
        holds = self.comparator.holds(self.value, self.threshold)
        if holds and pessimistic is not None:
            proven = self.comparator.holds(pessimistic, self.threshold)
            return Outcome.PROVEN if proven else Outcome.UNDECIDED
        if not holds and optimistic is not None:
            refuted = not self.comparator.holds(optimistic, self.threshold)
            return Outcome.REFUTED if refuted else Outcome.UNDECIDED
        return Outcome.UNDECIDED


@dataclass(frozen=True, slots=True)
class Location:
    """Where in a file: 1-based line and column, path as given in the configuration."""

    path: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        """``path:line:column``, as far as known."""
        return ":".join(str(part) for part in (self.path, self.line, self.column) if part)


@dataclass(frozen=True, slots=True)
class ResourceRef:
    """A Kubernetes object by name; ``namespace`` is empty where its file names none."""

    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        """``Kind/namespace/name``, as far as known."""
        return "/".join(part for part in (self.kind, self.namespace, self.name) if part)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a check found; ``subject`` names the object, field or request.

    ``status``: where it weighs less than the check's own status, ``WARN`` or ``INCONCLUSIVE``.
    ``resource``, ``container`` and ``json_path`` place a finding in a Kubernetes object.
    """

    subject: str
    reason: Reason
    location: Location | None = None
    status: Status | None = None
    resource: ResourceRef | None = None
    container: str = ""
    json_path: str = ""


@dataclass(frozen=True, slots=True)
class EvidenceRef:
    """A stored, redacted piece of an observation: path below the run's evidence folder."""

    name: str
    path: str
    sha256: str
    size: int
    media_type: str


class Overclaim(ValueError):
    """A judge tried to claim more than its evidence carries."""


@dataclass(frozen=True, slots=True)
class CheckSpec:
    """Identity of one check, written once. ``id`` is ``<gate>.<name>``.

    Raises ``ValueError`` for a check that needs no evidence.
    """

    id: str
    severity: Severity = Severity.HIGH
    required: bool = True
    needs: EvidenceLevel = EvidenceLevel.MEASURED

    def __post_init__(self) -> None:
        if self.needs is EvidenceLevel.NONE:
            msg = f"{self.id}: a check that needs no evidence proves nothing"
            raise ValueError(msg)

    @property
    def gate(self) -> str:
        """Id of the gate the check belongs to."""
        return self.id.partition(".")[0]

    @property
    def name(self) -> str:
        """Id without the gate."""
        return self.id.partition(".")[2]

    def passed(
        self,
        reason: Reason,
        *,
        measurement: Measurement | None = None,
        evidence: tuple[EvidenceRef, ...] = (),
        level: EvidenceLevel | None = None,
        facts: tuple[Fact, ...] = (),
    ) -> CheckResult:
        """The claim is proven. Raises ``Overclaim`` when the evidence does not carry that."""
        return CheckResult(
            self, Status.PASS, reason, level or self.needs, measurement, evidence, facts
        )

    def warned(
        self,
        reason: Reason,
        *,
        measurement: Measurement | None = None,
        evidence: tuple[EvidenceRef, ...] = (),
        level: EvidenceLevel | None = None,
        facts: tuple[Fact, ...] = (),
        findings: tuple[Finding, ...] = (),
    ) -> CheckResult:
        """The claim holds, and something beside it should be known. Needs evidence too."""
        return CheckResult(
            self, Status.WARN, reason, level or self.needs, measurement, evidence, facts, findings
        )

    def failed(
        self,
        reason: Reason,
        *,
        measurement: Measurement | None = None,
        evidence: tuple[EvidenceRef, ...] = (),
        level: EvidenceLevel | None = None,
        facts: tuple[Fact, ...] = (),
        findings: tuple[Finding, ...] = (),
    ) -> CheckResult:
        """The claim is refuted: by a measurement, findings or evidence, at least one of them."""
        return CheckResult(
            self, Status.FAIL, reason, level or self.needs, measurement, evidence, facts, findings
        )

    def inconclusive(
        self,
        reason: Reason,
        *,
        measurement: Measurement | None = None,
        evidence: tuple[EvidenceRef, ...] = (),
        level: EvidenceLevel = EvidenceLevel.NONE,
        facts: tuple[Fact, ...] = (),
        findings: tuple[Finding, ...] = (),
        blocked_by: str | None = None,
    ) -> CheckResult:
        """The evidence decides neither way. ``blocked_by``: the failing check that is the cause."""
        backing = (measurement, evidence, facts, findings, blocked_by)
        return CheckResult(self, Status.INCONCLUSIVE, reason, level, *backing)

    def designed(
        self, reason: Reason, *, evidence: tuple[EvidenceRef, ...], facts: tuple[Fact, ...] = ()
    ) -> CheckResult:
        """The files say so, nothing measured it yet: a design, which never passes.

        Raises ``Overclaim`` without evidence.
        """
        if not evidence:
            msg = f"{self.id}: designed without evidence"
            raise Overclaim(msg)
        return self.inconclusive(reason, evidence=evidence, level=EvidenceLevel.STATIC, facts=facts)

    def errored(
        self, reason: Reason, *, facts: tuple[Fact, ...] = (), findings: tuple[Finding, ...] = ()
    ) -> CheckResult:
        """Golive could not carry the check out."""
        return CheckResult(
            self, Status.ERROR, reason, EvidenceLevel.NONE, facts=facts, findings=findings
        )

    def not_applicable(self, reason: Reason) -> CheckResult:
        """The claim has no subject in this release; the reason says why."""
        return CheckResult(self, Status.NOT_APPLICABLE, reason, EvidenceLevel.NONE)


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What a judge returned; built by the constructors of :class:`CheckSpec`."""

    spec: CheckSpec
    status: Status
    reason: Reason
    level: EvidenceLevel
    measurement: Measurement | None = None
    evidence: tuple[EvidenceRef, ...] = ()
    facts: tuple[Fact, ...] = ()
    findings: tuple[Finding, ...] = ()
    blocked_by: str | None = None

    def __post_init__(self) -> None:
        if self.status in (Status.PASS, Status.WARN):
            self._demand_proof()
        grounds = self.evidence or self.findings or self.measurement
        if self.status is Status.FAIL and not grounds:
            msg = f"{self.spec.id}: failed without measurement, evidence or findings"
            raise Overclaim(msg)
        alone = self.measurement is not None and not (self.evidence or self.findings)
        if self.status is Status.FAIL and alone and self._outcome is not Outcome.REFUTED:
            msg = f"{self.spec.id}: failed on a measurement alone that is {self._outcome}"
            raise Overclaim(msg)

    @property
    def _outcome(self) -> Outcome | None:
        return None if self.measurement is None else self.measurement.outcome

    def _demand_proof(self) -> None:
        if self.measurement is None and not self.evidence:
            msg = f"{self.spec.id}: a {self.status} without measurement or evidence"
            raise Overclaim(msg)
        if not self.level.reaches(self.spec.needs):
            msg = f"{self.spec.id}: {self.status} needs {self.spec.needs}, has {self.level}"
            raise Overclaim(msg)
        if self._outcome not in (None, Outcome.PROVEN):
            msg = f"{self.spec.id}: {self.status} on a measurement that is {self._outcome}"
            raise Overclaim(msg)

    @property
    def design_only(self) -> bool:
        """Static evidence for a claim that needs a measurement: "designed", never "done"."""
        return (
            self.status is Status.INCONCLUSIVE
            and self.level is EvidenceLevel.STATIC
            and self.spec.needs is EvidenceLevel.MEASURED
            and bool(self.evidence)
        )
