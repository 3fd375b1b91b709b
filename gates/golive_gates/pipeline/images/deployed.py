"""The images that the manifests deploy, and the report that each of them has."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from golive.api import EvidenceRef, Location, Observation, Unavailable
from golive.sources.kubernetes.graph import Graph
from golive.sources.kubernetes.images import images
from golive.sources.kubernetes.objects import KubernetesObject, json_path
from golive_gates.pipeline.images.parts import ImageReports, Report, TrivyRuns, Unread

SKEW = timedelta(minutes=5)
"""How far clocks of two machines may differ."""


@dataclass(frozen=True, slots=True)
class Seen:
    """All reports there are, brought along and made here."""

    reports: tuple[Report, ...]
    unread: tuple[Unread, ...]
    now: datetime
    evidence: tuple[EvidenceRef, ...]


def seen_of(observation: Observation) -> Seen:
    """What both observers saw. Raises ``PartMissing`` when neither saw anything."""
    found = [
        part
        for part in (observation.find(ImageReports), observation.find(TrivyRuns))
        if not isinstance(part, Unavailable)
    ]
    if not found:
        observation.require(ImageReports)
    return Seen(
        tuple(r for part in found for r in part.reports),
        tuple(u for part in found for u in part.unread),
        max(part.now for part in found),
        tuple(e for part in found for e in part.evidence),
    )


@dataclass(frozen=True, slots=True)
class Deployed:
    """One image, with the first place that deploys it. ``digest``: empty where it has none."""

    text: str
    digest: str
    location: Location
    json_path: str = ""

    @property
    def repository(self) -> str:
        """Its name without tag and digest."""
        return repository_of(self.text)


def repository_of(reference: str) -> str:
    """The name of an image without tag and digest."""
    name = reference.partition("@")[0]
    head, slash, last = name.rpartition("/")
    return f"{head}{slash}{last.partition(':')[0]}"


def deployed(objects: Iterable[KubernetesObject]) -> tuple[Deployed, ...]:
    """Every image once, in the order of the files."""
    found: dict[str, Deployed] = {}
    for pod, image in images(Graph(objects)):
        digest = image.digest if image.digest_well_formed else ""
        found.setdefault(
            digest or image.text,
            Deployed(image.text, digest, pod.owner.at(image.path), json_path(image.path)),
        )
    return tuple(found.values())


def reports_about(image: Deployed, seen: Seen) -> list[Report]:
    """Those of exactly that digest, the newest first; one without a time comes last."""
    if not image.digest:
        return []
    mine = [r for r in seen.reports if r.is_image and image.digest in r.digests]
    return sorted(mine, key=lambda r: r.made.timestamp() if r.made else 0.0, reverse=True)


def deciding(image: Deployed, seen: Seen) -> list[Report]:
    """The newest of each scanner, those from the future and those without a time last of all."""
    mine = reports_about(image, seen)
    past = [r for r in mine if r.made is not None and r.made <= seen.now + SKEW]
    return list({r.tool: r for r in reversed(past or mine)}.values())
