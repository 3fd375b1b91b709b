"""Restricted control on volume types."""

from __future__ import annotations

from collections.abc import Iterator

from golive_gates.manifests.pod_security.views import View, Violation, shown

ALLOWED = (
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "image",
    "persistentVolumeClaim",
    "projected",
    "secret",
)


def volume_types(seen: View) -> Iterator[Violation]:
    """Other storage is reached through a claim; ``hostPath`` is baseline's to report.

    A volume that names no type is an ``emptyDir``.
    """
    volumes = seen.pod.spec.get("volumes")
    for index, volume in enumerate(volumes if isinstance(volumes, list) else ()):
        if not isinstance(volume, dict):
            continue
        types = [k for k, v in volume.items() if k != "name" and v is not None]
        if not types or "hostPath" in types or any(kind in ALLOWED for kind in types):
            continue
        path = (*seen.pod.path, "volumes", index, types[0])
        yield Violation("volume-types", path, shown(types[0]))
