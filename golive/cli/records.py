"""Read a run record from a file, strictly."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from golive.errors import UsageError
from golive.record import RecordError, Run, from_data, is_unaltered
from golive.record_schema import validate_record

MAX_RECORD = 256 * 1024 * 1024


def altered_evidence(run: Run, folder: Path) -> tuple[str, ...]:
    """Cited evidence files in *folder* whose content is not what the record cites.

    A file that is not there says nothing: a record may travel alone.
    """
    cited = {ref.path: ref.sha256 for check in run.checks() for ref in check.evidence}
    return altered_files(cited, folder)


def altered_files(
    cited: Mapping[str, str], folder: Path, *, absent: bool = False
) -> tuple[str, ...]:
    """Paths of *cited* (path to SHA-256) with other content; *absent* counts missing files too."""
    return tuple(path for path, sha256 in cited.items() if _differs(folder / path, sha256, absent))


def _differs(file: Path, sha256: str, absent: bool) -> bool:
    if not file.is_file():
        return absent
    return hashlib.sha256(file.read_bytes()).hexdigest() != sha256


def read_record(path: Path) -> tuple[Run, bool]:
    """The run and whether it is unaltered. Raises ``UsageError``."""
    hint = "name the slo_validation_results_*.json that golive check wrote"
    try:
        if path.stat().st_size > MAX_RECORD:
            msg = f"{path} is larger than any run record"
            raise UsageError(msg, hint)
        data = json.loads(path.read_bytes())
    except OSError as error:
        msg = f"cannot read {path}: {error.strerror or error}"
        raise UsageError(msg, hint) from error
    except (ValueError, RecursionError) as error:
        msg = f"{path} is not JSON: {error}"
        raise UsageError(msg, hint) from error
    problems = validate_record(data)
    if problems:
        msg = f"{path} is not a run record: {problems[0]}"
        raise UsageError(msg, hint)
    try:
        return from_data(data), is_unaltered(data)
    except RecordError as error:
        msg = f"{path} is not a run record: {error}"
        raise UsageError(msg, hint) from error
