"""What every registered gate and check must have, whoever adds it.

Built-in gates come through discovery, like any other; their cases are loaded from
``tests/gates/<gate>/cases.py``.
"""

from __future__ import annotations

import ast
import dataclasses
import importlib.util
import json
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from string import Formatter
from types import ModuleType
from typing import Any

import pytest

from golive.codec import decode, encode
from golive.config.schema import config_schema
from golive.discovery import Gates, discover_gates
from golive.gate import Check, Gate, Lane, Need
from golive.judging import word
from golive.model import EvidenceLevel, Reason, Status
from golive.observation import Observation, Unavailable
from golive.texts import LANGUAGES, catalogue

ROOT = Path(__file__).parents[2]
ID = re.compile(r"[a-z][a-z0-9]*\.[a-z][a-z0-9]*(-[a-z0-9]+)*")
HANGUL = re.compile(r"[가-힣]")

AnyGate = Gate[Any]
AnyCheck = Check[Any]


def loaded(path: Path, name: str) -> ModuleType:
    """A module from its file, whatever folder it is in."""
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None, path
    assert spec.loader is not None, path
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


DISCOVERED: Gates = discover_gates()
GATES: tuple[AnyGate, ...] = tuple(
    g for g in DISCOVERED.loaded.values() if g.package.startswith("golive_gates.")
)
CHECKS: tuple[tuple[AnyGate, AnyCheck], ...] = tuple((g, c) for g in GATES for c in g.checks)

each_gate = pytest.mark.parametrize("gate", GATES, ids=lambda g: g.id)
each_check = pytest.mark.parametrize(("gate", "check"), CHECKS, ids=[c.spec.id for _, c in CHECKS])


@cache
def cases_of(gate_id: str) -> Mapping[str, Any]:
    path = ROOT / "tests" / "gates" / gate_id / "cases.py"
    found: Mapping[str, Any] = loaded(path, f"contract_cases_{gate_id}").CASES
    return found


def folder_of(gate: AnyGate) -> Path:
    file = sys.modules[gate.package].__file__
    assert file is not None
    return Path(file).parent


def test_every_gate_of_the_project_is_registered_and_loads() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = project["entry-points"]["golive.gates"]
    assert DISCOVERED.broken == {}
    assert {g.id for g in GATES} == set(declared)
    folders = {p.parent.name for p in (ROOT / "gates" / "golive_gates").glob("*/__init__.py")}
    assert folders == set(declared), "a gate's folder without its entry point, or the reverse"


def test_ids_are_unique_and_well_formed() -> None:
    ids = [c.spec.id for _, c in CHECKS]
    assert len(set(ids)) == len(ids)
    assert not [i for i in ids if not ID.fullmatch(i)]


@each_gate
def test_a_gates_checks_are_the_files_of_its_folder(gate: AnyGate) -> None:
    files = {p.stem for p in (folder_of(gate) / "checks").glob("*.py")} - {"__init__"}
    assert files == {c.spec.name.replace("-", "_") for c in gate.checks}


@each_check
def test_a_check_lives_in_the_file_of_its_name(gate: AnyGate, check: AnyCheck) -> None:
    module = sys.modules[check.judge.__module__]
    assert module.__name__ == f"{gate.package}.checks.{check.spec.name.replace('-', '_')}"
    assert module.CHECK is check
    doc = " ".join((module.__doc__ or "").split())
    assert doc.startswith(f"``{check.spec.id}``: ")
    assert [word for word in ("What: ", "Why: ", "Remedy: ") if word not in doc] == []


def sentences(tables: Mapping[str, Any], place: str = "") -> Iterator[tuple[str, str]]:
    """Every sentence of a catalogue with its place."""
    for key, value in tables.items():
        here = f"{place}/{key}"
        if isinstance(value, Mapping):
            yield from sentences(value, here)
        else:
            assert isinstance(value, str), here
            yield here, value


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


