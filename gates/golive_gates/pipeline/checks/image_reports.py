"""``pipeline.image-reports``: each image that is deployed was scanned, that very one and lately.

What: for each image of the manifests there is a report of Trivy or Grype about exactly its digest,
not older than ``scan_max_age``, that shows that packages were looked at. Why: a clean report of
another build, or of last spring, says nothing of what goes live: new weaknesses are published for
old packages every day. A file that is no report, a report about a file system, one that says no
time or one from the future never passes. Remedy: scan by digest in the pipeline, keep the JSON and
name it in ``scan_results``. SARIF says neither when it was made nor, from Grype, of which digest.
"""

from __future__ import annotations

from collections.abc import Iterator

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    EvidenceLevel,
    Fact,
    Finding,
    Observation,
    Reason,
    Status,
)
from golive.inspecting import Inspection, concluded
from golive_gates.pipeline.images.deployed import (
    SKEW,
    Deployed,
    Seen,
    deciding,
    deployed,
    repository_of,
    seen_of,
)
from golive_gates.pipeline.images.parts import ImageReports, Report, TrivyRuns
from golive_gates.pipeline.images.values import counted
from golive_gates.pipeline.parts import Pipeline
from golive_gates.pipeline.settings import Settings

# What scanners wrote is read from files here, even where trivy has just written it.
SPEC = CheckSpec("pipeline.image-reports", needs=EvidenceLevel.STATIC)
DAY = 86_400.0


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Every deployed image has its report."""
    seen = seen_of(observation)
    images = deployed(observation.require(Pipeline).objects)
    if not images:
        return SPEC.inconclusive(Reason("no-images"), evidence=seen.evidence)
    found: list[Finding] = [
        Finding(u.path, Reason(u.code, {"detail": u.detail}), None, Status.INCONCLUSIVE)
        for u in seen.unread
    ]
    ages: list[float] = []
    for image in images:
        found += _of_image(image, seen, settings)
        ages += [(seen.now - r.made).total_seconds() / DAY for r in deciding(image, seen) if r.made]
    facts = (
        Fact("images_deployed", len(images)),
        Fact("images_reported", sum(bool(deciding(i, seen)) for i in images)),
        Fact("oldest_report_days", round(max(ages), 1) if ages else None),
    )
    return concluded(SPEC, Inspection(len(images), found, 0, "", seen.evidence, facts))


def _of_image(image: Deployed, seen: Seen, settings: Settings) -> Iterator[Finding]:
    if not image.digest:
        yield _finding(image, "no-digest", Status.INCONCLUSIVE)
        return
    mine = deciding(image, seen)
    if not mine:
        others = [r for r in seen.reports if repository_of(r.artifact) == image.repository]
        digests = counted(d for r in others for d in r.digests) or counted(r.path for r in others)
        # What could not be read may have been its report.
        status = Status.INCONCLUSIVE if seen.unread else None
        code = "other-digest" if others else "no-report"
        yield _finding(image, code, status, found=digests, digest=image.digest)
        return
    verdicts = [_of_report(image, report, seen, settings) for report in mine]
    if None not in verdicts:
        yield next(v for v in verdicts if v is not None)


def _of_report(image: Deployed, report: Report, seen: Seen, settings: Settings) -> Finding | None:
    if report.made is None:
        return _finding(image, "undated", Status.INCONCLUSIVE, path=report.path)
    if report.made > seen.now + SKEW:
        made = report.made.isoformat(timespec="seconds")
        return _finding(image, "from-the-future", Status.INCONCLUSIVE, path=report.path, made=made)
    age = (seen.now - report.made).total_seconds()
    if age > settings.scan_max_age:
        return _finding(
            image,
            "too-old",
            None,
            path=report.path,
            days=age / DAY,
            limit=settings.scan_max_age / DAY,
        )
    if not report.looked:
        return _finding(image, "nothing-looked-at", Status.INCONCLUSIVE, path=report.path)
    if report.left_out and settings.scan_unfixed:
        return _finding(image, "left-out", Status.INCONCLUSIVE, path=report.path)
    return None


def _finding(image: Deployed, code: str, status: Status | None, **params: str | float) -> Finding:
    subject = image.text[:200]
    return Finding(
        subject, Reason(code, dict(params)), image.location, status, None, "", image.json_path
    )


CHECK = Check(SPEC, (Pipeline, ImageReports, TrivyRuns), judge)
