"""Images that a job and its services run in, for every combination of its matrix."""

from __future__ import annotations

import re
from collections.abc import Iterator

from golive_gates.pipeline.model.records import Job, Place

_MATRIX = re.compile(r"\$\{\{\s*matrix\.([\w.-]+)\s*\}\}")


def job_images(job: Job) -> Iterator[tuple[Place, str, str]]:
    """Where it is written, the image, and what of it is unknown (empty for a known one)."""
    for place, said in job.images:
        if "${{" not in said and "$" not in said:
            yield place, said, ""
            continue
        for image in _filled(said, job):
            left = image.find("$")
            yield place, image, image[left:] if left >= 0 else ""


def _filled(said: str, job: Job) -> list[str]:
    found = _MATRIX.search(said)
    if found is None:
        return [said]
    values = _values(job, tuple(found[1].split(".")))
    texts = [said.replace(found[0], v) for v in values if "${{" not in v]
    return [t for text in texts for t in _filled(text, job)][:256] if texts else [said]


def _values(job: Job, path: tuple[str, ...]) -> list[str]:
    """Scalars that the matrix gives the key *path*, those of ``include`` too."""
    if not isinstance(job.matrix, dict):
        return []
    name, *below = path
    listed = job.matrix.get(name)
    included = job.matrix.get("include")
    held: list[object] = [*listed] if isinstance(listed, list) else []
    if isinstance(included, list):
        held += [entry.get(name) for entry in included if isinstance(entry, dict)]
    values: list[str] = []
    for item in held:
        value: object = item
        for key in below:
            value = value.get(key) if isinstance(value, dict) else None
        if isinstance(value, str) and value:
            values.append(value)
    return list(dict.fromkeys(values))
