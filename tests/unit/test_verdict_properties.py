"""What holds for every record: nothing gets better by getting worse."""

from __future__ import annotations

from dataclasses import replace

from core_records import TODAY, TOMORROW, YESTERDAY, check, config, evidence, gate, run, waiver
from hypothesis import given, settings
from hypothesis import strategies as st

from golive.config.model import Claim
from golive.model import EvidenceLevel, Status
from golive.record import CheckRecord, Decision, Execution, GateRecord, Run
from golive.verdict import GateLabel, decide, gate_label, sound_status

many = settings(max_examples=250)

RANK = [Decision.GO, Decision.CONDITIONAL, Decision.INCONCLUSIVE, Decision.NO_GO]
LADDER = [
    {Status.PASS},
    {Status.WARN},
    {Status.INCONCLUSIVE, Status.ERROR},
    {Status.FAIL},
]

waivers = st.none() | st.sampled_from([YESTERDAY, TODAY, TOMORROW]).map(waiver)
checks = st.builds(
    check,
    st.sampled_from([f"gate.c{i}" for i in range(6)]),
    # Mostly sound and good, or hardly any record would ever be approved.
    st.sampled_from([*[Status.PASS] * 4, *Status]),
    required=st.sampled_from([True, True, False]),
    level=st.sampled_from([*[EvidenceLevel.MEASURED] * 8, *EvidenceLevel]),
    refs=st.sampled_from([*[(evidence(),)] * 8, ()]),
    waiver=waivers,
    blocked_by=st.none() | st.sampled_from([f"gate.c{i}" for i in range(6)]),
)


@st.composite
def gates(draw: st.DrawFn) -> GateRecord:
    held = draw(st.lists(checks, max_size=4, unique_by=lambda c: c.id))
    extra = draw(st.sampled_from([(), (), (), ("gate.gone",)]))
    return gate(
        *held,
        gate_id=draw(st.sampled_from(["gate", "load"])),
        required=draw(st.sampled_from([True, True, False])),
        execution=draw(st.sampled_from([*[Execution.COMPLETED] * 12, *Execution])),
        expected=[*(c.id for c in held if c.required), *extra],
    )


items = st.lists(st.sampled_from([Claim("open"), Claim("by check", ("gate.c0",))]), max_size=2)
runs = st.builds(
    lambda held, claims, stopped: run(
        *held, configuration=config(items=tuple(claims)), interrupted=stopped
    ),
    st.lists(gates(), max_size=2),
    items,
    st.sampled_from([*[False] * 9, True]),
)


def rank(record: Run) -> int:
    return RANK.index(decide(record).decision)


def with_check(record: Run, place: int, changed: CheckRecord) -> Run:
    """*record* with its check number *place* replaced."""
    held = []
    for g in record.gates:
        own = list(g.checks)
        if 0 <= place < len(own):
            own[place] = changed
        place -= len(g.checks)
        held.append(replace(g, checks=tuple(own)))
    return replace(record, gates=tuple(held))


@st.composite
def worsened(draw: st.DrawFn) -> tuple[Run, Run]:
    """A record, and the same with one check a rung or more further down."""
    record = draw(runs.filter(lambda r: r.checks()))
    place = draw(st.integers(0, len(record.checks()) - 1))
    one = record.checks()[place]
    sound = sound_status(one)
    rung = next((i for i, rungs in enumerate(LADDER) if sound in rungs), 0)
    worse = draw(st.sampled_from([s for rungs in LADDER[rung:] for s in sorted(rungs)]))
    changed = replace(one, status=worse)
    if worse in (Status.PASS, Status.WARN):
        changed = replace(changed, evidence_level=EvidenceLevel.MEASURED, evidence=(evidence(),))
    if sound is Status.NOT_APPLICABLE:
        # Beside a warning it is neither better nor worse; a failure is worse than anything.
        changed = replace(one, status=Status.FAIL)
    if sound is Status.PASS and worse is Status.PASS:
        return record, record
    return record, with_check(record, place, changed)


@many
@given(worsened())
def test_a_worse_check_never_improves_the_decision(pair: tuple[Run, Run]) -> None:
    before, after = pair
    assert rank(after) >= rank(before)


@many
@given(runs, st.integers(0, 1))
def test_a_gate_cut_short_never_improves_the_decision(record: Run, place: int) -> None:
    if place >= len(record.gates):
        return
    held = list(record.gates)
    if held[place].execution is not Execution.COMPLETED:
        return
    held[place] = replace(held[place], execution=Execution.CRASHED)
    assert rank(replace(record, gates=tuple(held))) >= rank(record)


@given(runs)
def test_an_interrupt_never_improves_the_decision(record: Run) -> None:
    assert rank(replace(record, interrupted=True)) >= rank(record)


@given(runs)
def test_an_expired_waiver_is_never_better_than_none(record: Run) -> None:
    def strip(one: CheckRecord, until: object) -> CheckRecord:
        kept = waiver(until) if until else None  # type: ignore[arg-type]
        return replace(one, waiver=kept)

    def with_all(until: object) -> Run:
        held = tuple(
            replace(g, checks=tuple(strip(c, until) for c in g.checks)) for g in record.gates
        )
        return replace(record, gates=held)

    assert decide(with_all(YESTERDAY)).decision is decide(with_all(None)).decision


@many
@given(runs)
def test_go_means_that_every_required_claim_was_shown(record: Run) -> None:
    if decide(record).decision is not Decision.GO:
        return
    required = [g for g in record.gates if g.required]
    assert required
    assert not record.interrupted
    for g in required:
        binding = [c for c in g.checks if c.required]
        assert g.execution is Execution.COMPLETED
        assert any(sound_status(c) is Status.PASS for c in binding)
        assert all(sound_status(c) in (Status.PASS, Status.NOT_APPLICABLE) for c in binding)
        assert {c.id for c in binding} >= set(g.expected)
        assert gate_label(g, TODAY) is GateLabel.DONE


@many
@given(runs)
def test_approval_means_that_every_required_claim_was_shown_or_waived(record: Run) -> None:
    if decide(record).decision not in (Decision.GO, Decision.CONDITIONAL):
        return
    good = (Status.PASS, Status.WARN, Status.NOT_APPLICABLE)
    for g in record.gates:
        for c in g.checks:
            if g.required and c.required and sound_status(c) not in good:
                assert c.waiver is not None
                assert c.waiver.until >= TODAY
    assert any(
        sound_status(c) in (Status.PASS, Status.WARN)
        for g in record.gates
        for c in g.checks
        if g.required and c.required
    )


@given(runs)
def test_every_decision_but_go_has_grounds_and_go_has_none(record: Run) -> None:
    verdict = decide(record)
    assert bool(verdict.grounds) is (verdict.decision is not Decision.GO)


@given(runs, st.randoms(use_true_random=False))
def test_the_order_of_gates_decides_nothing(record: Run, random: object) -> None:
    held = list(record.gates)
    random.shuffle(held)  # type: ignore[attr-defined]
    assert rank(replace(record, gates=tuple(held))) == rank(record)
