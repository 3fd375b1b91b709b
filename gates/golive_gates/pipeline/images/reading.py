"""The text of a scanner's report to :class:`Report`; strict and bounded, and never a guess."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from golive_gates.pipeline.images import grype, sarif, trivy
from golive_gates.pipeline.images.parts import Report, Unread

LARGEST = 64 << 20
"""Bytes of a report that are read; Trivy's with all packages of a large image has some 20 MB."""


class NotAReportError(Exception):
    """Why a text is no report: ``code`` as of :class:`Unread`."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


def read(text: str, path: str) -> tuple[Report, ...]:
    """The reports in *text*: one, or one for each run of a SARIF log.

    Raises :class:`NotAReportError`.
    """
    data = _json(text)
    if not isinstance(data, Mapping):
        raise NotAReportError("not-a-report", f"a JSON {type(data).__name__}, not an object")
    if "SchemaVersion" in data:
        return (trivy.report(data, path),)
    if isinstance(data.get("matches"), list) and isinstance(data.get("descriptor"), Mapping):
        return (grype.report(data, path),)
    if isinstance(data.get("runs"), list):
        found = sarif.reports(data, path)
        if found:
            return found
        raise NotAReportError("not-a-report", "a SARIF log without a run of Trivy or Grype")
    keys = ", ".join(str(k)[:40] for k in list(data)[:5]) or "none"
    raise NotAReportError("not-a-report", f"keys: {keys}")


def tried(text: str, path: str) -> tuple[tuple[Report, ...], Unread | None]:
    """What :func:`read` gives, or why there is nothing."""
    try:
        return read(text, path), None
    except NotAReportError as error:
        return (), Unread(path, error.code, error.detail[:300])


def _json(text: str) -> Any:  # noqa: ANN401 - JSON
    if not text.strip():
        raise NotAReportError("empty-file")
    try:
        return json.loads(text, parse_constant=_refused, object_pairs_hook=_once)
    except RecursionError as error:
        raise NotAReportError("not-json", "nested too deeply") from error
    except ValueError as error:
        raise NotAReportError("not-json", str(error)[:200]) from error


def _refused(name: str) -> None:
    msg = f"{name} is no JSON"
    raise ValueError(msg)


def _once(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            msg = f"the key {key[:60]!r} twice"
            raise ValueError(msg)
        found[key] = value
    return found
