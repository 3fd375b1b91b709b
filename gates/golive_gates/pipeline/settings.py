"""Settings of gate ``pipeline`` (``gates.pipeline`` in ``golive.yaml``)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """What the pipeline is held against.

    ``root``: the repository's folder, relative to golive.yaml; by default the one above
    ``.github`` or beside ``.gitlab-ci.yml``. ``python_versions``: versions that the tests have to
    run on.
    """

    root: str = ""
    python_versions: tuple[str, ...] = ("3.9", "3.11")
