"""Settings of gate ``manifests`` (``gates.manifests`` in ``golive.yaml``)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from golive.sources.kubernetes.schema_files import shipped_versions
from golive_gates.manifests.live.settings import LiveSettings

_VERSION = re.compile(r"1\.\d{1,2}")


@dataclass(frozen=True, slots=True)
class Settings:
    """What the manifests are held against.

    ``kubernetes``: versions of the clusters that they are applied to, as ``1.34``.
    ``live``: of the checks that look at the cluster itself.
    """

    kubernetes: tuple[str, ...] = ("1.34",)
    live: LiveSettings = field(default_factory=LiveSettings)

    def __post_init__(self) -> None:
        if not self.kubernetes:
            raise ValueError("kubernetes must name at least one version")
        for version in self.kubernetes:
            if not _VERSION.fullmatch(version):
                msg = f"kubernetes: {version!r} is no version such as 1.34"
                raise ValueError(msg)
        shipped = shipped_versions()
        # Without any, the checks that need them say so themselves.
        unknown = [v for v in self.kubernetes if shipped and v not in shipped]
        if unknown:
            span = f"{shipped[0]} to {shipped[-1]}"
            msg = f"kubernetes: no definitions of {', '.join(unknown)} are there; known: {span}"
            raise ValueError(msg)
