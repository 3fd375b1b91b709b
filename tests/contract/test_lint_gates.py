"""What ``golive lint`` loads is the file-based part of the gates, all of it."""

from __future__ import annotations

from golive.discovery import LINT_GATE_GROUP, discover_gates
from golive.linting import static_checks, static_observers

WHOLE = {
    name: gate
    for name, gate in discover_gates().loaded.items()
    if gate.package.startswith("golive_gates.") and static_checks(gate)
}
FOUND = discover_gates(LINT_GATE_GROUP)


def test_every_gate_with_file_based_checks_is_registered_for_lint() -> None:
    assert FOUND.broken == {}
    assert set(FOUND.loaded) == set(WHOLE)
    assert {"manifests", "streaming"} <= set(WHOLE)


def test_lint_gets_each_of_their_file_based_checks() -> None:
    for name, gate in WHOLE.items():
        part = FOUND.loaded[name]
        assert [c.spec for c in static_checks(part)] == [c.spec for c in static_checks(gate)], name
        seen = [o.part for o in static_observers(part)]
        assert seen == [o.part for o in static_observers(gate)], name
        assert (part.package, part.settings) == (gate.package, gate.settings), name
