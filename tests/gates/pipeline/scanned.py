"""Reports as Trivy and Grype document them, and what the manifests deploy.

Neither scanner can be had here: these follow Trivy's types.Report and sarif.go, and Grype's
presenter models.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from golive_gates.pipeline.images.parts import ImageReports, Unread
from golive_gates.pipeline.images.reading import read
from tests.gates.saying import evidence

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
DIGEST = "sha256:" + "a" * 64
OTHER = "sha256:" + "b" * 64
NAME = "ghcr.io/example/shop"


def said(moment: datetime) -> str:
    """As Go writes it, with nanoseconds."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S") + ".123456789Z"


def vulnerability(name: str = "CVE-2025-1", severity: str = "HIGH", fixed: str = "1.1") -> Any:
    found = {
        "VulnerabilityID": name,
        "PkgName": "openssl",
        "InstalledVersion": "1.0",
        "Severity": severity,
        "Status": "fixed" if fixed else "affected",
    }
    return {**found, "FixedVersion": fixed} if fixed else found


def trivy(
    *vulnerabilities: Any, digest: str = DIGEST, age: timedelta = timedelta(days=1), **more: Any
) -> dict[str, Any]:
    """A report with an operating system's packages; *more* replaces keys of it."""
    result: dict[str, Any] = {"Target": f"{NAME} (debian 12)", "Class": "os-pkgs", "Type": "debian"}
    if vulnerabilities:
        result["Vulnerabilities"] = list(vulnerabilities)
    return {
        "SchemaVersion": 2,
        "Trivy": {"Version": "0.68.1"},
        "CreatedAt": said(NOW - age),
        "ArtifactName": f"{NAME}:1.0",
        "ArtifactType": "container_image",
        "Metadata": {
            "OS": {"Family": "debian", "Name": "12"},
            "ImageID": "sha256:" + "c" * 64,
            "RepoTags": [f"{NAME}:1.0"],
            "RepoDigests": [f"{NAME}@{digest}"],
        },
        "Results": [result],
        **more,
    }


def match(name: str = "CVE-2025-1", severity: str = "High", state: str = "fixed") -> Any:
    return {
        "vulnerability": {
            "id": name,
            "severity": severity,
            "fix": {"versions": ["1.1"] if state == "fixed" else [], "state": state},
        },
        "artifact": {"name": "openssl", "version": "1.0", "type": "deb"},
    }


def grype(
    *matches: Any, digest: str = DIGEST, age: timedelta = timedelta(days=1), **more: Any
) -> dict[str, Any]:
    return {
        "matches": list(matches),
        "source": {
            "type": "image",
            "target": {
                "userInput": f"{NAME}:1.0",
                "manifestDigest": "sha256:" + "d" * 64,
                "repoDigests": [f"{NAME}@{digest}"],
            },
        },
        "distro": {"name": "debian", "version": "12"},
        "descriptor": {
            "name": "grype",
            "version": "0.104.0",
            "configuration": {"only-fixed": False},
            "timestamp": said(NOW - age),
        },
        **more,
    }


def sarif(tool: str = "Trivy", *, age: timedelta | None = None, digest: str = DIGEST) -> Any:
    """A log with one finding; *age*: of an invocation, which the scanners themselves leave out."""
    run: dict[str, Any] = {
        "tool": {
            "driver": {
                "name": tool,
                "version": "0.68.1",
                "rules": [
                    {
                        "id": "CVE-2025-1",
                        "properties": {
                            "security-severity": "7.5",
                            "tags": ["vulnerability", "security", "HIGH"],
                        },
                    }
                ],
            }
        },
        "results": [
            {
                "ruleId": "CVE-2025-1",
                "level": "error",
                "message": {
                    "text": "Package: openssl\nInstalled Version: 1.0\n"
                    "Vulnerability CVE-2025-1\nSeverity: HIGH\nFixed Version: 1.1\nLink: x"
                },
            }
        ],
    }
    if tool == "Trivy":
        run["properties"] = {"imageName": f"{NAME}:1.0", "repoDigests": [f"{NAME}@{digest}"]}
    if age is not None:
        run["invocations"] = [{"executionSuccessful": True, "endTimeUtc": said(NOW - age)}]
    return {"version": "2.1.0", "runs": [run]}


def reports(*documents: Any, unread: tuple[Unread, ...] = ()) -> ImageReports:
    """What the observer makes of *documents*, read at ``NOW``."""
    found = tuple(
        r for n, d in enumerate(documents) for r in read(json.dumps(d), f"reports/{n}.json")
    )
    return ImageReports(found, NOW, unread, (evidence("image-reports.json"),))


def manifest(*images: str) -> str:
    """A Deployment of *images*."""
    containers = "".join(f"        - {{name: c{n}, image: '{i}'}}\n" for n, i in enumerate(images))
    return (
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: shop}\nspec:\n"
        "  selector: {matchLabels: {app: shop}}\n  template:\n"
        f"    metadata: {{labels: {{app: shop}}}}\n    spec:\n      containers:\n{containers}"
    )
