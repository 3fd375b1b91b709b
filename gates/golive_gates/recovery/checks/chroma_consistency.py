"""``recovery.chroma-consistency``: the snapshot and the SQLite backup beside it fit together.

What: the ids that the snapshot's records name are looked up in the declared column of the SQLite
backup of the same window, and the other way round. Why: after a restoration of both, a search that
finds what the database does not know leads nowhere. Remedy: take both backups in one run, the
snapshot first, so that all that it names is in the database.
"""

from __future__ import annotations

from golive.api import (
    Check,
    CheckResult,
    CheckSpec,
    Fact,
    Finding,
    Location,
    Observation,
    Reason,
    Status,
    Unavailable,
)
from golive.model import Scalar
from golive_gates.recovery.chroma.looking import before_it
from golive_gates.recovery.chroma.records import ChromaDrill, ChromaDrills, Pairing
from golive_gates.recovery.looking import (
    RESTORES_CHECK,
    Blocked,
    blocked,
    finding,
    judged,
    measured,
    none_of,
    undeclared,
)
from golive_gates.recovery.settings import ChromaStore, Settings
from golive_gates.recovery.sqlite.records import SqliteDrills

SPEC = CheckSpec("recovery.chroma-consistency")
CLOCK = "recovery.backup-clock"
UNREAD = frozenset({"pair-unrestored", "pair-unread"})
"""Problems of a pair that are its database's."""


def judge(observation: Observation, settings: Settings) -> CheckResult:
    """Each pair; a store that belongs to no database has none."""
    if (none := undeclared(SPEC, observation, settings, ChromaDrills)) is not None:
        return none
    seen = observation.require(ChromaDrills)
    found: list[Finding] = []
    held: list[Blocked] = []
    facts: list[Fact] = []
    pairs: list[Pairing] = []
    stores = {s.name: s for s in settings.chroma}
    for drill in seen.drills:
        store = stores.get(drill.store)
        if store is None or not store.sqlite:
            if settings.sqlite:
                found.append(finding(drill.store, "pair-unnamed", status=Status.INCONCLUSIVE))
            continue
        before = before_it(drill, "consistency")
        if before is not None:
            held.append(before)
        elif drill.pairing is None:
            found.append(finding(drill.store, "pair-undrilled", status=Status.INCONCLUSIVE))
        else:
            wrong = _found(drill, drill.pairing, store)
            if wrong and max(drill.at, drill.pairing.at) > drill.now + settings.clock_tolerance:
                # Which backup is beside which is told by times, and one of them is impossible.
                held.append(Blocked(drill.store, CLOCK))
                continue
            # Ids can be read from a torn file too, and prove nothing then.
            unsure = drill.pairing.problem in UNREAD or drill.pairing.orphans
            if unsure and _unrestored(observation, drill.pairing, settings):
                held.append(Blocked(drill.store, RESTORES_CHECK))
                continue
            pairs.append(drill.pairing)
            found += wrong
            facts += _facts(drill.pairing, store)
    subjects = len(pairs) + len(held)
    result = judged(SPEC, subjects, found, seen.evidence, held=held, facts=tuple(facts))
    if not pairs:
        return result
    orphans = sum(p.orphans for p in pairs)
    ids = sum(p.chroma for p in pairs)
    measurement = none_of("orphans", orphans, max(ids, 1))
    params: dict[str, Scalar] = {"ids": ids, "stores": ", ".join(p.store for p in pairs)}
    return measured(SPEC, result, Reason("pair-fits", params), measurement)


def _unrestored(observation: Observation, pair: Pairing, settings: Settings) -> bool:
    """Whether the drill of the database failed with the very backup of the pair."""
    seen = observation.find(SqliteDrills)
    same = () if isinstance(seen, Unavailable) else seen.drills
    return any(
        (d.store, d.backup) == (pair.store, pair.backup)
        and blocked(d, "schema", settings.rpo) == Blocked(d.store, RESTORES_CHECK)
        for d in same
    )


def _found(drill: ChromaDrill, pair: Pairing, store: ChromaStore) -> list[Finding]:
    place: dict[str, Scalar] = {"table": "-", "column": "-", "metadata": "id"}
    if store.ids is not None:
        place = {
            "table": store.ids.table,
            "column": store.ids.column,
            "metadata": store.ids.metadata or "id",
        }
    params: dict[str, Scalar] = {
        **place,
        "store": pair.store,
        "backup": pair.backup or "-",
        "apart": pair.apart,
        "ids": pair.chroma,
        "rows": pair.sqlite,
        "orphans": pair.orphans,
        "unindexed": pair.unindexed,
        "example": pair.example or "-",
        "detail": pair.detail or "-",
    }

    def told(code: str, status: Status | None = None) -> Finding:
        return Finding(drill.store, Reason(code, params), Location(drill.backup), status)

    if pair.problem:
        return [told(pair.problem, None if pair.problem == "pair-apart" else Status.INCONCLUSIVE)]
    if not pair.chroma or not pair.sqlite:
        return [told("pair-nothing", Status.INCONCLUSIVE)]
    if pair.orphans:
        # With a later snapshot, some of them may have been written in between.
        late = not pair.later and pair.orphans < pair.chroma
        return [told("orphans-late" if late else "orphans", Status.INCONCLUSIVE if late else None)]
    return []


def _facts(pair: Pairing, store: ChromaStore) -> list[Fact]:
    if pair.problem or store.ids is None:
        return []
    compared = f"{store.ids.metadata or 'id'} ~ {store.ids.table}.{store.ids.column}"
    return [
        Fact("pair_compared", f"{pair.backup}: {compared}"),
        Fact("pair_apart", pair.apart, "s"),
        Fact("pair_chroma_ids", pair.chroma),
        Fact("pair_sqlite_ids", pair.sqlite),
        Fact("pair_unindexed", pair.unindexed),
    ]


CHECK = Check(SPEC, (ChromaDrills, SqliteDrills), judge)
