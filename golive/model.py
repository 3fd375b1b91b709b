"""The words of golive as frozen types: status, evidence, measurement, check.

Nothing here performs I/O. ``CheckSpec`` is the identity of a check, written once; its
constructors (``passed``, ``failed``, ...) are the way to a ``CheckResult`` and refuse a
verdict that its own measurement does not carry.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from golive.stats import Outcome


class Status(StrEnum):
    """What a judge says of one check."""

    PASS = "pass"
    WARN = "warn"
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"
    ERROR = "error"
    NOT_APPLICABLE = "not-applicable"


class EvidenceLevel(StrEnum):
    """How strong the evidence behind a result is. ``NONE``: nothing was had."""

    NONE = "none"
    ATTESTED = "attested"
    STATIC = "static"
    MEASURED = "measured"

    def reaches(self, needed: EvidenceLevel) -> bool:
        """Whether this level is at least as strong as *needed*."""
        order = list(EvidenceLevel)
        return order.index(self) >= order.index(needed)


class Severity(StrEnum):
    """How much a failing check matters to a reader; it never changes the decision."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Comparator(StrEnum):
    """Strictness of an objective, kept apart from its number."""

    GE = ">="
    GT = ">"
    LE = "<="
    LT = "<"

    def holds(self, value: float, threshold: float) -> bool:
        """Whether ``value <comparator> threshold``; NaN never holds."""
        return _COMPARE[self](value, threshold)

    @property
    def wants_high(self) -> bool:
        """Whether larger values are better."""
        return self in (Comparator.GE, Comparator.GT)


_COMPARE: Mapping[Comparator, Callable[[float, float], bool]] = {
    Comparator.GE: operator.ge,
    Comparator.GT: operator.gt,
    Comparator.LE: operator.le,
    Comparator.LT: operator.lt,
}

Scalar = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a result is what it is: a code of the gate's catalogue and its parameters.

    The sentence itself lives in ``messages.<lang>.toml``, so judges stay free of prose.
    """

    code: str
    params: Mapping[str, Scalar] = field(default_factory=dict)


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
        numbers = (self.value, self.threshold, self.bound, self.opposite)
        if any(x is not None and math.isnan(x) for x in numbers):
            msg = f"measurement {self.name!r} holds NaN; an undefined number is Unavailable"
            raise ValueError(msg)

    @property
    def outcome(self) -> Outcome:
        """Proven, refuted or undecided, from the numbers alone."""
        if self.n == 0:
            return Outcome.UNDECIDED
        pessimistic = self.value if self.bound is None else self.bound
        optimistic = self.value if self.opposite is None else self.opposite
        if self.comparator.holds(pessimistic, self.threshold):
            return Outcome.PROVEN
        if self.bound is not None and self.opposite is None:
            return Outcome.UNDECIDED
        if not self.comparator.holds(optimistic, self.threshold):
            return Outcome.REFUTED
        return Outcome.UNDECIDED


@dataclass(frozen=True, slots=True)
class Fact:
    """A further figure a reader should see; it decides nothing. ``None``: not observed."""

    name: str
    value: float | int | str | None
    unit: str = ""


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
class Finding:
    """One thing a check found; ``subject`` names the object, field or request."""

    subject: str
    reason: Reason
    location: Location | None = None


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
    """Identity of one check, written once. ``id`` is ``<gate>.<name>``."""

    id: str
    severity: Severity = Severity.HIGH
    required: bool = True
    needs: EvidenceLevel = EvidenceLevel.MEASURED

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
        return CheckResult(
            self,
            Status.INCONCLUSIVE,
            reason,
            level,
            measurement,
            evidence,
            facts,
            findings,
            blocked_by,
        )

    def designed(
        self, reason: Reason, *, evidence: tuple[EvidenceRef, ...], facts: tuple[Fact, ...] = ()
    ) -> CheckResult:
        """The files say so, nothing measured it yet: a design, which never passes."""
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
            if self.measurement is None and not self.evidence:
                msg = f"{self.spec.id}: a {self.status} without measurement or evidence"
                raise Overclaim(msg)
            if not self.level.reaches(self.spec.needs):
                msg = f"{self.spec.id}: {self.status} needs {self.spec.needs}, has {self.level}"
                raise Overclaim(msg)
        if (
            self.status is Status.PASS
            and self.measurement is not None
            and self.measurement.outcome is not Outcome.PROVEN
        ):
            msg = f"{self.spec.id}: passed on a measurement that is {self.measurement.outcome}"
            raise Overclaim(msg)
        if self.status is Status.FAIL and not (self.measurement or self.evidence or self.findings):
            msg = f"{self.spec.id}: failed without measurement, evidence or findings"
            raise Overclaim(msg)

    @property
    def design_only(self) -> bool:
        """Static evidence for a claim that needs a measurement: "designed", never "done"."""
        return (
            self.status is Status.INCONCLUSIVE
            and self.level is EvidenceLevel.STATIC
            and self.spec.needs is EvidenceLevel.MEASURED
        )
