"""Image references of containers and image volumes, taken apart.

Source: the reference grammar of the OCI distribution specification (name, tag, digest).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from golive.sources.kubernetes.graph import Graph
from golive.sources.kubernetes.objects import KeyPath
from golive.sources.kubernetes.pods import Pod
from golive.sources.kubernetes.values import entries

_PART = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_HOST = r"(?:[A-Za-z0-9][A-Za-z0-9.-]*|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?"
_NAME = re.compile(rf"(?:{_HOST}/)?{_PART}(?:/{_PART})*")
_TAG = re.compile(r"\w[\w.-]{0,127}", re.ASCII)
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}")
INJECTED = "auto"
"""What an image is called that an admission webhook puts in."""


@dataclass(frozen=True, slots=True)
class Image:
    """One reference. ``tag`` and ``digest`` are empty where it has none.

    ``path``: where an object states it, empty for one from elsewhere.
    """

    text: str
    tag: str
    digest: str
    path: KeyPath = ()
    container: str = ""

    @property
    def well_formed(self) -> bool:
        """Whether name and tag are as registries take them; the digest is judged apart."""
        name = self.text.partition("@")[0]
        if self.tag or name.endswith(":"):
            name = name.rpartition(":")[0]
            if not _TAG.fullmatch(self.tag):
                return False
        return bool(_NAME.fullmatch(name))

    @property
    def digest_well_formed(self) -> bool:
        """Whether the digest can be one."""
        return bool(_DIGEST.fullmatch(self.digest))

    @property
    def versioned(self) -> bool:
        """Whether a tag or digest says which image this is, and not merely the newest."""
        return bool(self.digest) or self.tag not in ("", "latest")


def images(graph: Graph) -> Iterator[tuple[Pod, Image]]:
    """Every image that a pod of *graph* runs or mounts."""
    for pod in graph.pods:
        for container in pod.containers:
            image = container.data.get("image")
            if isinstance(image, str) and image != INJECTED:
                yield pod, image_of(image, (*container.path, "image"), container.name)
        for index, volume in entries(pod.spec.get("volumes")):
            source = volume.get("image")
            reference = source.get("reference") if isinstance(source, dict) else None
            if isinstance(reference, str):
                path = (*pod.path, "volumes", index, "image", "reference")
                yield pod, image_of(reference, path, "")


def image_of(text: str, path: KeyPath = (), container: str = "") -> Image:
    """The reference *text*, taken apart; never raises."""
    name, at, digest = text.partition("@")
    tag = name.rpartition("/")[2].partition(":")[2]
    return Image(text, tag, digest if digest or not at else "@", path, container)
