"""``pipeline.scan-options``: what a scanner finds makes it fail.

What: reads the options of every scan that a deployment waits for. Why: Trivy, Grype and TruffleHog
end with success whatever they find unless they are told otherwise; a SARIF file that is uploaded
stops nothing; severities, skipped folders and another image than the deployed one leave out what
matters. Remedy: give the option that the finding names.

A scan that cannot fail is no finding beside another of the same thing that can.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    EvidenceLevel,
    Finding,
    Observation,
    Status,
)
from golive_gates.pipeline.looking import finding
from golive_gates.pipeline.parts import Pipeline, Repository
from golive_gates.pipeline.scans.gating import Gate, scans_before
from golive_gates.pipeline.scans.judging import at_command, causes_of, concluded_on, images_in
from golive_gates.pipeline.scans.model import SEVERITIES, Scan
from golive_gates.pipeline.scans.targets import deployed, targets_of, unscanned
from golive_gates.pipeline.settings import Settings

SPEC = CheckSpec("pipeline.scan-options", needs=EvidenceLevel.STATIC)
_EVERYTHING = frozenset(("*", "**", "**/*", "/**", "/*", ".", "./", "/", "./**", "./**/*", ".*"))


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """No option of a scan that is waited for keeps it from stopping the deployment."""
    part = observation.require(Pipeline)
    findings: list[Finding] = []
    gates: list[Gate] = []
    subjects = 0
    for repository in part.repositories:
        scans, missing = scans_before(repository, settings.deploy_jobs)
        gates += [g for g in missing if g.kind != "image-scan" or images_in(part, repository)]
        subjects += len(scans)
        for scan in scans:
            findings += (at_command(f, scan, repository) for f in _of(scan, scans))
        findings += _images(part, repository, scans)
    blocked = causes_of(gates)
    return concluded_on(SPEC, observation, subjects + len(gates), findings, blocked=blocked)


def _of(scan: Scan, scans: Sequence[Scan]) -> Iterator[Finding]:
    options = scan.options
    if not options.stops:
        if not any(_stands_for(other, scan) for other in scans):
            status = Status.INCONCLUSIVE if options.stops is None else None
            yield _finding(scan, options.why, options.given, status)
        return
    if any(s in _EVERYTHING for s in options.skips):
        yield _finding(scan, "skips-everything", ", ".join(options.skips)[:100])
    if options.severities is not None and not _covered(scan, scans):
        named = ", ".join(s for s in reversed(SEVERITIES) if s in options.severities)
        if "CRITICAL" not in options.severities:
            yield _finding(scan, "critical-left-out", named)
        elif "HIGH" not in options.severities:
            yield _finding(scan, "high-left-out", named, Status.WARN)
    if options.dropped is not None and len(options.dropped) < len(SEVERITIES):
        named = ", ".join(s for s in reversed(SEVERITIES) if s in options.dropped)
        yield _finding(scan, "sarif-severities", named, Status.WARN)


def _finding(scan: Scan, code: str, given: str, status: Status | None = None) -> Finding:
    return finding(scan.place, scan.subject, code, status=status, tool=scan.tool, given=given)


def _stands_for(other: Scan, scan: Scan) -> bool:
    """Whether *other* fails on what *scan* only reports."""
    if not other.options.stops or other.kind != scan.kind:
        return False
    if scan.kind == "secret-scan":
        return other.options.scope in (scan.options.scope, "history")
    return other.options.target == scan.options.target


def _covered(scan: Scan, scans: Sequence[Scan]) -> bool:
    """Whether others of the same target fail on CRITICAL and on HIGH."""
    named: set[str] = set()
    for other in scans:
        if _stands_for(other, scan):
            named |= (
                SEVERITIES_ALL if other.options.severities is None else other.options.severities
            )
    return {"CRITICAL", "HIGH"} <= named


SEVERITIES_ALL = frozenset(SEVERITIES)


def _images(part: Pipeline, repository: Repository, scans: Sequence[Scan]) -> Iterator[Finding]:
    """Deployed images that no scan looks at, where it is known what all of them look at."""
    looking = [s for s in scans if s.kind == "image-scan"]
    targets = [targets_of(s, repository) for s in looking]
    known = [t for found in targets for t in found or ()]
    if not looking or None in targets or not all(t.placed for t in known):
        return
    for image, same in unscanned(deployed(part.objects), known):
        yield finding(
            looking[0].place,
            image.text,
            "image-other" if same else "image-not-scanned",
            scanned=same.text if same else "",
        )


CHECK = Check(SPEC, (Pipeline,), judge)
