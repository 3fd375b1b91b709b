"""The backups that the generator would have by now, and the data that it goes on with.

Nobody can wait a week for a demonstration. So a history is made at the start, by the very scripts
that the CronJobs of the release run, while the projects and scripts of that week come into being;
the services then start on the databases as the history left them.
"""

from __future__ import annotations

import secrets
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from golive_demo.broken_backups import damage
from golive_demo.broken_recovery import Defect
from golive_demo.processes import StartError

DAYS = 7
_MODULE = "golive_demo.release.backup.make_backups"
_TIMEOUT_S = 120.0


@dataclass(frozen=True, slots=True)
class Places:
    """Where the generator's data is, and where its backups are."""

    workdir: Path

    @property
    def database(self) -> Path:
        """The database of projects."""
        return self.workdir / "projects.sqlite3"

    @property
    def key(self) -> Path:
        """What one variant of project-service does not start without."""
        return self.database.with_suffix(".key")

    @property
    def index(self) -> Path:
        """Folder of the script index."""
        return self.workdir / "scripts"

    @property
    def backups(self) -> Path:
        """Backups of both, in a folder each."""
        return self.workdir / "backups"


def make_history(places: Places, defect: Defect, env: Mapping[str, str]) -> None:
    """Make the history, with the variant's defect in it. Raises StartError."""
    # A process of its own: Chroma takes a second to import and keeps threads.
    command = [
        *(sys.executable, "-m", _MODULE, str(places.backups)),
        *("--days", str(defect.backup_days or DAYS)),
        *("--newest-age", str(defect.backup_age_minutes)),
        *("--live-database", str(places.database)),
        *("--live-index", str(places.index)),
    ]
    try:
        done = subprocess.run(  # noqa: S603 - our own command line
            command,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            timeout=_TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        msg = f"the history of backups was not made within {_TIMEOUT_S:g} s"
        raise StartError(msg) from None
    if done.returncode != 0:
        msg = f"the history of backups could not be made: exit code {done.returncode}"
        raise StartError(msg, done.stderr)
    damage(defect.backup_damage, places.backups, places.database)
    if defect.needs_key:
        places.key.write_text(secrets.token_hex(16), encoding="ascii")
