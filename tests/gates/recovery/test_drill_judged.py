"""RTO and the soundness of a drill, as they are judged and projected."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from golive_gates.recovery.drills.projecting import project
from golive_gates.recovery.drills.records import PHASES, Control, Phase
from golive_gates.recovery.sqlite import drilling
from tests.gates.recovery import stores
from tests.gates.recovery.cases_backups import CASES, DRILL
from tests.gates.recovery.stores import judged
from tests.gates.saying import codes


def test_the_projection_draws_a_line_through_sizes_that_are_apart() -> None:
    phases = (Phase("locate", 1.0), Phase("fetch", 10.0, scales=True))
    alone = project(1_000, phases, 100)
    assert (alone.seconds, alone.sizes) == (101.0, 1)
    two = project(1_000, phases, 100, [(50, 6.0)])
    # 2 s whatever the size and 0.08 s a byte, beside the second that is no data's.
    assert two.seconds == pytest.approx(1.0 + 2.0 + 80.0)
    assert (two.sizes, project(1_000, phases, 100, [(90, 9.0)]).sizes) == (2, 1)


def test_what_is_projected_far_from_little_data_refutes_nothing() -> None:
    observation, asked = CASES["recovery.rto"].passing
    slow = tuple(Phase(name, 1.0, scales=name == "verify") for name in PHASES)
    drill = replace(DRILL, phases=slow, projection=project(4_000 * 8_192, slow, 8_192))
    parts = {**observation.parts, "SqliteDrills": stores.SqliteDrills((drill,))}
    result = judged("rto", stores.Observation(parts), asked)
    assert (result.status.value, codes(result)) == ("inconclusive", ["rto-too-far"])


def test_a_control_that_is_missing_makes_the_drill_undecided() -> None:
    observation, asked = CASES["recovery.drill-sound"].passing
    drill = replace(
        DRILL, controls=(*DRILL.controls[1:], Control("torn", problem="control-not-made"))
    )
    parts = {**observation.parts, "SqliteDrills": stores.SqliteDrills((drill,))}
    result = judged("drill-sound", stores.Observation(parts), asked)
    assert (result.status.value, set(codes(result))) == (
        *("inconclusive", {"control-not-made", "control-untried"}),
    )


def test_a_part_is_timed_where_there_is_more_to_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stores.history(tmp_path, rows=8_000)
    monkeypatch.setattr(drilling, "SECOND_FROM", 1)
    asked = stores.store(production_bytes=5 << 30)
    projection = stores.drill(stores.seen(tmp_path, asked)).projection
    assert projection is not None
    assert (projection.size, projection.sizes) == (5 << 30, 2)
    same = stores.drill(stores.seen(tmp_path)).projection
    assert same is not None
    assert (same.size, same.sizes) == (same.measured, 1)
