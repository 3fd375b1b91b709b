"""Words in the release's files that speak for what people attest. Pure."""

from __future__ import annotations

import re

from golive.api import Fact, Observation, Unavailable
from golive_gates.recovery.procedures.judging import backup_jobs
from golive_gates.recovery.procedures.parts import Procedures
from golive_gates.recovery.settings import Settings

ENCRYPTED = re.compile(
    r"(?i)(?<![a-z])(?:age|gpg|openssl enc|kms|restic|borg|kopia|duplicity|sse|encrypt\w*)(?![a-z])"
)
REMOTE = re.compile(
    r"(?i)(?<![a-z])(?:s3|gs|gcs|rclone|restic|rsync|scp|sftp|azcopy|gsutil|aws|b2|replica\w*)(?![a-z])"
)


def seen(
    name: str, words: re.Pattern[str], observation: Observation, settings: Settings
) -> tuple[Fact, ...]:
    """The fact *name*: which of *words* the backup jobs and their volumes hold, ``-`` for none."""
    part = observation.find(Procedures)
    if isinstance(part, Unavailable):
        return (Fact(name, "-"),)
    found: list[str] = []
    for job in backup_jobs(part, settings):
        found += (f"{job.subject}: {m[0]}" for w in job.words if (m := words.search(w)))
        claims = () if job.owner is None else _claims(job.owner.get(*_VOLUMES))
        for claim in part.objects:
            if claim.kind == "PersistentVolumeClaim" and claim.name in claims:
                kind = str(claim.get("spec", "storageClassName", default=""))
                found += (f"{claim.ref}: {kind[:80]}",) if words.search(kind) else ()
    return (Fact(name, ", ".join(dict.fromkeys(found))[:400] or "-"),)


_VOLUMES = ("spec", "jobTemplate", "spec", "template", "spec", "volumes")


def _claims(volumes: object) -> frozenset[str]:
    found = set()
    for volume in volumes if isinstance(volumes, list | tuple) else ():
        claim = volume.get("persistentVolumeClaim") if isinstance(volume, dict) else None
        name = claim.get("claimName") if isinstance(claim, dict) else None
        if isinstance(name, str):
            found.add(name)
    return frozenset(found)
