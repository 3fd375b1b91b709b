"""``manifests.image-tags``: every image names the version it is.

What: the image of each container and image volume is a well-formed reference with a tag other
than ``latest``, or a digest. Why: an image without one changes under a running release, and a
roll-back brings the same image again. Remedy: name the released version, best together with its
digest.
"""

from __future__ import annotations

from golive.api import Check, CheckResult, CheckSpec, EvidenceLevel, Finding, Observation, Status
from golive.sources.kubernetes.images import Image, images
from golive_gates.manifests.looking import finding, graph_of, judged
from golive_gates.manifests.parts import Manifests
from golive_gates.manifests.settings import Settings

SPEC = CheckSpec("manifests.image-tags", needs=EvidenceLevel.STATIC)
MOVING = frozenset(
    {"main", "master", "develop", "dev", "edge", "nightly", "stable", "canary", "head", "snapshot"}
)
"""Tags that by custom follow a branch; a registry may yet keep one still, so they only warn."""


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """No image may be left to whatever the registry has newest."""
    del settings
    found: list[Finding] = []
    looked = 0
    for pod, image in images(graph_of(observation)):
        looked += 1
        code = _problem(image)
        if code:
            status = Status.WARN if code == "moving" else None
            found.append(
                finding(
                    pod.owner,
                    image.path,
                    code,
                    container=image.container,
                    status=status,
                    image=image.text[:200],
                    tag=image.tag,
                )
            )
    return judged(SPEC, observation, looked, found)


def _problem(image: Image) -> str:
    if not image.well_formed:
        return "not-an-image"
    if not image.versioned:
        return "latest" if image.tag else "no-version"
    return "moving" if not image.digest and image.tag.lower() in MOVING else ""


CHECK = Check(SPEC, (Manifests,), judge)
