"""Simulated reports of an image scanner about the images that the release deploys.

The images of the release exist nowhere, so no scanner can look at them. What stands in its place
has Trivy's form and says in its version that it is simulated.
"""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from pathlib import Path

FOLDER = "image-reports"
TOOL = "0.0.0 (simulated by the demo)"
VULNERABLE = {
    "VulnerabilityID": "CVE-0000-00000",
    "PkgName": "libexample",
    "InstalledVersion": "1.0",
    "FixedVersion": "1.1",
    "Severity": "CRITICAL",
    "Title": "made up by the demo",
}
_IMAGE = re.compile(r"^\s*(?:-\s+)?image:\s+(\S+@sha256:[0-9a-f]{64})\s*$", re.MULTILINE)


def images_of(release: Path) -> tuple[str, ...]:
    """Every image with a digest in the manifests of *release*, once."""
    texts = (file.read_text(encoding="utf-8") for file in sorted((release / "k8s").glob("*.yaml")))
    return tuple(dict.fromkeys(image for text in texts for image in _IMAGE.findall(text)))


def write_reports(
    release: Path, folder: Path, now: datetime, *, age_days: float = 0.0, vulnerable: bool = False
) -> None:
    """A clean report for each image into *folder*, made *age_days* before *now*.

    *vulnerable*: that of the first image lists a critical weakness.
    """
    folder.mkdir()
    made = (now - timedelta(days=age_days)).isoformat(timespec="seconds")
    for number, image in enumerate(images_of(release)):
        report = _report(image, made, [VULNERABLE] if vulnerable and number == 0 else [])
        name = re.sub(r"[^\w.-]+", "-", image.partition("@")[0].rpartition("/")[2])
        text = json.dumps(report, ensure_ascii=False, indent=1)
        (folder / f"{number}-{name}.json").write_text(text, encoding="utf-8")


def _report(image: str, made: str, found: list[dict[str, str]]) -> dict[str, object]:
    tagged, _, digest = image.partition("@")
    head, slash, last = tagged.rpartition("/")
    result = {"Target": image, "Class": "os-pkgs", "Type": "debian"}
    return {
        "SchemaVersion": 2,
        "Trivy": {"Version": TOOL},
        "CreatedAt": made,
        "ArtifactName": image,
        "ArtifactType": "container_image",
        "Metadata": {"RepoDigests": [f"{head}{slash}{last.partition(':')[0]}@{digest}"]},
        "Results": [{**result, "Vulnerabilities": found} if found else result],
    }
