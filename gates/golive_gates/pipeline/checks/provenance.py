"""``pipeline.provenance``: what is published says what it is made of, or how.

What: a job that publishes images or packages states, in its own run, an SBOM, a provenance or a
signature: inputs of docker/build-push-action, attest-build-provenance, cosign, syft, SLSA's
generator, ``npm publish --provenance``. With none of the three it warns. One that attests and
whose token may not (``id-token: write`` and ``attestations: write``) fails: the step will. Why:
without them nobody can tell later which of the running images hold a bad package, or whether one
was built here at all. Only that they are declared is said: whether they are true is for who
verifies them. Remedy: ``sbom: true`` and ``provenance: mode=max``. Sources: SLSA v1.0, Build L1;
BuildKit, "Build attestations".
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
    Severity,
    Status,
)
from golive_gates.pipeline.looking import finding, judged, runs_of
from golive_gates.pipeline.model.records import Node, Run
from golive_gates.pipeline.parts import Pipeline, Repository
from golive_gates.pipeline.settings import Settings
from golive_gates.pipeline.supply.once import once
from golive_gates.pipeline.supply.publishing import (
    PROVENANCE,
    SBOM,
    SIGNATURE,
    Statement,
    called_generator,
    publishes,
    statements,
)
from golive_gates.pipeline.supply.tokens import of_job

SPEC = CheckSpec("pipeline.provenance", Severity.LOW, needs=EvidenceLevel.STATIC)
_ATTESTING = (
    "actions/attest",
    "actions/attest-build-provenance",
    "actions/attest-sbom",
)
_NEEDED = ("id-token", "attestations")


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Every publishing job's run states something of what it publishes."""
    del settings
    found: list[Finding] = []
    published: set[str] = set()
    declared: dict[str, set[str]] = {SBOM: set(), PROVENANCE: set(), SIGNATURE: set()}
    for repository in observation.require(Pipeline).repositories:
        for run in runs_of(repository):
            said = list(_said(run, repository))
            for node in run.nodes.values():
                found += _refused(node)
                step = next((s for s in node.steps if publishes(s, repository)), None)
                if step is None:
                    continue
                who = f"{node.workflow.path}:{node.job.id}"
                published.add(who)
                for kind in {s.kind for s in said}:
                    declared[kind].add(who)
                if not said and not any(called_generator(n) for n in run.nodes.values()):
                    with_what = publishes(step, repository)
                    found.append(
                        finding(step.place, who, "neither", status=Status.WARN, tool=with_what)
                    )
    facts = [
        Fact(f"published_with_{kind}", len(jobs)) for kind, jobs in declared.items() if published
    ]
    return judged(SPEC, observation, len(published), once(found), facts)


def _said(run: Run, repository: Repository) -> Iterator[Statement]:
    for node in run.nodes.values():
        for step in node.steps:
            yield from statements(step, repository)


def _refused(node: Node) -> Iterator[Finding]:
    has = of_job(node.job, node.workflow)
    if has is None or node.job.uses:
        return
    lacking = [f"{scope}: write" for scope in _NEEDED if has.level(scope) != "write"]
    for step in node.steps if lacking else ():
        if step.uses.partition("@")[0].lower() in _ATTESTING:
            yield finding(
                step.place,
                f"{node.workflow.path}:{node.job.id}",
                "may-not-attest",
                scopes=", ".join(lacking),
            )


CHECK = Check(SPEC, (Pipeline,), judge)
