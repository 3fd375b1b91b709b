"""Mistakes in how the images of the release are scanned."""

from __future__ import annotations

from golive_demo.broken_release.mutation import Mutation

_REASONED = """\
# The parser is never given untrusted input; the next release of the base image has the fix.
CVE-2025-0001 exp:2020-01-31
"""
_EVERYTHING = """\
ignore:
  - package:
      type: deb
    reason: too noisy, until 2026-01-31
"""

MUTATIONS: tuple[Mutation, ...] = (
    Mutation("pipeline.image-ignores", add=((".trivyignore", "CVE-2025-0001\n"),)),
    Mutation("pipeline.image-ignores", add=((".trivyignore", _REASONED),)),
    Mutation("pipeline.image-ignores", add=((".grype.yaml", _EVERYTHING),)),
)
