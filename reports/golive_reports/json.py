"""The run record itself, as JSON."""

from __future__ import annotations

import json

from golive.record import Run, to_data
from golive.rendering import Renderer, RenderOptions


def render(run: Run, options: RenderOptions) -> str:
    """The record with its digest. A record that was altered keeps the digest it came with.

    Writing a fresh digest would make the alteration disappear in the copy.
    """
    data = to_data(run)
    if "record-altered" in options.complaints and run.content_sha256 != data["content_sha256"]:
        data["content_sha256"] = run.content_sha256
    return json.dumps(data, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


RENDERER = Renderer("json", ".json", "application/json", render)
