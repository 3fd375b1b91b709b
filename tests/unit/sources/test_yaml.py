"""The strict YAML loader: meaning, refusals, limits and places."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest

from golive.model import Location
from golive.sources.yaml import (
    Dialect,
    Document,
    Limits,
    YamlError,
    YamlProblem,
    load,
    load_documents,
    load_file,
    reads_as_yaml11,
)


def data(text: str | bytes, dialect: Dialect = Dialect.STRICT) -> object:
    return load(text, "f.yaml", dialect=dialect).data


def errors(text: str | bytes, limits: Limits | None = None) -> list[str]:
    found = load_documents(text, "f.yaml", limits=limits)
    return [str(part) for part in found if isinstance(part, YamlProblem)]


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("on", "on"),
        ("no", "no"),
        ("Yes", "Yes"),
        ("true", True),
        ("FALSE", False),
        ("", None),
        ("~", None),
        ("Null", None),
        ("0", 0),
        ("-12", -12),
        ("0o17", 15),
        ("0x1F", 31),
        ("3.10", 3.1),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("2026-01-31", "2026-01-31"),
        ("2026-01-31T10:00:00Z", "2026-01-31T10:00:00Z"),
        ("5432:5432", "5432:5432"),
        ("1_000", "1_000"),
        ("'010'", "010"),
        ('"60:00"', "60:00"),
        ("!!str 12", "12"),
        ("!!float 3", 3.0),
        ("!!int '7'", 7),
        ("127.0.0.1", "127.0.0.1"),
        ("-", [None]),
        ("+", "+"),
    ],
)
def test_scalars_follow_the_core_schema(source: str, value: object) -> None:
    found = data(source)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("60:00", "base-60"),
        ("12:30:45", "base-60"),
        ("010", "8 (octal)"),
        ("089", "text to some"),
        (".nan", "not a finite number"),
        ("-.inf", "not a finite number"),
        ("1e999", "too large"),
        ("9" * 65, "65 characters"),
        ("!Ref x", "tag !Ref is not supported"),
        ("!S3cret x", "tag !... is not supported"),
        ("!!binary aGk=", "tag !!binary is not supported"),
        ("!!int x", "'x' is no int"),
        ("!!set {a, b}", "tag !!set is not supported"),
    ],
)
def test_scalars_that_readers_disagree_about_are_refused(source: str, message: str) -> None:
    (problem,) = errors(f"a: 1\nkey: {source}\n")
    assert problem.startswith("f.yaml:2:6: ")
    assert message in problem


def test_go_dialect_reads_as_kubernetes_does() -> None:
    text = "mode: 0644\nflag: off\nname: y\nport: 22:22\n"
    assert data(text, Dialect.GO) == {"mode": 420, "flag": False, "name": "y", "port": "22:22"}


def test_core_dialect_reads_as_workflows_are_read() -> None:
    text = "on: push\nmode: 0644\nports: [22:22]\n"
    assert data(text, Dialect.CORE) == {"on": "push", "mode": 644, "ports": ["22:22"]}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("off", "bool"),
        ("3600", "int"),
        ("1_000", "int"),
        ("60:00", "int"),
        ("3.10", "float"),
        ("~", "null"),
        ("3600s", None),
        ("y", None),
    ],
)
def test_what_a_yaml11_reader_makes_of_it(text: str, kind: str | None) -> None:
    assert reads_as_yaml11(text) == kind


def test_duplicate_keys_name_both_lines() -> None:
    assert errors("a: 1\nb: 2\na: 3\nc: {x: 1, x: 2}\n") == [
        "f.yaml:3:1: key 'a' is already set in line 1 (keep one of the two)",
        "f.yaml:4:11: key 'x' is already set in line 4 (keep one of the two)",
    ]


def test_keys_are_text_and_collide_as_text() -> None:
    assert data("8080: a\ntrue: b\n") == {"8080": "a", "true": "b"}
    assert "already set" in errors('8080: a\n"8080": b\n')[0]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("? [a]\n: b\n", "a list or mapping cannot be a key"),
        (": b\n", "f.yaml:1:1"),
        ("? \n: b\n", "a key is empty"),
    ],
)
def test_keys_that_cannot_be_text_are_refused(text: str, message: str) -> None:
    assert message in errors(text)[0]


def test_merge_keys_are_followed_and_own_keys_win() -> None:
    text = "a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc:\n  <<: [*a, *b]\n  x: 0\n"
    document = load(text, "f.yaml")
    assert document.data == {
        "a": {"x": 1, "y": 1},
        "b": {"y": 2, "z": 2},
        "c": {"x": 0, "y": 1, "z": 2},
    }
    assert document.positions.at(("c", "z")) == Location("f.yaml", 2, 17)


@pytest.mark.parametrize("text", ["a: {<<: 3}\n", "a: &a {}\nb:\n  <<: *a\n  <<: *a\n"])
def test_merge_keys_that_mean_nothing_are_refused(text: str) -> None:
    assert "<<" in errors(text)[0]


def test_alias_bomb_is_capped_before_it_grows() -> None:
    letters = "abcdefgh"
    rows = ["a: &a [x,x,x,x,x,x,x,x,x]"]
    for before, letter in pairwise(letters):
        rows.append(f"{letter}: &{letter} [{','.join([f'*{before}'] * 9)}]")
    bomb = "\n".join(rows)
    assert len(bomb) < 300
    (problem,) = errors(bomb)
    assert "aliases repeat more than 10,000 values" in problem


def test_alias_budget_holds_for_the_whole_stream() -> None:
    one = "a: &a [1, 2, 3, 4, 5, 6, 7, 8, 9]\nb: [*a, *a, *a]\n"
    stream = "---\n".join([one] * 3)
    limits = Limits(expanded=60)
    parts = load_documents(stream, "f.yaml", limits=limits)
    assert [type(part) for part in parts] == [Document, Document, YamlProblem]


def test_aliases_cannot_nest_past_the_depth_cap() -> None:
    rows = ["a: &a " + "[" * 40 + "]" * 40, "b: " + "[" * 40 + "*a" + "]" * 40]
    assert "nested deeper than 64 levels" in errors("\n".join(rows))[0]


@pytest.mark.parametrize("text", ["a: &a [*a]\n", "a: *b\n"])
def test_aliases_that_lead_nowhere_are_refused(text: str) -> None:
    assert "the alias " in errors(text)[0]


@pytest.mark.parametrize("count", [20_000, 100_000])
@pytest.mark.parametrize("opener", ["[", "{", "- ", "? ", "{a: "])
def test_deep_nesting_is_an_error_and_no_recursion(opener: str, count: int) -> None:
    (problem,) = errors(opener * count)
    assert "nested deeper than 64 levels" in problem


def test_depth_up_to_the_cap_is_read() -> None:
    value = data("[" * 64 + "]" * 64)
    assert json.dumps(value) == "[" * 64 + "]" * 64


def test_size_and_nodes_are_capped() -> None:
    assert "larger than 10 bytes" in errors("a: " + "x" * 20, Limits(size=10))[0]
    assert "more than 5 values" in errors("[1, 2, 3, 4, 5, 6]", Limits(nodes=5))[0]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"ok: 1\nb: caf\xe9\n", "f.yaml:2:7: this byte is not UTF-8"),
        ("a: 1".encode("utf-16"), "this is UTF-16"),
        (b"\x89PNG\r\n\x1a\n\0\0", "f.yaml:1:1: this is a binary file"),
        (b"a: 1\n\0\0", "f.yaml:2:1: this is a binary file"),
        (b"a: \x1b[31m", "control character U+001B"),
    ],
)
def test_what_is_no_text_is_refused(content: bytes, message: str) -> None:
    assert message in errors(content)[0]


def test_bom_crlf_and_tabs_inside_lines_are_fine() -> None:
    document = load(b"\xef\xbb\xbfa:\t1\t# one\r\nb: 2\r\n", "f.yaml")
    assert document.data == {"a": 1, "b": 2}
    assert document.positions.at(("b",)) == Location("f.yaml", 2, 4)


def test_a_tab_as_indentation_is_explained() -> None:
    (problem,) = errors("a:\n\tb: 1\n")
    assert problem.startswith("f.yaml:2:1: not valid YAML")
    assert "indent with spaces" in problem


@pytest.mark.parametrize(
    ("text", "place"),
    [("a: [1, 2\nb: 3\n", "f.yaml:"), ("a: b: c\n", "f.yaml:1:5"), ("a: @x\n", "f.yaml:1:4")],
)
def test_syntax_errors_have_a_place(text: str, place: str) -> None:
    (problem,) = errors(text)
    assert problem.startswith(place)
    assert "not valid YAML" in problem


def test_one_broken_document_does_not_lose_the_others() -> None:
    stream = "kind: A\n---\nkind: [B\n---\nkind: C\nkind: D\n---\nkind: E\n...\n"
    first, second, third, fourth = load_documents(stream, "f.yaml")
    assert isinstance(first, Document)
    assert first.data == {"kind": "A"}
    assert isinstance(second, YamlProblem)
    assert second.document == 1
    assert isinstance(third, YamlProblem)
    assert third.location == Location("f.yaml", 6, 1)
    assert isinstance(fourth, Document)
    assert (fourth.data, fourth.index) == ({"kind": "E"}, 3)
    assert fourth.positions.at(("kind",)) == Location("f.yaml", 8, 7)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("", []),
        ("# only a comment\n", []),
        ("---\n", [None]),
        ("%YAML 1.2\n---\na: 1\n", [{"a": 1}]),
        ("# head\n---\na: 1\n---\n# gone\n---\nb: 2\n", [{"a": 1}, None, {"b": 2}]),
        ("a: 1\n...\n# tail\n", [{"a": 1}]),
        ("--- one\n--- two\n", ["one", "two"]),
        ("a: |\n  --- not a marker\n", [{"a": "--- not a marker\n"}]),
    ],
)
def test_streams(text: str, values: list[object]) -> None:
    parts = load_documents(text, "f.yaml")
    assert [part.data for part in parts if isinstance(part, Document)] == values
    assert len(parts) == len(values)


def test_a_single_document_is_required_by_load() -> None:
    with pytest.raises(YamlError) as caught:
        load("a: 1\n---\nb: 2\n", "f.yaml")
    assert str(caught.value) == "f.yaml:3:1: more than one document (remove the '---')"
    assert load("", "f.yaml").data is None


def test_load_raises_with_every_problem() -> None:
    with pytest.raises(YamlError) as caught:
        load("a: 010\nb: .nan\na: 2\n", "f.yaml")
    assert [p.location.line for p in caught.value.problems] == [1, 2, 3]


def test_files_that_cannot_be_read_are_problems(tmp_path: Path) -> None:
    good = tmp_path / "a.yaml"
    good.write_text("a: 1\n", encoding="utf-8")
    (document,) = load_file(good, "shown.yaml")
    assert isinstance(document, Document)
    assert document.positions.at(("a",)).path == "shown.yaml"
    assert [str(p) for p in load_file(tmp_path / "gone", "gone")] == ["gone: no such file"]
    assert "a folder" in str(load_file(tmp_path, "dir")[0])
