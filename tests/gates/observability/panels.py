"""Grafana dashboards of a few panels, for tests."""

from __future__ import annotations

import json
from typing import Any

PROMETHEUS = {"type": "prometheus", "uid": "main"}


def panel(*exprs: str, title: str = "P", kind: str = "timeseries", **fields: Any) -> dict[str, Any]:
    """A panel with a query for each of *exprs*."""
    targets = [{"refId": "A", "expr": expr} for expr in exprs]
    full = {"id": 1, "type": kind, "title": title, "datasource": PROMETHEUS, "targets": targets}
    return {**full, **fields}


def dashboard(*panels: dict[str, Any], **fields: Any) -> str:
    """The JSON of a dashboard, which is YAML too; ``variables`` are those of ``templating``."""
    variables = fields.pop("variables", [])
    document = {
        "title": "D",
        "schemaVersion": 39,
        "templating": {"list": variables},
        "panels": list(panels),
        **fields,
    }
    return json.dumps(document)


def variable(name: str, kind: str = "query") -> dict[str, str]:
    return {"name": name, "type": kind}
