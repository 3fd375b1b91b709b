"""The JSON of a lint record fits its published schema, whatever a stranger wrote."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import jsonschema
import lint_factory as factory
import pytest

import golive
from golive.codec import decode
from golive.lint_record import LintRecord
from golive.lint_rendering import LintOptions
from golive.record_schema import LINT_SCHEMA_FILE, build_lint_schema, lint_schema
from golive_reports.lint.json import RENDERER


def data(record: LintRecord) -> object:
    return json.loads(RENDERER.render(record, LintOptions()).encode("utf-8"))


@pytest.mark.parametrize("make", factory.RECORDS)
def test_it_fits_the_schema(make: Callable[[], LintRecord]) -> None:
    found = list(jsonschema.Draft202012Validator(lint_schema()).iter_errors(data(make())))
    assert [e.message[:200] for e in found] == []


@pytest.mark.parametrize("make", [f for f in factory.RECORDS if f is not factory.hostile])
def test_it_reads_back_as_it_was(make: Callable[[], LintRecord]) -> None:
    assert decode(LintRecord, data(make())) == make()


def test_the_committed_schema_is_the_generated_one() -> None:
    if os.environ.get("GOLIVE_REGENERATE"):
        path = Path(golive.__file__).parent / "schemas" / LINT_SCHEMA_FILE
        text = json.dumps(build_lint_schema(), indent=2, ensure_ascii=False)
        path.write_text(text + "\n", encoding="utf-8")
        pytest.fail("the schema was written anew: read the difference, a changed field means v2")
    assert lint_schema() == build_lint_schema()


@pytest.mark.parametrize(
    ("field", "value"),
    [("schema", "golive-lint/2"), ("outcome", "fine"), ("findings", {}), ("day", "today")],
)
def test_the_schema_refuses_what_does_not_fit(field: str, value: object) -> None:
    found = data(factory.everything())
    assert isinstance(found, dict)
    found[field] = value
    assert list(jsonschema.Draft202012Validator(lint_schema()).iter_errors(found))
