"""What GitHub showed, and what people say of it: the part of the checks about the forge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from golive.api import EvidenceRef
from golive.config.release import Attestation


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that GitHub did not show. ``code``: a reason of the gate."""

    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class RequiredCheck:
    """A check that has to be green. ``app``: whose it has to be, ``None`` for anybody's."""

    context: str
    app: int | None = None


@dataclass(frozen=True, slots=True)
class Classic:
    """The protection of a branch. ``reviews``: approvals needed, 0 for none."""

    reviews: int = 0
    owners: bool = False
    checks: tuple[RequiredCheck, ...] = ()
    force_pushes: bool = False
    admins: bool = True


@dataclass(frozen=True, slots=True)
class Rules:
    """What all rulesets in force ask of a branch together. ``count``: how many rules there are.

    ``bypass``: names of rulesets that somebody may pass by, as far as that is shown.
    """

    count: int = 0
    reviews: int = 0
    owners: bool = False
    checks: tuple[RequiredCheck, ...] = ()
    no_force_pushes: bool = False
    bypass: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Environment:
    """One environment. ``wait``: minutes. ``admins_pass``: may skip its rules."""

    name: str
    reviewers: int = 0
    wait: int = 0
    admins_pass: bool = False


@dataclass(frozen=True, slots=True)
class Live:
    """One look at GitHub. What is missing has its entry in ``gaps``, by what it is.

    ``classic``: ``None`` with no gap where the branch has none. Keys of ``gaps``:
    ``repository``, ``classic``, ``rules``, ``environments``.
    """

    url: str
    repository: str
    branch: str
    classic: Classic | None = None
    rules: Rules = field(default_factory=Rules)
    environments: tuple[Environment, ...] = ()
    gaps: Mapping[str, Gap] = field(default_factory=dict)
    asked: int = 0

    @property
    def subject(self) -> str:
        """What findings call the branch."""
        return f"{self.repository}@{self.branch}"


@dataclass(frozen=True, slots=True)
class Forge:
    """``day``: of the look; what people say is in force on it or not. ``attested``: by check."""

    day: date
    live: Live | None = None
    attested: Mapping[str, Attestation] = field(default_factory=dict)
    evidence: tuple[EvidenceRef, ...] = ()