@each_gate
def test_both_catalogues_say_the_same_things(gate: AnyGate) -> None:
    english, korean = (dict(sentences(catalogue(gate.package, x).tables)) for x in ("en", "ko"))
    assert english.keys() == korean.keys()
    assert [k for k, v in (*english.items(), *korean.items()) if not v.strip()] == []
    differing = {
        place: (placeholders(english[place]), placeholders(korean[place]))
        for place in english
        if placeholders(english[place]) != placeholders(korean[place])
    }
    assert differing == {}
    unnamed = [k for k, v in english.items() if placeholders(v) & {"", "0"}]
    assert unnamed == [], "parameters have names"


@each_gate
def test_a_catalogue_has_no_words_for_what_does_not_exist(gate: AnyGate) -> None:
    tables = catalogue(gate.package, "en").tables
    ids = {c.spec.id for c in gate.checks}
    # Such checks have the core's sentences, and may share those of what they find.
    static = {c.spec.id for c in gate.checks if c.spec.needs is EvidenceLevel.STATIC}
    assert set(tables["checks"]) == ids
    shared = set(tables.get("reasons", {}))
    for check_id in ids:
        own = set(tables["checks"][check_id].get("reasons", {}))
        remedies = set(tables["checks"][check_id].get("remedies", {}))
        assert own or check_id in static, f"{check_id} has no reason"
        assert {r for r in remedies - own - shared if not r.startswith("core.")} == set()


def literal_codes(file: Path) -> set[str]:
    """Reason codes that are written as such in *file*, also in ``"a" if b else "c"``."""
    calls = (
        node.args[0]
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "Reason"
        and node.args
    )
    options = (
        option
        for arg in calls
        for option in ([arg.body, arg.orelse] if isinstance(arg, ast.IfExp) else [arg])
    )
    return {o.value for o in options if isinstance(o, ast.Constant) and isinstance(o.value, str)}


def constants(file: Path) -> set[str]:
    """Every string that is written in *file*."""
    nodes = ast.walk(ast.parse(file.read_text(encoding="utf-8")))
    return {n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)}


@each_check
def test_every_reason_that_a_judge_names_has_a_sentence(gate: AnyGate, check: AnyCheck) -> None:
    file = sys.modules[check.judge.__module__].__file__
    assert file is not None
    tables = catalogue(gate.package, "en").tables
    own = tables["checks"][check.spec.id].get("reasons", {})
    known = {*own, *tables.get("reasons", {})}
    codes = literal_codes(Path(file))
    # A judge may hand its codes to a helper; a file-based one has the core's sentences.
    named = codes or known & constants(Path(file))
    assert named or check.spec.needs is EvidenceLevel.STATIC, "a judge without a reason"
    assert {c for c in codes - known if not c.startswith("core.")} == set()


@each_gate
def test_every_reason_of_a_gates_other_modules_has_a_sentence(gate: AnyGate) -> None:
    tables = catalogue(gate.package, "en").tables
    known = set(tables.get("reasons", {}))
    for words in tables["checks"].values():
        known |= set(words.get("reasons", {}))
    files = (f for f in folder_of(gate).rglob("*.py") if f.parent.name != "checks")
    codes = {c for f in files for c in literal_codes(f)}
    assert {c for c in codes - known if not c.startswith("core.")} == set()


@each_check
@pytest.mark.parametrize("field", ["title", "what", "remedy"])
def test_a_check_is_worded_in_both_languages(gate: AnyGate, check: AnyCheck, field: str) -> None:
    english, korean = (catalogue(gate.package, x).check(check.spec.id, field) for x in ("en", "ko"))
    assert not HANGUL.search(english)
    assert HANGUL.search(korean)
    assert english.strip() == english
    assert placeholders(english) == set(), "a title, what and remedy stand without parameters"


@each_check
def test_a_check_has_a_docs_page(gate: AnyGate, check: AnyCheck) -> None:
    page = ROOT / "docs" / "checks" / f"{check.spec.id}.md"
    assert page.is_file(), "run: make docs"
    assert f"`{check.spec.id}`" in page.read_text(encoding="utf-8")


def test_the_docs_pages_are_as_generated() -> None:
    docs = loaded(ROOT / "tools" / "docs.py", "contract_docs")
    assert docs.stale(docs.pages(), docs.FOLDER) == [], "run: make docs"


