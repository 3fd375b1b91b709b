"""Releases as the observer of procedures would return them, written down in tests."""

from __future__ import annotations

from datetime import date
from textwrap import dedent, indent

from golive.api import CheckResult, Observation
from golive.sources.documents import Reading, read_documents
from golive.sources.tree import FileKind
from golive.sources.yaml_limits import Limits
from golive_gates.recovery.files import GATE
from golive_gates.recovery.procedures.parts import Procedures, Text
from golive_gates.recovery.settings import Settings
from tests.gates.saying import evidence, said

CHECKS = {c.spec.name: c for c in GATE.checks}
DAY = date(2026, 3, 1)
VOLUMES = """
- {name: data, persistentVolumeClaim: {claimName: data}}
- {name: backups, persistentVolumeClaim: {claimName: backups}}
- {name: tmp, emptyDir: {}}
"""
DATABASE = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop}
spec:
  template:
    metadata: {labels: {app: shop}}
    spec:
      containers: [{name: shop, image: shop}]
      volumes:
        - {name: data, persistentVolumeClaim: {claimName: data}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: chroma}
spec:
  template:
    metadata: {labels: {app: chroma}}
    spec:
      containers: [{name: chroma, image: chroma}]
  volumeClaimTemplates:
    - metadata: {name: store}
---
"""


def cron_job(
    schedule: str = "0 */6 * * *",
    *,
    name: str = "backup-sqlite",
    script: str = "backup.py",
    args: str = "[/data/shop.db, /backups]",
    spec: str = "concurrencyPolicy: Forbid",
    job: str = "activeDeadlineSeconds: 600",
    volumes: str = VOLUMES,
) -> str:
    """A CronJob whose pod sees three volumes."""
    return (
        dedent(
            """
            apiVersion: batch/v1
            kind: CronJob
            metadata: {name: NAME}
            spec:
              schedule: SCHEDULE
            """
        )
        .replace("NAME", name)
        .replace("SCHEDULE", f'"{schedule}"')
        + indent(dedent(spec), "  ")
        + "\n  jobTemplate:\n    spec:\n"
        + indent(dedent(job), "      ")
        + dedent(
            f"""
                  template:
                    spec:
                      restartPolicy: Never
                      containers:
                        - name: backup
                          image: backup
                          command: [python, {script}]
                          args: {args}
                          volumeMounts:
                            - {{name: data, mountPath: /data}}
                            - {{name: backups, mountPath: /backups}}
                            - {{name: tmp, mountPath: /tmp}}
            """
        ).replace("\n", "\n      ")
        + "\n          volumes:\n"
        + indent(volumes.strip(), "            ")
        + "\n---\n"
    )


def part(
    manifests: str = "",
    *,
    units: dict[str, str] | None = None,
    document: str | None = None,
    names: tuple[str, ...] = (),
) -> Procedures:
    """What the observer returns of these files."""
    reading = Reading("k8s/all.yaml", FileKind.KUBERNETES)
    found = read_documents(manifests, reading, Limits()) if manifests else None
    return Procedures(
        DAY,
        () if found is None else tuple(found.objects),
        tuple(Text(path, dedent(text)) for path, text in (units or {}).items()),
        None if document is None else Text("docs/restore.md", dedent(document)),
        root="",
        names=frozenset(("docs/restore.md", *names)),
        problems=() if found is None else tuple(found.problems),
        evidence=(evidence("procedures.json"),),
    )


def judged(name: str, seen: Procedures, settings: Settings | None = None) -> CheckResult:
    """The result of check *name*; every sentence of it can be said."""
    observation = Observation({"Procedures": seen})
    return said(CHECKS[name].evaluate(observation, settings or Settings()))
