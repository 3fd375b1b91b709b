"""Gate 6, ``recovery``: backups that restore, and a provider that can die."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from golive_gates.recovery.wiring import GATE

__all__ = ["GATE"]


def __getattr__(name: str) -> object:
    """The gate, when it is asked for: ``golive lint`` takes ``files.GATE`` and never the rest."""
    if name == "GATE":
        from golive_gates.recovery import wiring

        return wiring.GATE
    msg = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(msg)
