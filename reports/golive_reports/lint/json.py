"""The lint record itself, as JSON (``golive schema lint``): one line a check, finding and file."""

from __future__ import annotations

from golive.codec import encode
from golive.lint_record import LintRecord
from golive.lint_rendering import LintOptions, LintRenderer
from golive_reports.lint.writing import json_text


def render(record: LintRecord, options: LintOptions) -> str:
    """The record, in every language it has."""
    del options
    return json_text(encode(record), depth=2)


RENDERER = LintRenderer("json", ".json", "application/json", render)
