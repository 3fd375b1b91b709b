"""``pipeline.base-images``: what is built on, and what pipelines run in, are known images.

What: each FROM and each ``COPY --from`` of a Dockerfile, each ``container`` and ``services`` image
of a workflow has a digest; stages and ``scratch`` are exempt, arguments are filled in with their
defaults. An image with a version and no digest only warns; none or ``latest`` fails. Why: a tag
can be pushed again, so the same commit builds on something else tomorrow. Remedy: put ``@sha256:``
and the digest behind the tag; Dependabot and Renovate keep both up to date. Sources: OpenSSF
Scorecard, Pinned-Dependencies; zizmor, unpinned-images, which weighs the two alike.
"""

from __future__ import annotations

from collections.abc import Iterator

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    EvidenceLevel,
    Finding,
    Observation,
    Severity,
    Status,
)
from golive.sources.kubernetes.images import image_of
from golive_gates.pipeline.looking import about_file, finding, judged, workflows_of
from golive_gates.pipeline.parts import Pipeline, Repository
from golive_gates.pipeline.settings import Settings
from golive_gates.pipeline.supply.bases import bases_of
from golive_gates.pipeline.supply.dockerfiles import dockerfiles_of
from golive_gates.pipeline.supply.job_images import job_images

SPEC = CheckSpec("pipeline.base-images", Severity.MEDIUM, needs=EvidenceLevel.STATIC)
_WEIGHT = {"no-digest": Status.WARN, "unknown-image": Status.INCONCLUSIVE}


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Every image that something is built on or run in has a digest."""
    del settings
    looked: list[Finding | None] = []
    for repository in observation.require(Pipeline).repositories:
        looked += _in_dockerfiles(repository)
        looked += _in_jobs(repository)
    return judged(SPEC, observation, len(looked), [f for f in looked if f is not None])


def wrong(text: str) -> str:
    """The code of what is wrong with the image *text*, empty for one with a digest."""
    image = image_of(text)
    if image.digest:
        return "" if image.digest_well_formed else "not-a-digest"
    return "no-digest" if image.versioned else "no-version"


def _in_dockerfiles(repository: Repository) -> Iterator[Finding | None]:
    for file in dockerfiles_of(repository):
        for base in bases_of(file):
            code = "unknown-image" if base.unknown else wrong(base.image)
            yield (
                about_file(
                    repository,
                    file.path,
                    code,
                    line=base.line,
                    status=_WEIGHT.get(code),
                    image=base.image[:200],
                    variable=", ".join(base.unknown)[:80],
                )
                if code
                else None
            )


def _in_jobs(repository: Repository) -> Iterator[Finding | None]:
    seen = set()
    for workflow in workflows_of(repository):
        for job in workflow.jobs.values():
            for place, image, unknown in job_images(job):
                key = (place.at(), image)
                if key in seen:  # Jobs of GitLab share the image of `default`.
                    continue
                seen.add(key)
                code = "unknown-image" if unknown else wrong(image)
                yield (
                    finding(
                        place,
                        f"{workflow.path}:{job.id}",
                        code,
                        status=_WEIGHT.get(code),
                        image=image[:200],
                        variable=unknown[:80],
                    )
                    if code
                    else None
                )


CHECK = Check(SPEC, (Pipeline,), judge)
