"""Where the parts of a document stand, and how they were written."""

from __future__ import annotations

from hypothesis import given, settings

from golive.model import Location
from golive.sources.places import node_count
from golive.sources.yaml import Dialect, Limits, Scalar, load
from golive.sources.yaml_stream import chunks
from tests.unit.sources.test_yaml_properties import fragments


def test_positions_of_keys_values_and_missing_parts() -> None:
    positions = load("a:\n  - b: 1\n    c: {d: 2}\n", "f.yaml").positions
    assert positions.at(("a", 0, "c", "d")) == Location("f.yaml", 3, 12)
    assert positions.at(("a", 0, "c", "d"), key=True) == Location("f.yaml", 3, 9)
    assert positions.at(("a", 0, "missing"), key=True) == Location("f.yaml", 2, 5)
    assert positions.at(("a", 7)) == Location("f.yaml", 2, 3)
    assert positions.at(()) == Location("f.yaml", 1, 1)


def test_scalars_keep_how_they_were_written() -> None:
    positions = load('v: 3.10\nw: "3.10"\nx: [a]\n', "f.yaml").positions
    assert positions.scalar(("v",)) == Scalar("3.10", plain=True)
    assert positions.scalar(("w",)) == Scalar("3.10", plain=False)
    assert positions.scalar(("x",)) is None
    assert [path for path, _ in positions.scalars()] == [("v",), ("w",), ("x", 0)]


def test_a_merge_key_keeps_the_places_of_what_it_takes_over() -> None:
    text = "base: &b\n  x: 1\n  y: {z: 2}\ntop:\n  <<: *b\n  w: 3\n  x: 4\nend: 5\n"
    positions = load(text, "f.yaml").positions
    assert positions.at(("top", "x")) == Location("f.yaml", 7, 6)
    assert positions.at(("top", "y", "z")) == Location("f.yaml", 3, 10)
    assert positions.at(("top", "y"), key=True) == Location("f.yaml", 3, 3)
    assert positions.at(("end",), key=True) == Location("f.yaml", 8, 1)


def test_an_alias_may_be_a_key() -> None:
    document = load("a: &k name\n*k : 1\n? &l other\n: *l\n", "f.yaml")
    assert document.data == {"a": "name", "name": 1, "other": "other"}
    assert document.positions.at(("name",), key=True) == Location("f.yaml", 1, 4)


def test_a_repeated_key_tells_the_line_of_the_first_after_merges() -> None:
    text = "a: &a {x: 1}\nb:\n  <<: *a\n  c: [1, 2]\n  d: 3\n  c: 4\n  d: 5\n"
    (chunk,) = chunks(text, "f", Limits(), Dialect.GO)
    assert [(p.location.line, p.message[-6:]) for p in chunk.problems] == [
        (6, "line 4"),
        (7, "line 5"),
    ]


@given(fragments)
@settings(max_examples=300)
def test_lines_alone_are_those_of_the_places(source: str) -> None:
    whole = list(chunks(source, "f", Limits(), Dialect.GO))
    lean = list(chunks(source, "f", Limits(), Dialect.GO, detailed=False))
    assert [c.problems for c in whole] == [c.problems for c in lean]
    for one, other in zip(whole, lean, strict=True):
        if one.composed is not None and other.composed is not None:
            assert one.composed.data == other.composed.data
            assert [p.line for p in one.composed.places] == other.composed.places
            assert len(other.composed.places) == node_count(one.composed.data)
