"""Settings about the forge itself: where it is asked, and who vouches for it otherwise."""

from __future__ import annotations

import re
from dataclasses import dataclass

from golive.config.markers import Count, Name, SecretRef, Url
from golive.config.release import Attestation

_REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+")


@dataclass(frozen=True, slots=True)
class GitHub:
    """The repository at GitHub, which is asked only where this is given; nothing is written.

    ``repository``: ``owner/name``. ``token``: one that may read it and its administration
    (``env:GITHUB_TOKEN``). ``branch``: the one that production is released from. ``api``: of a
    GitHub Enterprise Server ``https://host/api/v3``. ``reviews``: approvals that a change needs
    at least.
    """

    repository: Name
    token: SecretRef
    branch: Name = "main"
    api: Url = "https://api.github.com"
    reviews: Count = 1

    def __post_init__(self) -> None:
        """Raises ``ValueError`` for what is no ``owner/name``."""
        if not _REPOSITORY.fullmatch(self.repository) or ".." in self.repository:
            msg = f"repository: {self.repository!r} is no owner/name"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True)
class Attested:
    """What a person says of the forge where golive cannot ask it, or is not shown it."""

    branch_protection: Attestation | None = None
    environment_reviewers: Attestation | None = None
