"""``recovery.rto``: from the declared failure to the first read within the RTO.

What: the drill's phases are timed (locate, fetch, unpack, restore, verify, first read), and from
them the time for the production size is projected: the growing phases in proportion to the bytes,
the others as they are; the start of a declared service and its first answer count as they were,
and declared time for steps that no drill sees is added. Why: a restoration
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
from golive_gates.recovery.checks import restored_service
from golive_gates.recovery.chroma.records import ChromaDrills
from golive_gates.recovery.drills.projecting import total
from golive_gates.recovery.drills.records import Phase, Projection
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
from golive_gates.recovery.service.records import ServiceDrill
from golive_gates.recovery.settings import Settings
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
    service = _service(observation, settings)
    if isinstance(service, Blocked):
        held.append(service)
        service = ()
    beside = total(service) + settings.rto_overhead
    here = sum(total(d.phases) for d, _ in timed) + beside
    there = sum(max(p.seconds, total(d.phases)) for d, p in timed) + beside
    if timed and max(here, there) > settings.rto:
        code = "rto-measured" if here > settings.rto else "rto-projected"
        far = any(p.sizes < 2 and p.size > FAR * p.measured for _, p in timed)
        open_ = code == "rto-projected" and far
        found.append(
            finding(
                ", ".join(d.store for d, _ in timed),
                "rto-too-far" if open_ else code,
                status=Status.INCONCLUSIVE if open_ else None,
                seconds=here if code == "rto-measured" else there,
                limit=settings.rto,
                size=sum(p.size for _, p in timed),
                measured=sum(p.measured for _, p in timed),
            )
        )
    facts = _facts(timed, service, settings)
    result = judged(SPEC, len(drills), found, evidence, held=held, facts=facts)
    if not timed:
        return result
    value = max(here, there)
    measurement = Measurement("rto_seconds", value, "s", Comparator.LE, settings.rto, n=len(timed))
    params: dict[str, Scalar] = {
        "here": here,
        "there": there,
        "size": sum(p.size for _, p in timed),
        "measured": sum(p.measured for _, p in timed),
        "limit": settings.rto,
    }
    code = "rto-kept-service" if service else "rto-kept"
    return measured(SPEC, result, Reason(code, params), measurement)


def _service(observation: Observation, settings: Settings) -> tuple[Phase, ...] | Blocked:
    """Phases of the restored service; none where none is declared."""
    if settings.service is None:
        return ()
    result = restored_service.CHECK.evaluate(observation, settings)
    part = observation.find(ServiceDrill)
    if result.status in (Status.PASS, Status.WARN) and isinstance(part, ServiceDrill):
        return part.phases
    stores = ", ".join(settings.service.stores)
    return Blocked(stores, result.blocked_by or restored_service.SPEC.id)


def _facts(
    timed: list[tuple[Restoration, Projection]], service: tuple[Phase, ...], settings: Settings
) -> tuple[Fact, ...]:
    """Phases over all stores, and what the projection stands on."""
    if not timed:
        return ()
    phases: dict[str, float] = {}
    for own in (*(d.phases for d, _ in timed), service):
        for phase in own:
            name = f"phase_{phase.name.replace('-', '_')}"
            phases[name] = phases.get(name, 0.0) + phase.seconds
    return (
        *(Fact(name, seconds, "s") for name, seconds in phases.items()),
        Fact("rto_overhead", settings.rto_overhead, "s"),
        Fact("rto_restored_bytes", sum(p.measured for _, p in timed), "B"),
        Fact("rto_production_bytes", sum(p.size for _, p in timed), "B"),
        Fact("rto_projected", sum(p.seconds for _, p in timed) + total(service), "s"),
        Fact("rto_sizes", min(p.sizes for _, p in timed)),
    )


CHECK = Check(SPEC, (SqliteDrills, ChromaDrills, ServiceDrill), judge)
