"""Gate 4, ``observability``: alerts that can fire, do fire, and reach a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from golive_gates.observability.wiring import GATE

__all__ = ["GATE"]


def __getattr__(name: str) -> object:
    """The gate, when it is asked for: ``golive lint`` takes ``files.GATE`` and never the rest."""
    if name == "GATE":
        from golive_gates.observability import wiring

        return wiring.GATE
    msg = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(msg)
