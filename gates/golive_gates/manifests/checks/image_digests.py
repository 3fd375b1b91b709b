"""``manifests.image-digests``: images are named by what they are, not only by a tag.

What: the image of each container and image volume carries a digest besides its tag; a digest is
as long as its algorithm makes it. Why: a tag can be pushed again, and then nodes of one release
run different images; a broken digest can never be pulled. Remedy: append ``@sha256:`` and the
digest that the registry shows for the tag. A tag alone only warns.
"""

from __future__ import annotations

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
from golive.sources.kubernetes.images import images
from golive_gates.manifests.looking import finding, graph_of, judged
from golive_gates.manifests.parts import Manifests
from golive_gates.manifests.settings import Settings

SPEC = CheckSpec("manifests.image-digests", severity=Severity.LOW, needs=EvidenceLevel.STATIC)


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Images without a version are left to ``manifests.image-tags``."""
    del settings
    found: list[Finding] = []
    looked = 0
    for pod, image in images(graph_of(observation)):
        if not (image.well_formed and image.versioned):
            continue
        looked += 1
        if image.digest and image.digest_well_formed:
            continue
        found.append(
            finding(
                pod.owner,
                image.path,
                "not-a-digest" if image.digest else "no-digest",
                container=image.container,
                status=None if image.digest else Status.WARN,
                image=image.text[:200],
            )
        )
    return judged(SPEC, observation, looked, found)


CHECK = Check(SPEC, (Manifests,), judge)
