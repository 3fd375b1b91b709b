"""The line of every value of an object, as its file has it."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import dedent

from golive.sources.kubernetes.objects import KeyPath
from golive.sources.places import node_count
from tests.unit.sources.trees import linted, one


def place(base: Path, text: str, path: KeyPath, *, key: bool = False) -> str:
    """The source line at *path*, without its indentation."""
    lines = dedent(text).lstrip("\n").split("\n")
    found = one(base, text).at(path, key=key)
    assert found.line is not None
    return lines[found.line - 1].strip()


TEXT = """
    # head
    apiVersion: v1
    kind: Pod

    metadata:
      name: web   # behind
      # between
      labels: {app: web,
               tier: front}
    spec:
      containers:
        # the first
        - name: one
          args: [a,
            b]
        - name: two
          command:
            - sh
            - |
              # no comment
              exit 0
          ports: []
      after: x
"""


def test_nested_keys_lists_and_comments(tmp_path: Path) -> None:
    assert place(tmp_path, TEXT, ("metadata", "name")) == "name: web   # behind"
    assert place(tmp_path, TEXT, ("metadata", "labels", "tier")) == "tier: front}"
    assert place(tmp_path, TEXT, ("metadata", "labels"), key=True) == "labels: {app: web,"
    assert place(tmp_path, TEXT, ("spec", "containers"), key=True) == "containers:"
    assert place(tmp_path, TEXT, ("spec", "containers", 0)) == "- name: one"
    assert place(tmp_path, TEXT, ("spec", "containers", 0, "args", 1)) == "b]"
    assert place(tmp_path, TEXT, ("spec", "containers", 1, "name")) == "- name: two"
    assert place(tmp_path, TEXT, ("spec", "containers", 1, "command", 1)) == "- |"
    assert place(tmp_path, TEXT, ("spec", "containers", 1, "ports")) == "ports: []"
    assert place(tmp_path, TEXT, ("spec", "after")) == "after: x"


def test_what_is_not_there_stands_at_what_would_hold_it(tmp_path: Path) -> None:
    assert place(tmp_path, TEXT, ("spec", "containers", 1, "image")) == "- name: two"
    assert place(tmp_path, TEXT, ("status", "x", 3)) == "apiVersion: v1"


ANCHORS = """
    apiVersion: v1
    kind: ConfigMap
    metadata: &meta
      name: a
      labels: &labels
        one: "1"
        two: "2"
    again: *labels
    merged:
      first: 0
      <<: [*labels, {three: "3", one: "no"}]
      last: 9
    list:
      - *labels
      - plain
    end: x
"""


def test_anchors_aliases_and_merge_keys(tmp_path: Path) -> None:
    found = one(tmp_path, ANCHORS)
    assert found.data["merged"] == {"first": 0, "last": 9, "one": "1", "two": "2", "three": "3"}
    assert place(tmp_path, ANCHORS, ("again", "two")) == 'two: "2"'
    assert place(tmp_path, ANCHORS, ("again",), key=True) == "again: *labels"
    assert place(tmp_path, ANCHORS, ("merged", "last")) == "last: 9"
    assert place(tmp_path, ANCHORS, ("merged", "two")) == 'two: "2"'
    assert place(tmp_path, ANCHORS, ("merged", "three")).startswith("<<:")
    assert place(tmp_path, ANCHORS, ("list", 0, "one")) == 'one: "1"'
    assert place(tmp_path, ANCHORS, ("list", 1)) == "- plain"
    assert place(tmp_path, ANCHORS, ("end",)) == "end: x"


def test_a_merge_of_a_merge_and_an_anchor_within_one(tmp_path: Path) -> None:
    text = """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: a}
        base: &base
          x: 1
          <<: &inner
            y: 2
        top:
          <<: *base
          z: 3
        other: *inner
        end: x
    """
    found = one(tmp_path, text)
    assert found.data["top"] == {"z": 3, "x": 1, "y": 2}
    assert len(found.lines) == node_count(found.data)
    assert place(tmp_path, text, ("top", "y")) == "y: 2"
    assert place(tmp_path, text, ("other", "y")) == "y: 2"
    assert place(tmp_path, text, ("end",)) == "end: x"


def test_later_documents_count_from_the_head_of_the_file(tmp_path: Path) -> None:
    text = "\n# a\n---\n\n# b\napiVersion: v1\nkind: A\n...\n---\napiVersion: v1\nkind: B\nx: {}\n"
    tree = linted(tmp_path, {"a.yaml": text.encode()})
    first, second = tree.objects
    assert (first.at(("kind",)).line, first.document) == (7, 0)
    assert (second.at(("x",)).line, second.document) == (12, 1)


def test_carriage_returns_and_a_byte_order_mark(tmp_path: Path) -> None:
    text = "\ufeffapiVersion: v1\r\nkind: ConfigMap\r\nmetadata:\r\n  name: a\r\n"
    (found,) = linted(tmp_path, {"a.yaml": text.encode()}).objects
    assert (found.name, found.at(("metadata", "name")).line) == ("a", 4)


def test_json_has_lines_too(tmp_path: Path) -> None:
    data = {"apiVersion": "v1", "kind": "ConfigMap", "data": {"a": "b"}}
    (found,) = linted(tmp_path, {"a.json": json.dumps(data, indent=1)}).objects
    assert found.at(("data", "a")).line == 5
