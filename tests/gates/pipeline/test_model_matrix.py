"""Matrices and their combinations."""

from __future__ import annotations

from golive_gates.pipeline.looking import workflows_of
from golive_gates.pipeline.model.matrix import Combination, Unknown, expanded
from tests.gates.pipeline.snippets import job, pipeline, workflow


def combinations(matrix: str) -> tuple[Combination, ...] | Unknown:
    text = workflow({"test": job("pytest", extra=f"strategy:\n  matrix: {matrix}\n")})
    (repository,) = pipeline(text).repositories
    return expanded(workflows_of(repository)[0].jobs["test"], repository)


def written(matrix: str) -> list[dict[str, str]]:
    found = combinations(matrix)
    assert isinstance(found, tuple)
    return [{name: value.text for name, value in c.items()} for c in found]


def test_a_version_stays_as_it_is_written() -> None:
    found = combinations('{py: [3.9, 3.10, "3.10"]}')
    assert isinstance(found, tuple)
    values = [c["py"] for c in found]
    assert [(v.text, v.plain, v.value) for v in values] == [
        ("3.9", True, 3.9),
        ("3.10", True, 3.1),
        ("3.10", False, "3.10"),
    ]
    assert values[1].place.json_path == "jobs.test.strategy.matrix.py[1]"


def test_dimensions_are_crossed() -> None:
    assert written("{a: [1, 2], b: [x, y]}") == [
        {"a": "1", "b": "x"},
        {"a": "1", "b": "y"},
        {"a": "2", "b": "x"},
        {"a": "2", "b": "y"},
    ]


def test_exclude_comes_before_include() -> None:
    found = written("{a: [1, 2], b: [x, y], exclude: [{a: 1}], include: [{a: 1, b: x}]}")
    assert found == [{"a": "2", "b": "x"}, {"a": "2", "b": "y"}, {"a": "1", "b": "x"}]


def test_include_as_in_the_documentation() -> None:
    found = written(
        "{fruit: [apple, pear], animal: [cat, dog], include: [{color: green},"
        " {color: pink, animal: cat}, {fruit: apple, shape: circle}, {fruit: banana},"
        " {fruit: banana, animal: cat}]}"
    )
    assert found == [
        {"fruit": "apple", "animal": "cat", "color": "pink", "shape": "circle"},
        {"fruit": "apple", "animal": "dog", "color": "green", "shape": "circle"},
        {"fruit": "pear", "animal": "cat", "color": "pink"},
        {"fruit": "pear", "animal": "dog", "color": "green"},
        {"fruit": "banana"},
        {"fruit": "banana", "animal": "cat"},
    ]


def test_only_include() -> None:
    assert written("{include: [{a: 1}, {a: 2}]}") == [{"a": "1"}, {"a": "2"}]


def test_mappings_as_values() -> None:
    found = combinations("{image: [{name: a, ref: b}]}")
    assert isinstance(found, tuple)
    assert found[0]["image"].value == {"name": "a", "ref": "b"}


def test_what_the_run_makes_is_unknown_by_name() -> None:
    for matrix, what in (
        ("${{ fromJSON(needs.a.outputs.m) }}", "${{ fromJSON(needs.a.outputs.m) }}"),
        ("{py: '${{ fromJSON(vars.PY) }}'}", "${{ fromJSON(vars.PY) }}"),
        ("{py: ['3.9', '${{ vars.PY }}']}", "${{ vars.PY }}"),
        ("{py: ['3.9'], include: '${{ fromJSON(vars.X) }}'}", "${{ fromJSON(vars.X) }}"),
        ("{py: ['3.9'], exclude: '${{ fromJSON(vars.X) }}'}", "${{ fromJSON(vars.X) }}"),
    ):
        found = combinations(matrix)
        assert isinstance(found, Unknown)
        assert found.what == what


def test_what_is_written_out_in_an_expression_is_known() -> None:
    assert written("{py: \"${{ fromJSON('[3.9, 3.11]') }}\"}") == [{"py": "3.9"}, {"py": "3.11"}]


def test_a_job_without_a_matrix_runs_once() -> None:
    (repository,) = pipeline(workflow({"test": job("pytest")})).repositories
    assert expanded(workflows_of(repository)[0].jobs["test"], repository) == ({},)


def test_a_matrix_is_bounded() -> None:
    numbers = ", ".join(str(n) for n in range(200))
    found = combinations(f"{{a: [{numbers}], b: [{numbers}], c: [{numbers}]}}")
    assert isinstance(found, Unknown)
    assert found.what == "more than 256 combinations"
