"""``pipeline.action-pins``: actions of others are named by the commit that was reviewed.

What: ``uses`` of a remote action or reusable workflow ends in a full commit of 40 digits, and
``docker://`` in a digest; what lies in the repository itself is exempt. Why: a tag or branch can be
moved by whoever holds the action, and then runs with the secrets of this pipeline: so were the
tags of tj-actions/changed-files in March 2025 (CVE-2025-30066) and those of trivy-action a year
later. Remedy: put the commit behind ``@`` and the version in a comment; Dependabot and Renovate
keep both up to date. Source: "Security hardening for GitHub Actions", Using third-party actions.
"""

from __future__ import annotations

from golive.api import Check, CheckResult, CheckSpec, EvidenceLevel, Finding, Observation
from golive.sources.kubernetes.images import image_of
from golive_gates.pipeline.looking import finding, judged
from golive_gates.pipeline.parts import Pipeline
from golive_gates.pipeline.settings import Settings
from golive_gates.pipeline.supply.uses import Use, uses_of

SPEC = CheckSpec("pipeline.action-pins", needs=EvidenceLevel.STATIC)


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Every use of something of others is pinned."""
    del settings
    part = observation.require(Pipeline)
    uses = [use for repository in part.repositories for use in uses_of(repository)]
    found = [_finding(use, code) for use in uses if (code := _wrong(use))]
    return judged(SPEC, observation, len(uses), found)


def _wrong(use: Use) -> str:
    if use.image:
        image = image_of(use.image)
        return "" if image.digest and image.digest_well_formed else "docker-tag"
    if not use.name:
        return ""  # What GitHub cannot read at all is told by `pipeline.schema` or `references`.
    if not use.ref:
        return "no-ref"
    if use.pinned:
        return ""
    return "short-commit" if use.abbreviated else "moving"


def _finding(use: Use, code: str) -> Finding:
    what = (use.image or use.name)[:200]
    return finding(use.place, what, code, name=what, ref=use.ref[:80])


CHECK = Check(SPEC, (Pipeline,), judge)
