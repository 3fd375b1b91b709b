"""Trivy's JSON (``--format json``).

Source: Trivy's "Reporting" and its types.Report: ``SchemaVersion`` 2 with ``ArtifactName``,
``ArtifactType``, ``CreatedAt``, ``Metadata.RepoDigests`` and ``Results``. It does not say which
severities were asked for: what ``--severity`` or ``--ignore-unfixed`` left out cannot be seen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from golive_gates.pipeline.images.parts import Kind, Report, Weakness
from golive_gates.pipeline.images.values import (
    digests,
    mapping,
    mappings,
    moment,
    severity,
    text,
)

IMAGE = "container_image"
_PACKAGES = ("os-pkgs", "lang-pkgs")
_KINDS: Mapping[str, Kind] = {
    "vulnerability": "vulnerability",
    "secret": "secret",
    "misconfiguration": "misconfiguration",
}


def report(data: Mapping[str, Any], path: str) -> Report:
    """What *data* says. Anything that is not of its type is as if it were not there."""
    about = mapping(data.get("Metadata"))
    results = mappings(data.get("Results"))
    name = text(data.get("ArtifactName"))
    known = data.get("SchemaVersion") == 2
    return Report(
        path,
        "trivy",
        text(mapping(data.get("Trivy")).get("Version")),
        name,
        known and data.get("ArtifactType") == IMAGE,
        digests(about.get("RepoDigests"), name if "@" in name else None),
        moment(data.get("CreatedAt")),
        any(r.get("Class") in _PACKAGES for r in results),
        tuple(w for r in results for w in _weaknesses(r)),
        tuple(w for r in results for w in _ignored(r)),
    )


def _weaknesses(result: Mapping[str, Any]) -> Iterator[Weakness]:
    for found in mappings(result.get("Vulnerabilities")):
        yield _vulnerability(found)
    for found in mappings(result.get("Secrets")):
        yield _secret(found, text(result.get("Target")))
    for found in mappings(result.get("Misconfigurations")):
        if found.get("Status", "FAIL") == "FAIL":
            yield _misconfiguration(found, text(result.get("Target")))


def _ignored(result: Mapping[str, Any]) -> Iterator[Weakness]:
    """What ``--show-suppressed`` lists."""
    for entry in mappings(result.get("ExperimentalModifiedFindings")):
        kind = _KINDS.get(text(entry.get("Type")))
        found = mapping(entry.get("Finding"))
        target = text(result.get("Target"))
        if kind == "vulnerability":
            yield _vulnerability(found)
        elif kind == "secret":
            yield _secret(found, target)
        elif kind == "misconfiguration":
            yield _misconfiguration(found, target)


def _vulnerability(found: Mapping[str, Any]) -> Weakness:
    package = f"{text(found.get('PkgName'))} {text(found.get('InstalledVersion'))}".strip()
    return Weakness(
        text(found.get("VulnerabilityID")) or "?",
        severity(found.get("Severity")),
        package,
        text(found.get("FixedVersion")),
    )


def _secret(found: Mapping[str, Any], target: str) -> Weakness:
    # ``Match`` and ``Code`` hold the line with the secret: neither is read.
    return Weakness(
        text(found.get("RuleID")) or "?", severity(found.get("Severity")), target, kind="secret"
    )


def _misconfiguration(found: Mapping[str, Any], target: str) -> Weakness:
    return Weakness(
        text(found.get("ID")) or "?",
        severity(found.get("Severity")),
        target,
        kind="misconfiguration",
    )
