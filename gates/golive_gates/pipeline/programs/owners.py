"""Rules of zizmor and actionlint whose cause another check of this gate reports."""

from __future__ import annotations

from collections.abc import Mapping

ZIZMOR: Mapping[str, str] = {
    "unpinned-uses": "pipeline.action-pins",
    "excessive-permissions": "pipeline.token-permissions",
    "undocumented-permissions": "pipeline.token-permissions",
    "dangerous-triggers": "pipeline.triggers",
    "unpinned-images": "pipeline.base-images",
}
"""By zizmor's name of the audit. Such findings are left out, and counted as a fact."""

ACTIONLINT: Mapping[str, str] = {
    "syntax-check": "pipeline.schema",
    "events": "pipeline.schema",
    "job-needs": "pipeline.references",
    "workflow-call": "pipeline.references",
    "action": "pipeline.references",
    "permissions": "pipeline.schema",
    "expression-of-strangers": "pipeline.zizmor",
}
"""By actionlint's kind. What is left is about expressions, shells, runners and matrices."""
