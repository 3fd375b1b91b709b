"""``pipeline.image-vulnerabilities``: no deployed image has a weakness that stops a release.

What: the reports about the deployed images (see ``pipeline.image-reports``, which judges their age)
hold no finding of ``scan_severities``, by default HIGH and CRITICAL; those that no version mends
count too, unless ``scan_unfixed`` is off. Secrets and misconfigurations that the scanner found in
an image are told by their rules, never by their text. A finding that was ignored by a rule that no
file of the repository states warns. Why: a known weakness is the one that is tried first. Remedy:
update the package or the base image; accept a risk for a time, with a reason, in ``.trivyignore``.
A report holds what its scanner was asked for: Trivy's does not say what ``--severity`` left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

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
from golive_gates.pipeline.checks import image_reports
from golive_gates.pipeline.images.deployed import Deployed, Seen, deciding, deployed, seen_of
from golive_gates.pipeline.images.ignoring import ignore_files
from golive_gates.pipeline.images.parts import ImageReports, TrivyRuns, Weakness
from golive_gates.pipeline.images.values import counted
from golive_gates.pipeline.parts import Pipeline
from golive_gates.pipeline.settings import Settings

# What scanners wrote is read from files here, even where trivy has just written it.
SPEC = CheckSpec("pipeline.image-vulnerabilities", needs=EvidenceLevel.STATIC)
MOST_FOR_ONE = 20
"""Findings for one image; those beyond are one finding that counts them."""


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Every report about a deployed image is clean."""
    seen = seen_of(observation)
    part = observation.require(Pipeline)
    images = deployed(part.objects)
    reported = [image for image in images if deciding(image, seen)]
    if not reported:
        return SPEC.inconclusive(
            Reason("no-reports"), evidence=seen.evidence, blocked_by=image_reports.SPEC.id
        )
    stated = {rule.id for r in part.repositories for rule in ignore_files(r).rules}
    found: list[Finding] = []
    unrated = ignored = 0
    for image in reported:
        weaknesses = _weaknesses(image, seen)
        unrated += sum(w.severity == "UNKNOWN" for w in weaknesses)
        found += _of_image(image, [w for w in weaknesses if _counts(w, settings)])
        left = _ignored(image, seen)
        ignored += len(left)
        found += _unstated(image, [w for w in left if _counts(w, settings)], stated)
    facts = (Fact("findings_unrated", unrated), Fact("findings_ignored", ignored))
    # Images without a report hold the check back; the one on reports says which.
    missing = len(images) - len(reported)
    blocker = image_reports.SPEC.id
    return concluded(SPEC, Inspection(len(reported), found, missing, blocker, seen.evidence, facts))


def _counts(weakness: Weakness, settings: Settings) -> bool:
    if weakness.severity not in settings.scan_severities:
        return False
    if weakness.kind != "vulnerability":
        return True
    return settings.scan_unfixed or bool(weakness.fixed)


def _weaknesses(image: Deployed, seen: Seen) -> list[Weakness]:
    return list(dict.fromkeys(w for r in deciding(image, seen) for w in r.weaknesses))


def _ignored(image: Deployed, seen: Seen) -> list[Weakness]:
    return list(dict.fromkeys(w for r in deciding(image, seen) for w in r.ignored))


def _of_image(image: Deployed, weaknesses: Sequence[Weakness]) -> Iterator[Finding]:
    for weakness in weaknesses[:MOST_FOR_ONE]:
        open_one = weakness.kind == "vulnerability" and not weakness.fixed
        code = "vulnerability-unfixed" if open_one else weakness.kind
        yield _finding(
            image,
            code,
            None,
            id=weakness.id,
            severity=weakness.severity,
            subject=weakness.subject or "-",
            fixed=weakness.fixed,
        )
    more = weaknesses[MOST_FOR_ONE:]
    if more:
        yield _finding(image, "more", None, count=len(more), ids=counted(w.id for w in more))


def _unstated(image: Deployed, ignored: Sequence[Weakness], stated: set[str]) -> Iterator[Finding]:
    unknown = [w.id for w in ignored if w.id not in stated]
    if unknown:
        ids = counted(unknown)
        yield _finding(image, "ignored-elsewhere", Status.WARN, count=len(unknown), ids=ids)


def _finding(image: Deployed, code: str, status: Status | None, **params: str | int) -> Finding:
    return Finding(
        image.text[:200],
        Reason(code, dict(params)),
        image.location,
        status,
        None,
        "",
        image.json_path,
    )


CHECK = Check(SPEC, (Pipeline, ImageReports, TrivyRuns), judge)
