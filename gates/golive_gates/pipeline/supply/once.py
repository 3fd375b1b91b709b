"""Findings that several runs lead to, once."""

from __future__ import annotations

from collections.abc import Iterable

from golive.api import Finding


def once(findings: Iterable[Finding]) -> list[Finding]:
    """*findings* without those that say the same of the same place."""
    return list(
        {
            (f.subject, f.reason.code, str(f.reason.params), f.location, f.json_path): f
            for f in findings
        }.values()
    )
