"""One thing that keeps the failure of a scan from counting, where it is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from golive.api import Finding, Reason, Status
from golive.model import Location, Scalar
from golive_gates.pipeline.model.records import Place


@dataclass(frozen=True, slots=True)
class Cause:
    """``code``: of the sentence that says it, filled by ``params``.

    ``certain``: it does; else nobody can tell before the pipeline runs. ``subject``: what it is
    said of, the scan where that is empty.
    """

    code: str
    location: Location
    json_path: str
    certain: bool = True
    params: Mapping[str, Scalar] = field(default_factory=dict)
    subject: str = ""

    def finding(self, subject: str, status: Status | None, **params: Scalar) -> Finding:
        """It as a finding about *subject*; *status* where it is certain."""
        return Finding(
            self.subject or subject,
            Reason(self.code, {**params, **self.params}),
            self.location,
            status if self.certain else Status.INCONCLUSIVE,
            None,
            "",
            self.json_path,
        )


def at(place: Place, code: str, /, *, certain: bool = True, **params: Scalar) -> Cause:
    """A cause that is written at *place*."""
    return Cause(code, place.at(), place.json_path, certain, params)


def short(text: object) -> str:
    """*text* as a sentence can hold it."""
    one = " ".join(str(text).split())
    return one if len(one) <= 80 else f"{one[:79]}…"
