"""Backups that come too seldom, hang, lie beside their data, or that nobody could restore."""

from __future__ import annotations

from golive_demo.broken_release.mutation import Mutation

BACKUPS = "k8s/50-backups.yaml"
DOCUMENT = "docs/backup-recovery-procedures.md"

MUTATIONS: tuple[Mutation, ...] = (
    # Three times a day, where six hours may be lost.
    Mutation("recovery.backup-schedules", BACKUPS, '"0 */6 * * *"', '"0 */8 * * *"'),
    # Stopped for maintenance once, and never started again.
    Mutation(
        "recovery.backup-schedules",
        BACKUPS,
        "  timeZone: Etc/UTC\n",
        "  timeZone: Etc/UTC\n  suspend: true\n",
    ),
    # Once a year the night is an hour longer.
    Mutation("recovery.backup-schedules", BACKUPS, "Etc/UTC", "America/New_York"),
    # No snapshot at weekends.
    Mutation("recovery.backup-schedules", BACKUPS, '"30 23 * * *"', '"30 23 * * 1-5"'),
    # One that hangs keeps all later ones from starting.
    Mutation("recovery.backup-jobs", BACKUPS, "      activeDeadlineSeconds: 1800\n", ""),
    # Beside the database, on its volume.
    Mutation("recovery.backup-jobs", BACKUPS, "/backups/sqlite", "/data/backups"),
    # The controller looks every ten seconds.
    Mutation(
        "recovery.backup-jobs",
        BACKUPS,
        "startingDeadlineSeconds: 1800",
        "startingDeadlineSeconds: 5",
    ),
    Mutation("recovery.backup-jobs", BACKUPS, "backoffLimit: 2", "backoffLimit: 0", status="warn"),
    # The script has been renamed, the document has not.
    Mutation(
        "recovery.restore-document", DOCUMENT, "python backup/restore.py", "python backup/rescue.py"
    ),
    Mutation(
        "recovery.restore-document",
        DOCUMENT,
        "scale statefulset/chroma --replicas=0",
        "scale deployment/chroma --replicas=0",
    ),
    # What is there is no shell's.
    Mutation("recovery.restore-document", DOCUMENT, "```bash", "```yaml", count=0),
    Mutation("recovery.restore-document", remove=(DOCUMENT,), status="warn"),
)