def test_a_page_that_was_edited_or_left_over_is_stale(tmp_path: Path) -> None:
    docs = loaded(ROOT / "tools" / "docs.py", "contract_docs")
    (tmp_path / "kept.md").write_text("same", encoding="utf-8")
    (tmp_path / "edited.md").write_text("by hand", encoding="utf-8")
    (tmp_path / "left-over.md").write_text("of a check that is gone", encoding="utf-8")
    wanted = {"kept.md": "same", "edited.md": "generated", "missing.md": "new"}
    assert docs.stale(wanted, tmp_path) == ["edited.md", "left-over.md", "missing.md"]


@each_gate
def test_every_check_has_its_three_cases(gate: AnyGate) -> None:
    assert set(cases_of(gate.id)) == {c.spec.id for c in gate.checks}


@each_check
@pytest.mark.parametrize("which", ["passing", "failing", "no_evidence"])
def test_a_check_judges_its_case(gate: AnyGate, check: AnyCheck, which: str) -> None:
    cases = cases_of(gate.id)[check.spec.id]
    expected = {
        "passing": getattr(cases, "passes", {Status.PASS}),
        "failing": getattr(cases, "fails", {Status.FAIL}),
        "no_evidence": {Status.INCONCLUSIVE, Status.ERROR},
    }
    observation, settings = getattr(cases, which)
    result = check.evaluate(observation, settings)
    assert result.status in expected[which], result.reason
    record = word(gate.package, result)
    assert record.status is result.status, record.reason
    for lang in LANGUAGES:
        words = record.sentences(lang)
        assert words.reason.strip()
        assert words.remedy.strip()


@each_check
def test_what_was_never_observed_is_an_error(gate: AnyGate, check: AnyCheck) -> None:
    assert check.evaluate(Observation(), gate.settings()).status is Status.ERROR


@each_check
@pytest.mark.parametrize("kind", ["error", "inconclusive"])
def test_what_could_not_be_observed_never_passes(gate: AnyGate, check: AnyCheck, kind: Any) -> None:
    gap = Unavailable(Reason("core.interrupted", {"observer": "any"}), kind=kind)
    observation = Observation({p.__name__: gap for p in check.reads})
    result = check.evaluate(observation, gate.settings())
    assert result.status in (Status.INCONCLUSIVE, Status.ERROR)
    assert word(gate.package, result).status is result.status


@each_gate
def test_settings_are_frozen_and_have_defaults(gate: AnyGate) -> None:
    kind = gate.settings
    assert dataclasses.is_dataclass(kind)
    assert kind.__dataclass_params__.frozen
    settings = kind()
    assert decode(kind, json.loads(json.dumps(encode(settings)))) == settings
    assert gate.id in config_schema({gate.id: kind})["properties"]["gates"]["properties"]


@each_gate
def test_observers_declare_part_lane_and_needs(gate: AnyGate) -> None:
    for observer in gate.observers:
        assert dataclasses.is_dataclass(observer.part), observer
        assert observer.part.__dataclass_params__.frozen, observer.part
        assert isinstance(observer.lane, Lane)
        assert isinstance(observer.needs, frozenset)
        assert all(isinstance(n, Need) for n in observer.needs)
    names = [o.part.__name__ for o in gate.observers]
    assert len(set(names)) == len(names), "parts are kept by the name of their type"
    assert {p.__name__ for c in gate.checks for p in c.reads} == set(names)


@each_gate
def test_parts_come_back_from_a_record_as_they_were(gate: AnyGate) -> None:
    kinds = {o.part for o in gate.observers}
    seen = set()
    for cases in cases_of(gate.id).values():
        for observation, _ in (cases.passing, cases.failing, cases.no_evidence):
            for part in observation.parts.values():
                if isinstance(part, Unavailable):
                    continue
                data = json.loads(json.dumps(encode(part), allow_nan=False))
                assert decode(type(part), data) == part
                seen.add(type(part))
    assert kinds <= seen, "a part that no case holds"
