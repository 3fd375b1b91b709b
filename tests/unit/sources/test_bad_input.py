"""Whatever a folder holds: a clear problem with its place, or nothing; never an exception."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from golive.sources.documents import Reading, read_documents
from golive.sources.files import LIMITS, Source, read_file
from golive.sources.places import node_count
from golive.sources.reading import read_paths, read_tree
from golive.sources.tree import FileKind
from golive.sources.yaml_limits import Limits
from tests.unit.sources.trees import OBJECT, linted, said, write

BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{','.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(8)
)


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        (OBJECT + BOMB, 8, "aliases repeat more than"),
        (OBJECT + "x: " + "[" * 100_000, 4, "nested deeper than"),
        (OBJECT + "x:\n" + "".join(" " * i + "- \n" for i in range(100)), 68, "nested deeper"),
        (b"\x7fELF\0\0\1", 1, "binary file"),
        (OBJECT.encode() + b"x: \0", 4, "binary file"),
        (OBJECT.encode("utf-16"), 1, "UTF-16"),
        (OBJECT.encode() + b"x: \xff\n", 4, "not UTF-8"),
        (OBJECT + "x:\n\ty: 1\n", 5, "tab"),
        (OBJECT + "x: *gone\n", 4, "no anchor"),
        (OBJECT + "x: &a [*a]\n", 4, "inside the value"),
        (OBJECT + "x: !!python/object:os.system {}\n", 4, "not supported"),
        (OBJECT + "x: .nan\n", 4, "finite"),
        (OBJECT + "? [a]\n: b\n", 4, "cannot be a key"),
        (OBJECT + "x: \x07\n", 4, "control character"),
    ],
)
def test_what_cannot_be_read_says_where(
    tmp_path: Path, content: str | bytes, line: int, words: str
) -> None:
    text = content if isinstance(content, bytes) else content.encode()
    (problem,) = linted(tmp_path, {"a.yaml": text}).problems
    assert (problem.code, problem.location.line) == ("not-yaml", line)
    assert words in f"{problem.message} {problem.hint}"


def test_a_file_that_is_too_large(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    with file.open("wb") as stream:
        stream.truncate(50 * 1024 * 1024)
    (tmp_path / "a").write_bytes(b"apiVersion: v1\nkind: A\n" * 1_000_000)
    tree = read_paths([tmp_path])
    assert said(tree) == [("too-large", "a", 1), ("too-large", "a.yaml", 1)]
    assert "16,777,216 bytes" in tree.problems[1].message
    assert [f.size for f in tree.files] == [23_000_000, 50 * 1024 * 1024]


def test_too_many_values() -> None:
    found = read_documents(OBJECT + "x: [" + "a," * 100 + "]\n", Reading("a"), Limits(nodes=50))
    (problem,) = found.problems
    assert "more than 50 values" in problem.message


def test_pictures_pipes_and_sockets_are_passed_over(tmp_path: Path) -> None:
    write(tmp_path, {"a.png": b"\x89PNG\0", "b": b"\0\1", "c.conf": b"\xff\xfe\0", "d.tpl": b""})
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("pipe")
    (tmp_path / "zero").symlink_to("/dev/zero")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "s"))
        tree = read_paths([tmp_path])
    assert (tree.files, tree.problems) == ((), ())


def test_pipes_and_devices_in_the_place_of_manifests_are_told(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.yaml")
    (tmp_path / "b.yml").symlink_to("/dev/zero")
    assert said(read_paths([tmp_path])) == [("unreadable", n, 1) for n in ("a.yaml", "b.yml")]


def test_a_file_that_may_not_be_opened_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> str:
        return "cannot be read: Permission denied"

    write(tmp_path, {"a.json": "{}", "nginx.conf": "events {}\n", "b.png": "x", "c.yaml": OBJECT})
    monkeypatch.setattr("golive.sources.files.read_source", refused)
    names = ("a.json", "c.yaml", "nginx.conf")
    assert said(read_paths([tmp_path])) == [("unreadable", n, 1) for n in names]


def test_names_that_are_no_utf8_are_written_out(tmp_path: Path) -> None:
    with Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.yaml")).open("w") as file:
        file.write(OBJECT)
    (found,) = read_paths([tmp_path]).objects
    assert found.path == f"{tmp_path}/\\xff.yaml"
    assert [f.path for f in read_tree(tmp_path.iterdir(), tmp_path).files] == ["\\xff.yaml"]


def test_a_pipe_that_is_named_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    (problem,) = read_paths([tmp_path / "pipe.yaml"]).problems
    assert problem.code == "unreadable"


def test_a_file_that_goes_away_meanwhile(tmp_path: Path) -> None:
    (problem,) = read_file(Source(tmp_path / "a.yaml", "a.yaml")).problems
    assert (problem.code, problem.message) == ("unreadable", "no such file")


PIECES = [
    *("apiVersion: v1\n", "kind: List\n", "kind: Secret\n", "items:\n", "- ", "metadata:\n"),
    *("  name: a\n", "  generateName: b\n", "data: {a: b}\n", "---\n", "spec:\n", "[", "]", "{"),
    *("}", ": ", "\n", " ", "*a", "&a ", "<<: ", "{{ x }}", "${X}", "# golive: ignore[a]", "|\n"),
    *("'", '"', "groups:\n", "- rules:\n", "on: x\n", "jobs: {}\n", "\t", "\r\n", "\0", "한"),
    *("{apiVersion: v1, kind: Pod}", "template: {spec: {containers: [{env: [{name: TOKEN}]}]}}\n"),
]


@given(
    st.one_of(
        st.binary(max_size=200),
        st.text(max_size=200).map(str.encode),
        st.lists(st.sampled_from(PIECES), max_size=40).map("".join).map(str.encode),
    ),
    st.sampled_from(["a.yaml", "a.json", "a.conf", "Chart.yaml", "kustomization.yaml"]),
    st.sampled_from([None, FileKind.KUBERNETES, FileKind.RULES]),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
def test_any_file_gives_objects_or_placed_problems(
    tmp_path: Path, content: bytes, name: str, expected: FileKind | None
) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    found = read_file(Source(file, name, expected))
    last = content.count(b"\n") + content.count(b"\r") + 1
    for problem in found.problems:
        assert problem.message
        assert problem.location.line is not None
        assert 1 <= problem.location.line <= last
    for item in found.objects:
        line = item.at(("metadata", "name")).line
        assert line is not None
        assert 1 <= line <= last
        assert str(item.ref)
        assert len(item.lines) >= node_count(item.data)
    for suppression in found.suppressions:
        assert suppression.applies[0] <= suppression.applies[1]


def test_the_limit_of_a_file_is_not_that_of_yaml_alone() -> None:
    assert LIMITS.size > Limits().size
