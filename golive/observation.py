"""What a gate saw: typed parts, each from one observer.

A part is a frozen dataclass. A part that could not be had is :class:`Unavailable`; a judge
that requires it never runs further, and the check becomes ``error`` or ``inconclusive``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeVar, cast

from golive.model import Reason

P = TypeVar("P")


@dataclass(frozen=True, slots=True)
class Unavailable:
    """Why a part is missing.

    ``kind``: ``error`` when golive failed to look, ``inconclusive`` when there was nothing to
    see, ``absent`` when the configuration offers nothing of the kind: that leaves a check as
    undecided, unless its judge knows that a release may do without. ``blocked_by``: id of the
    check whose failure is the cause, if one is known.
    """

    reason: Reason
    kind: Literal["error", "inconclusive", "absent"] = "inconclusive"
    blocked_by: str | None = None


class PartMissing(Exception):
    """Raised by :meth:`Observation.require`; turned into a result by ``Check.evaluate``."""

    def __init__(self, unavailable: Unavailable) -> None:
        super().__init__(unavailable.reason.code)
        self.unavailable = unavailable


@dataclass(frozen=True, slots=True)
class Observation:
    """Parts by type name. ``reads`` limits a judge to the parts its check declares."""

    parts: Mapping[str, object] = field(default_factory=dict)
    reads: frozenset[str] | None = None

    def require(self, part: type[P]) -> P:
        """The part, or the end of this judgement. Raises ``PartMissing``."""
        found = self.find(part)
        if isinstance(found, Unavailable):
            raise PartMissing(found)
        return found

    def find(self, part: type[P]) -> P | Unavailable:
        """The part or why it is missing, for a judge that can do with less."""
        name = part.__name__
        if self.reads is not None and name not in self.reads:
            msg = f"the judge read {name}, which its check does not declare"
            raise LookupError(msg)
        found = self.parts.get(name)
        if found is None:
            return Unavailable(Reason("core.not-observed", {"part": name}), kind="error")
        if isinstance(found, Unavailable):
            return found
        return cast("P", found)

    def limited(self, reads: frozenset[str]) -> Observation:
        """The same parts, with only *reads* open to the judge."""
        return Observation(self.parts, reads)

    def with_part(self, name: str, part: object) -> Observation:
        """A copy that also holds *part*."""
        return Observation({**self.parts, name: part}, self.reads)
