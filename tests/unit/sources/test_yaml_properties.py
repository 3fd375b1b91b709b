"""Properties of the YAML loader over arbitrary input."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from golive.sources.yaml import Dialect, Document, YamlProblem, load, load_documents

# JSON leaves these unescaped; YAML 1.1 takes them for line breaks or refuses them.
text = st.text(
    st.characters(codec="utf-8", exclude_characters="\u2028\u2029\ufeff\ufffe\uffff").filter(
        lambda char: not "\x7f" <= char <= "\x9f"
    )
)
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(10**18), 10**18)
    | st.floats(allow_nan=False, allow_infinity=False)
    | text
)
trees: st.SearchStrategy[Any] = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(text, inner, max_size=4),
    max_leaves=20,
)
pieces = [
    *("a: b", "- ", ": ", "\n", "\n  ", "[", "]", "{", "}", "*x", "&x ", "<<: ", "---\n", "...\n"),
    *(
        "'",
        '"',
        "!!int ",
        "!x ",
        "010",
        "60:00",
        ".nan",
        "#",
        "%",
        "\t",
        "? ",
        "> ",
        "|",
        "한",
        ",",
    ),
]
fragments = st.lists(st.sampled_from(pieces), max_size=40).map("".join)


@given(trees)
def test_json_reads_back_as_itself(value: object) -> None:
    assert load(json.dumps(value, ensure_ascii=False), "f").data == value


@given(st.one_of(st.text(), st.binary(), fragments), st.sampled_from(Dialect))
def test_any_input_gives_documents_or_placed_problems(
    source: str | bytes, dialect: Dialect
) -> None:
    for part in load_documents(source, "f", dialect=dialect):
        assert isinstance(part, Document | YamlProblem)
        if isinstance(part, YamlProblem):
            assert part.location.line is not None
            assert part.location.line >= 1
            assert part.location.column is not None
            assert part.location.column >= 1
            assert part.message
        else:
            json.dumps(part.data, allow_nan=False)


@given(trees)
def test_every_scalar_has_its_place(value: object) -> None:
    source = json.dumps(value, indent=1, ensure_ascii=False)
    document = load(source, "f")
    lines = source.split("\n")
    for path, scalar in document.positions.scalars():
        place = document.positions.at(path)
        assert place.line is not None
        assert place.column is not None
        written = lines[place.line - 1][place.column - 1 :]
        if scalar.plain:
            assert written.startswith(scalar.text)
        else:
            assert written.startswith('"')
