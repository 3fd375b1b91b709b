"""Which gates a run runs, which it requires, and the record of one that did not run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from golive.discovery import Gates
from golive.gate import Gate
from golive.record import CheckRecord, Execution, GateRecord, GateStatus
from golive.texts import LANGUAGES, CatalogueError, catalogue, core_catalogue
from golive.verdict import gate_status, sound_status
from golive.vocabulary import STANDARD_GATES


@dataclass(frozen=True, slots=True)
class Choice:
    """The gates of a run.

    ``run``: those that will run; ``required``: those that the release must pass; ``order``:
    every gate the record lists; ``broken``: why an installed one could not be loaded.
    """

    run: Mapping[str, Gate[Any]]
    required: frozenset[str]
    order: tuple[str, ...]
    loaded: Mapping[str, Gate[Any]]
    broken: Mapping[str, str]
    selected: tuple[str, ...] | None = None


class UnknownGate(LookupError):
    """A gate was asked for that is not installed."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        super().__init__(name)
        self.name = name
        self.known = known


def choose(
    gates: Gates, profile: tuple[str, ...] | None, selected: tuple[str, ...] | None
) -> Choice:
    """Decide what runs. ``profile=None``: every installed gate is required.

    Raises ``UnknownGate`` when *selected* names a gate that cannot run. A gate of the profile
    that cannot run is no error here: the record will hold it as missing.
    """
    # A broken plugin that nobody profiled is still required by "every installed gate".
    required = frozenset(profile if profile is not None else (*gates.loaded, *gates.broken))
    wanted = selected if selected is not None else tuple(g for g in gates.loaded if g in required)
    for name in wanted:
        if name not in gates.loaded:
            raise UnknownGate(name, tuple(gates.loaded))
    extra = [
        g for g in (*gates.loaded, *gates.broken, *sorted(required)) if g not in STANDARD_GATES
    ]
    return Choice(
        run={g: gates.loaded[g] for g in gates.loaded if g in wanted},
        required=required,
        order=(*STANDARD_GATES, *dict.fromkeys(extra)),
        loaded=gates.loaded,
        broken=gates.broken,
        selected=selected,
    )


def gate_record(
    choice: Choice,
    gate: Gate[Any],
    checks: tuple[CheckRecord, ...],
    execution: Execution = Execution.COMPLETED,
) -> GateRecord:
    """The record of a gate that ran."""
    titles = _titles(choice, gate.id)
    return GateRecord(
        id=gate.id,
        number=_number(gate.id),
        title=titles["en"],
        localized={lang: t for lang, t in titles.items() if lang != "en"},
        status=gate_status((sound_status(c) for c in checks), execution),
        execution=execution,
        required=gate.id in choice.required,
        expected=tuple(c.spec.id for c in gate.checks if c.spec.required),
        checks=checks,
    )


def idle_record(choice: Choice, gate_id: str) -> GateRecord:
    """The record of a gate that did not run, and why."""
    required = gate_id in choice.required
    installed = gate_id in choice.loaded
    if not required and choice.selected is None:
        execution = Execution.NOT_IN_PROFILE
    elif installed:
        execution = Execution.NOT_SELECTED if required else Execution.NOT_IN_PROFILE
    else:
        execution = Execution.MISSING if required else Execution.NOT_IN_PROFILE
    detail = choice.broken.get(gate_id, "no installed package registers it")
    notes = {
        lang: core_catalogue(lang).core_text("execution", execution.value, detail=detail)
        for lang in LANGUAGES
    }
    titles = _titles(choice, gate_id)
    gate = choice.loaded.get(gate_id)
    return GateRecord(
        id=gate_id,
        number=_number(gate_id),
        title=titles["en"],
        localized={lang: t for lang, t in titles.items() if lang != "en"},
        status=GateStatus.NOT_RUN,
        execution=execution,
        required=required,
        note=notes["en"],
        localized_note={lang: n for lang, n in notes.items() if lang != "en"},
        expected=tuple(c.spec.id for c in gate.checks if c.spec.required) if gate else (),
    )


def _number(gate_id: str) -> int | None:
    return STANDARD_GATES.index(gate_id) + 1 if gate_id in STANDARD_GATES else None


def _titles(choice: Choice, gate_id: str) -> dict[str, str]:
    gate = choice.loaded.get(gate_id)
    if gate is not None:
        try:
            return {lang: catalogue(gate.package, lang).title for lang in LANGUAGES}
        except CatalogueError:
            pass  # The checks of such a gate say so; a title must not end the run.
    if gate_id in STANDARD_GATES:
        return {lang: core_catalogue(lang).core_text("standard", gate_id) for lang in LANGUAGES}
    return dict.fromkeys(LANGUAGES, gate_id)
