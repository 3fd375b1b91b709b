"""A folder of many Kubernetes objects: one whole release, repeated under other names.

The release is the demo's: Deployments and Services, an autoscaler, disruption budgets, network
policies, ConfigMaps with an nginx.conf, a Gateway with routes, certificates, backup jobs and
service monitors. Every fourth one carries some mistakes, so that every linter has something to
say and to find the place of. The same number gives the same bytes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

RELEASE = Path(__file__).resolve().parents[2] / "examples" / "golive_demo" / "release"
PATTERNS = ("k8s/*.yaml", "prometheus/servicemonitor.yaml")
_KIND = re.compile(r"^kind: ", re.MULTILINE)
NAMES = {
    "ai-script-generator": "shop-{0:04d}",
    "scripts.example.com": "shop-{0:04d}.example.com",
    "scripts-example-com": "shop-{0:04d}-example-com",
    "name: envoy": "name: envoy-{0:04d}",
    "gatewayClassName: envoy": "gatewayClassName: envoy-{0:04d}",
}
"""Names that one release in a folder must not share with the next."""

MISTAKES = {
    "runAsNonRoot: true": "runAsNonRoot: false",
    "readOnlyRootFilesystem: true": "readOnlyRootFilesystem: false",
    "terminationGracePeriodSeconds: 360": "terminationGracePeriodSeconds: 20",
    'averageValue: "40"': 'averageValue: "4"',
}
BROKEN_EVERY = 4


@dataclass(frozen=True, slots=True)
class Folder:
    """What was written, in objects, files and bytes."""

    path: Path
    objects: int
    files: int
    size: int


def texts() -> dict[str, str]:
    """The release's manifests by file name. Raises ``ValueError`` when there are none."""
    found = {
        file.name: file.read_text(encoding="utf-8")
        for pattern in PATTERNS
        for file in sorted(RELEASE.glob(pattern))
    }
    if not found:
        message = f"no manifests in {RELEASE}"
        raise ValueError(message)
    return found


def objects_in(text: str) -> int:
    """Objects in a manifest, one for each document."""
    return len(_KIND.findall(text))


def written(path: Path, objects: int) -> Folder:
    """Write whole releases with about *objects* objects, at least one, below *path*."""
    release = texts()
    each = sum(objects_in(text) for text in release.values())
    count = max(round(objects / each), 1)
    size = 0
    for number in range(count):
        folder = path / f"shop-{number:04d}"
        folder.mkdir(parents=True)
        for name, text in release.items():
            content = renamed(text, number).encode()
            (folder / name).write_bytes(content)
            size += len(content)
    return Folder(path, each * count, len(release) * count, size)


def renamed(text: str, number: int) -> str:
    """*text* under the names of release *number*, with its mistakes if it is to have some."""
    for old, new in NAMES.items():
        text = text.replace(old, new.format(number))
    if number % BROKEN_EVERY == BROKEN_EVERY - 1:
        for right, wrong in MISTAKES.items():
            text = text.replace(right, wrong)
    return text
