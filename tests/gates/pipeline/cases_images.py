"""Passing, failing and no-evidence observations for what reads reports about images."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from golive.api import Observation, Reason, Unavailable
from golive_gates.pipeline.images.parts import ImageReports, TrivyRuns
from golive_gates.pipeline.settings import Settings
from tests.gates.pipeline.scanned import (
    DIGEST,
    NAME,
    OTHER,
    manifest,
    reports,
    trivy,
    vulnerability,
)
from tests.gates.pipeline.snippets import CI, job, pipeline, workflow

Case = tuple[Observation, Settings]


@dataclass(frozen=True)
class Cases:
    """Observation and settings by the status that a judge has to give."""

    passing: Case
    failing: Case
    no_evidence: Case


def _seen(*documents: Any) -> Case:
    files = {CI: workflow({"a": job("x")}), "k8s/shop.yaml": manifest(f"{NAME}@{DIGEST}")}
    found = reports(*documents) if documents else _absent("no-scan-results")
    parts = {"Pipeline": pipeline(files), "ImageReports": found}
    ran = (
        TrivyRuns((), found.now) if isinstance(found, ImageReports) else _absent("trivy-not-chosen")
    )
    return Observation({**parts, "TrivyRuns": ran}), Settings()


def _absent(code: str) -> Unavailable:
    return Unavailable(Reason(code), kind="absent")


CASES: dict[str, Cases] = {
    "pipeline.image-reports": Cases(_seen(trivy()), _seen(trivy(digest=OTHER)), _seen()),
    "pipeline.image-vulnerabilities": Cases(_seen(trivy()), _seen(trivy(vulnerability())), _seen()),
}
