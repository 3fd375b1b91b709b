"""Read a run record from a file, strictly."""

from __future__ import annotations

import hashlib
import json
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
    return tuple(
        path
        for path, sha256 in cited.items()
        if (file := folder / path).is_file()
        and hashlib.sha256(file.read_bytes()).hexdigest() != sha256
    )


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
