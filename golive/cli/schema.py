"""``golive schema``: the published JSON Schemas."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer


class SchemaName(StrEnum):
    """What a schema describes."""

    CONFIG = "config"
    RUN = "run"
    LINT = "lint"


def schema(
    name: Annotated[
        SchemaName,
        typer.Argument(help="config: golive.yaml; run: the run record; lint: golive lint -o json."),
    ],
) -> int:
    """Print a JSON Schema (2020-12)."""
    import json

    from golive.cli.stdout import put
    from golive.config.schema import config_schema
    from golive.discovery import discover_gates
    from golive.record_schema import lint_schema, run_schema

    if name is SchemaName.CONFIG:
        data = config_schema(discover_gates().settings_types)
    else:
        data = run_schema() if name is SchemaName.RUN else lint_schema()
    put(json.dumps(data, indent=2, ensure_ascii=False) + "\n")
    return 0
