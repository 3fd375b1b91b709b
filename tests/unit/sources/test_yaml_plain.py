"""What is read line by line is what the YAML parser reads, and everything else is left to it."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import dedent
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from golive.sources import yaml_nodes
from golive.sources.yaml_limits import Budget, Limits, Stop
from golive.sources.yaml_nodes import compose
from golive.sources.yaml_plain import compose_plain
from golive.sources.yaml_scalars import Dialect

KEYS = ("a", "b", "app.kubernetes.io/name", "on", "null", "1", '"q"', "<<", "x-y_z")
VALUES = (
    *("x", "1", "010", "1e3", "-1", "--flag=1", "yes", "null", "~", "a b", "a: b", "a #b", "a#b"),
    *("a:b", "$(X)", "8080:80", "1.10", '""', '"x: #y"', "'it'", "'it''s'", '"\\n"', "{}", "[]"),
    *("[a, 1, yes]", '["a, b", c d]', "[a,b]", "[a: b]", "{a: b}", "|", "|-", "|+", ">", "&x 1"),
    *("*x", "!t 1", "- a", "x  y", "é", "- ", "...", "---", "a,b", "x # note", "# note", "@a", ""),
)
lines = st.builds(
    lambda indent, dash, key, value: " " * indent + dash + key + value,
    st.sampled_from((0, 0, 1, 2, 2, 2, 4, 4, 6)),
    st.sampled_from(("", "", "", "- ", "- ", "-  ", "- - ")),
    st.sampled_from(("", *(f"{key}:" for key in KEYS), *(f"{key}: " for key in KEYS))),
    st.sampled_from(VALUES),
)
others = st.sampled_from(("", "  ", "\t", "# note", "  # note", "---", "...", "%YAML 1.2", "\x85"))
texts = st.lists(lines | others, max_size=9).map("\n".join)


def parsed(text: str, dialect: Dialect) -> tuple[object, list[Any]]:
    """What the parser makes of *text*: the one that the plain way has to agree with."""
    found, faults = compose(text, 3, Budget(Limits()), dialect, detailed=True)
    assert found is not None
    assert not faults
    return found.data, [place.line for place in found.places]


@settings(max_examples=600)
@given(texts, st.sampled_from(Dialect))
@example("a:\n- b: 1\n  c:\n- d\ne: |\n  x\n\n   y\n\nf: 1", Dialect.GO)
@example("a: |\n  x", Dialect.GO)
@example("a: |\n  x\n\n", Dialect.GO)
@example("---\na:\n  b:\n  c:\nd:", Dialect.GO)
@example("a: |\n  x\n y\n", Dialect.GO)
@example("a: |\n\n  x\n", Dialect.GO)
def test_what_is_plain_is_what_the_parser_reads(text: str, dialect: Dialect) -> None:
    found = compose_plain(text, 3, Limits(), dialect)
    if found is not None:
        # By their text, as 1 and True and 1.0 are equal.
        assert repr(found) == repr(parsed(text, dialect))


MANIFEST = dedent(
    """\
    ---
    # A service and its settings.
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: api  # the public one
      labels: {}
      annotations:
    spec:
      template:
        spec:
          containers:
          - name: api
            image: "registry.example/api:1.2"
            command: [sh, -c, sleep 1]
            args:
              - --port=8080
              - ''
            ports:
              - containerPort: 8080
            env: []
      script: |
        one
          two

        three
    status: null
    """
)


def test_a_usual_manifest_is_plain() -> None:
    found = compose_plain(MANIFEST, 3, Limits(), Dialect.GO)
    assert found is not None
    assert found == parsed(MANIFEST, Dialect.GO)
    assert found[0]["spec"]["script"] == "one\n  two\n\nthree\n"


def test_lists_of_one_line_are_each_their_own() -> None:
    first = compose_plain("a: [x]", 1, Limits(), Dialect.GO)
    second = compose_plain("a: [x]", 1, Limits(), Dialect.GO)
    assert first is not None
    assert second is not None
    first[0]["a"].append("y")
    assert second[0] == {"a": ["x"]}


@pytest.mark.parametrize(
    "text",
    ["", "- a", "a: 1\na: 2", "a: &x 1", "<<: {}", "a: 'it''s'", "a:\tb", "a: b\n  c", "null: 1"],
)
def test_the_rest_is_left_to_the_parser(text: str) -> None:
    assert compose_plain(text, 1, Limits(), Dialect.GO) is None


@pytest.mark.parametrize("limits", [Limits(nodes=40), Limits(depth=5)])
def test_the_limits_are_the_same(monkeypatch: pytest.MonkeyPatch, limits: Limits) -> None:
    def stopped() -> Sequence[object]:
        with pytest.raises(Stop) as stop:
            compose(MANIFEST, 1, Budget(limits), Dialect.GO, detailed=False)
        return (stop.value.line, stop.value.column, str(stop.value))

    here = stopped()
    monkeypatch.setattr(yaml_nodes, "compose_plain", lambda *_: None)
    assert stopped() == here


def test_what_is_read_counts_against_the_allowance() -> None:
    budget = Budget(Limits())
    compose("a: 1\nb: [1, 2]\n", 1, budget, Dialect.GO, detailed=False)
    assert budget.nodes == 7
