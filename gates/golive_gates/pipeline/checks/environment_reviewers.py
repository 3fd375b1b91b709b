"""``pipeline.environment-reviewers``: a person releases what goes to production.

What: the environment of every deploy job exists at GitHub and names reviewers. Live through
GitHub's API, else as a named person says. Why: GitHub makes an environment that a job names and
nobody set up, without any protection; the secrets and the cluster are then anybody's who can
start the workflow. Remedy: name reviewers in the environment, or have somebody attest them.
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
    Severity,
    Status,
)
from golive.model import Scalar
from golive_gates.pipeline.deploys.found import deploys_of
from golive_gates.pipeline.deploys.model import Deploy
from golive_gates.pipeline.forge.judging import decided, gap_finding, vouched_or_open
from golive_gates.pipeline.forge.parts import Forge, Live
from golive_gates.pipeline.looking import READ_CHECK
from golive_gates.pipeline.model.expressions import filled
from golive_gates.pipeline.parts import Pipeline
from golive_gates.pipeline.settings import Settings

SPEC = CheckSpec(
    "pipeline.environment-reviewers", severity=Severity.MEDIUM, needs=EvidenceLevel.ATTESTED
)


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Each environment that a deploy job of the files names."""
    forge = observation.require(Forge)
    live = forge.live
    if live is None:
        return vouched_or_open(SPEC, forge)
    if (gap := live.gaps.get("repository")) is not None:
        return decided(SPEC, forge, live, 1, [gap_finding(live, gap)])
    pipeline = observation.require(Pipeline)
    deploys = [
        d
        for r in pipeline.repositories
        for d in deploys_of(r, settings.deploy_jobs)
        if not d.publishes_only and d.run.workflow.forge == "github"
    ]
    if not deploys:
        blocked = READ_CHECK if pipeline.problems else None
        return SPEC.inconclusive(
            Reason("nothing-deploys"), evidence=forge.evidence, blocked_by=blocked
        )
    findings = tuple(_findings(live, deploys))
    facts = (Fact("gh_environments", len(live.environments)),)
    return decided(SPEC, forge, live, len(deploys), findings, facts)


def _findings(live: Live, deploys: list[Deploy]) -> Iterator[Finding]:
    # GitHub takes no account of case in the names of environments.
    there = {e.name.lower(): e for e in live.environments}
    met: set[str] = set()
    for deploy in deploys:
        name = filled(deploy.node.job.environment, deploy.node.given).strip()
        if name.lower() in met:
            continue
        met.add(name.lower())
        found = there.get(name.lower())
        if not name:
            met.discard("")
            yield _finding(deploy, "no-environment", Status.WARN)
        elif "${{" in name:
            yield _finding(deploy, "environment-unknown", Status.INCONCLUSIVE, name=name)
        elif (gap := live.gaps.get("environments")) is not None:
            yield gap_finding(live, gap, deploy.subject)
        elif found is None:
            yield _finding(deploy, "environment-missing", name=name)
        elif not found.reviewers and found.wait:
            yield _finding(deploy, "only-waits", Status.WARN, name=name, minutes=found.wait)
        elif not found.reviewers:
            yield _finding(deploy, "no-reviewers", name=name)
        elif found.admins_pass:
            yield _finding(deploy, "admins-pass", Status.WARN, name=name)


def _finding(deploy: Deploy, code: str, status: Status | None = None, **params: Scalar) -> Finding:
    place = deploy.node.job.place
    return Finding(
        deploy.subject, Reason(code, params), place.at(), status, None, "", place.json_path
    )


CHECK = Check(SPEC, (Pipeline, Forge), judge)
