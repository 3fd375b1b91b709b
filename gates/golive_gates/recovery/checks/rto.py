"""``recovery.rto``: from the declared failure to the first read within the RTO.

What: the drill's phases are timed (locate, fetch, unpack, restore, verify, first read), and from
them the time for the production size is projected: the growing phases in proportion to the bytes,
the others as they are; declared time for steps that no drill sees is added. Why: a restoration
that nobody timed takes longer than anybody promised. Remedy: keep backups where they can be
fetched fast, unpacked where that pays, and smaller; or declare an RTO that can be kept.
"""

from __future__ import annotations

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    Comparator,
    Fact,
    Finding,
    Measurement,
    Observation,
    Reason,
    Status,
)
from golive.model import Scalar
from golive_gates.recovery.chroma.records import ChromaDrills
from golive_gates.recovery.drills.projecting import total
from golive_gates.recovery.drills.records import Projection
from golive_gates.recovery.looking import (
    RESTORES_CHECK,
    Blocked,
    Restoration,
    blocked,
    finding,
    judged,
    measured,
    restorations_of,
)
from golive_gates.recovery.settings import Settings
from golive_gates.recovery.spans import span
from golive_gates.recovery.sqlite.records import SqliteDrills

SPEC = CheckSpec("recovery.rto")
FAR = 100.0
"""With one size, a projection over this many times its bytes refutes nothing: most of the time
that it multiplies is not the data's."""


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """The longest of all stores, measured and projected; they are restored one after the other."""
    drills, evidence = restorations_of(observation)
    found: list[Finding] = []
    held: list[Blocked] = []
    timed: list[tuple[Restoration, Projection]] = []
    for drill in drills:
        before = blocked(drill, "schema", settings.rpo)
        if before is None and drill.projection is None:
            before = Blocked(drill.store, RESTORES_CHECK)
        if before is not None:
            held.append(before)
        elif drill.projection is not None:
            timed.append((drill, drill.projection))
    here = sum(total(d.phases) for d, _ in timed) + settings.rto_overhead
    there = sum(max(p.seconds, total(d.phases)) for d, p in timed) + settings.rto_overhead
    if timed and max(here, there) > settings.rto:
        code = "rto-measured" if here > settings.rto else "rto-projected"
        far = any(p.sizes < 2 and p.size > FAR * p.measured for _, p in timed)
        open_ = code == "rto-projected" and far
        found.append(
            finding(
                ", ".join(d.store for d, _ in timed),
                "rto-too-far" if open_ else code,
                status=Status.INCONCLUSIVE if open_ else None,
                seconds=span(here if code == "rto-measured" else there),
                rto=span(settings.rto),
                size=sum(p.size for _, p in timed),
                measured=sum(p.measured for _, p in timed),
            )
        )
    result = judged(SPEC, len(drills), found, evidence, held=held, facts=_facts(timed, settings))
    if not timed:
        return result
    value = max(here, there)
    measurement = Measurement("rto_seconds", value, "s", Comparator.LE, settings.rto, n=len(timed))
    params: dict[str, Scalar] = {
        "here": here,
        "there": there,
        "size": sum(p.size for _, p in timed),
        "measured": sum(p.measured for _, p in timed),
        "rto": span(settings.rto),
        "limit": settings.rto,
    }
    return measured(SPEC, result, Reason("rto-kept", params), measurement)


def _facts(timed: list[tuple[Restoration, Projection]], settings: Settings) -> tuple[Fact, ...]:
    """Phases over all stores, and what the projection stands on."""
    if not timed:
        return ()
    phases: dict[str, float] = {}
    for drill, _ in timed:
        for phase in drill.phases:
            name = f"phase_{phase.name.replace('-', '_')}"
            phases[name] = phases.get(name, 0.0) + phase.seconds
    return (
        *(Fact(name, seconds, "s") for name, seconds in phases.items()),
        Fact("rto_overhead", settings.rto_overhead, "s"),
        Fact("rto_restored_bytes", sum(p.measured for _, p in timed), "B"),
        Fact("rto_production_bytes", sum(p.size for _, p in timed), "B"),
        Fact("rto_projected", sum(p.seconds for _, p in timed), "s"),
        Fact("rto_sizes", min(p.sizes for _, p in timed)),
    )


CHECK = Check(SPEC, (SqliteDrills, ChromaDrills), judge)
