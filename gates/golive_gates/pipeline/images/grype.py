"""Grype's JSON (``-o json``).

Source: Grype's presenter models: ``matches``, ``ignoredMatches`` with ``appliedIgnoreRules``,
``source.target`` (``userInput``, ``manifestDigest``, ``repoDigests``), ``distro``, and
``descriptor`` with the configuration of the run and its ``timestamp``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from golive_gates.pipeline.images.parts import Report, Weakness
from golive_gates.pipeline.images.values import (
    digests,
    mapping,
    mappings,
    moment,
    severity,
    text,
    texts,
)


def report(data: Mapping[str, Any], path: str) -> Report:
    """What *data* says. Anything that is not of its type is as if it were not there."""
    source = mapping(data.get("source"))
    target = mapping(source.get("target"))
    descriptor = mapping(data.get("descriptor"))
    settings = mapping(descriptor.get("configuration"))
    name = text(target.get("userInput")) or text(source.get("target"))
    matches = mappings(data.get("matches"))
    ignored = mappings(data.get("ignoredMatches"))
    distro = text(mapping(data.get("distro")).get("name"))
    return Report(
        path,
        "grype",
        text(descriptor.get("version")),
        name,
        source.get("type") == "image",
        digests(
            target.get("repoDigests"),
            target.get("manifestDigest"),
            name if "@" in name else None,
        ),
        moment(descriptor.get("timestamp")),
        # Packages are not listed: that some were seen shows in a match, or in a known distribution.
        bool(distro or matches or ignored),
        tuple(_weakness(m) for m in matches),
        tuple(_weakness(m) for m in ignored),
        ("unfixed",) if settings.get("only-fixed") is True else (),
    )


def _weakness(match: Mapping[str, Any]) -> Weakness:
    found = mapping(match.get("vulnerability"))
    fix = mapping(found.get("fix"))
    package = mapping(match.get("artifact"))
    versions = texts(fix.get("versions"))
    return Weakness(
        text(found.get("id")) or "?",
        severity(found.get("severity")),
        f"{text(package.get('name'))} {text(package.get('version'))}".strip(),
        ", ".join(versions[:3]) if fix.get("state") == "fixed" or versions else "",
    )
