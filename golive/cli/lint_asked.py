"""What ``golive lint`` was asked, and the way from there to its exit code."""

from __future__ import annotations

import gc
from dataclasses import dataclass
from pathlib import Path

from golive.vocabulary import Severity


@dataclass(frozen=True, slots=True)
class Asked:
    """The options as they were given."""

    paths: tuple[Path, ...]
    outputs: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    severity: Severity = Severity.LOW
    strict: bool = False
    gates: tuple[str, ...] | None = None
    checks: tuple[str, ...] | None = None
    kubernetes: str | None = None
    stream_paths: tuple[str, ...] = ()
    overrides: tuple[str, ...] = ()
    jobs: int | None = None
    lang: str = "ko"


def carried_out(asked: Asked) -> int:
    """Read, judge, print; the exit code. Raises ``UsageError`` and ``ConfigError``.

    Imports are late, so that what only asks for help or errs in an option does without them, and
    so that files are being read meanwhile.
    """
    from golive.sources.forking import without_collection

    with without_collection():
        from golive.sources.reading import reading_paths

        with reading_paths(asked.paths, exclude=asked.exclude, jobs=asked.jobs) as tree:
            from golive.cli.lint_outputs import lint_outputs, show
            from golive.cli.lint_run import look_at

            outputs = lint_outputs(asked.outputs)
            record = look_at(asked, tree)
        show(record, outputs, asked.lang)
        # Or the first collection to come would go through all that was read, at the very end.
        gc.freeze()
        return record.exit_code


def ids(values: list[str] | None) -> tuple[str, ...] | None:
    """``--check a,b --check c`` as ids in order; ``None`` when the option was not given."""
    if not values:
        return None
    return tuple(dict.fromkeys(p.strip() for v in values for p in v.split(",") if p.strip()))
