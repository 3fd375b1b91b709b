"""Settings of gate ``pipeline`` (``gates.pipeline`` in ``golive.yaml``)."""

from __future__ import annotations

from dataclasses import dataclass, field

from golive.config.markers import Duration
from golive_gates.pipeline.forge.settings import Attested, GitHub
from golive_gates.pipeline.images.parts import SEVERITIES


@dataclass(frozen=True, slots=True)
class Settings:
    """What the pipeline is held against.

    ``root``: the repository's folder, relative to golive.yaml; by default the one above
    ``.github`` or beside ``.gitlab-ci.yml``. ``python_versions``: versions that the tests have to
    run on. ``deploy_jobs``: jobs that change production, each ``workflow.yml:job``; by default
    those that are known by their environment and their commands. ``github``: the repository at
    GitHub, asked only where it is given. ``attested``: what a named person says of it.
    ``scan_results``: reports of Trivy or Grype about the deployed images, globs relative to
    golive.yaml. ``scan_max_age``: how old one may be. ``scan_severities``: which of their findings
    stop a release. ``scan_unfixed``: whether those count that no version mends yet.
    ``run_trivy``: have trivy, where it is installed, look at the deployed images that this machine
    has; nothing is downloaded.
    """

    root: str = ""
    python_versions: tuple[str, ...] = ("3.9", "3.11")
    deploy_jobs: tuple[str, ...] = ()
    github: GitHub | None = None
    attested: Attested = field(default_factory=Attested)
    scan_results: tuple[str, ...] = ()
    scan_max_age: Duration = 7 * 86_400.0
    scan_severities: tuple[str, ...] = ("CRITICAL", "HIGH")
    scan_unfixed: bool = True
    run_trivy: bool = False

    def __post_init__(self) -> None:
        """Raises ``ValueError`` for a severity that no scanner gives."""
        unknown = sorted(set(self.scan_severities) - set(SEVERITIES))
        if unknown or not self.scan_severities:
            said = ", ".join(unknown) or "none"
            msg = f"scan_severities: {said}: not one or more of {', '.join(SEVERITIES)}"
            raise ValueError(msg)
