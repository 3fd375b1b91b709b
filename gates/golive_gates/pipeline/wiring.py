"""The whole of gate ``pipeline``: its files, what programs say of them, and what was scanned."""

from __future__ import annotations

from dataclasses import replace

from golive_gates.pipeline import files

GATE = replace(
    files.GATE,
    observers=(*files.GATE.observers,),
    checks=(*files.GATE.checks,),
)
