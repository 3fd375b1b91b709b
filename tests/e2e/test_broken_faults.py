"""Generators that take one kind of a provider's failure wrongly, and every other one rightly.

Each is asked under its fault and, in the same run, under another one that it has to survive.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.e2e.variants import Variant, demand_its_cause_and_nothing_else

FALLBACK, WHOLE = "recovery.provider-fallback", "recovery.provider-whole"
PROVIDERS = ("openai", "anthropic")
_OPTIONS = (
    *("--gate", "recovery", "--rate-limit", "6000/60s", "--set", "profile.gates=[recovery]"),
    *("--set", "gates.recovery.providers.breaker_requests=0"),
    *("--set", "gates.recovery.providers.both_down=[status-503]"),
    *("--set", "gates.recovery.providers.answer_within=15s"),
    *("--set", "gates.recovery.providers.recovery_within=8s"),
)
BEFORE_ANY_TEXT = {
    **{
        f"no-fallback-on-{label.removeprefix('status-')}": (label,)
        for label in (
            *("status-401", "status-429", "status-500", "status-503", "status-529"),
            *("stream-error", "truncate", "cut", "malformed", "refuse", "reset"),
        )
    },
    # Until somebody gives up, a provider that is slow and one that has stopped are the same.
    "no-fallback-on-silence": ("slow-first-token", "stall"),
}
"""The faults that each variant does not fall back on."""
IN_THE_MIDDLE = {
    "swallows-stream-error": "stream-error@3",
    "swallows-cut": "cut@3",
    "swallows-malformed": "malformed@3",
    "swallows-reset": "reset@3",
    "waits-out-silence": "stall@3",
}


def demand_the_faults(variant: Variant, labels: tuple[str, ...], tmp_path: Path) -> None:
    """Only the cause fails, and only because of *labels*, in both directions."""
    survived = "status-500" if "status-503" in labels else "status-503"
    tried = ", ".join((*labels, survived))
    options = (*_OPTIONS, "--set", f"gates.recovery.providers.faults=[{tried}]")
    demand_its_cause_and_nothing_else(variant, tmp_path, options, ("recovery",))
    file = next(tmp_path.glob("slo_validation_results_*.json"))
    gates = json.loads(file.read_text(encoding="utf-8"))["gates"]
    checks = (check for gate in gates for check in gate["checks"])
    findings = next(c["findings"] for c in checks if c["id"] == variant.cause)
    assert {f["subject"] for f in findings} == {f"{p}: {x}" for p in PROVIDERS for x in labels}


@pytest.mark.parametrize("name", BEFORE_ANY_TEXT)
def test_failure_before_any_text_is_told_instead_of_asked_elsewhere(
    name: str, tmp_path: Path
) -> None:
    variant = Variant(name, 1, FALLBACK, "not-fallen-back")
    demand_the_faults(variant, BEFORE_ANY_TEXT[name], tmp_path)


@pytest.mark.parametrize("name", IN_THE_MIDDLE)
def test_failure_in_the_middle_is_not_told(name: str, tmp_path: Path) -> None:
    demand_the_faults(Variant(name, 1, WHOLE, "not-whole"), (IN_THE_MIDDLE[name],), tmp_path)
