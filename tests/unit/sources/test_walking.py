"""Which files of a folder are read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from golive.errors import UsageError
from golive.sources.excluding import Excludes
from golive.sources.reading import read_paths
from golive.sources.walking import NoSuchPath, walk
from tests.unit.sources.trees import OBJECT, linted, write


def names(base: Path, *files: str, exclude: tuple[str, ...] = ()) -> list[str]:
    tree = linted(base, dict.fromkeys(files, OBJECT), *exclude)
    return [Path(f.path).relative_to(base).as_posix() for f in tree.files]


def test_the_order_is_that_of_the_names(tmp_path: Path) -> None:
    found = names(tmp_path, "b.yaml", "a/z.yaml", "a/b/c.yml", "c/a.yaml")
    assert found == ["b.yaml", "a/z.yaml", "a/b/c.yml", "c/a.yaml"]


def test_hidden_and_installed_folders_are_left_out(tmp_path: Path) -> None:
    kept = [".github/workflows/a.yml", ".hidden.yaml", "k8s/a.yaml"]
    left = [".git/a.yaml", "node_modules/a/a.yaml", "x/__pycache__/a.yaml", ".venv/lib/a.yaml"]
    assert sorted(names(tmp_path, *kept, *left)) == sorted(kept)


def test_a_named_file_is_read_wherever_it_is(tmp_path: Path) -> None:
    write(tmp_path, {".git/a.yaml": OBJECT})
    assert len(read_paths([tmp_path / ".git" / "a.yaml"], exclude=["*"]).objects) == 1


@pytest.mark.parametrize(
    ("pattern", "left"),
    [
        ("a.yaml", {"a.yaml", "x/a.yaml", "x/y/a.yaml"}),
        ("/a.yaml", {"a.yaml"}),
        ("x/*.yaml", {"x/a.yaml"}),
        ("x/**", {"x/a.yaml", "x/y/a.yaml"}),
        ("x/", {"x/a.yaml", "x/y/a.yaml"}),
        ("**/y", {"x/y/a.yaml"}),
        ("[ab].yam?", {"a.yaml", "b.yaml", "x/a.yaml", "x/y/a.yaml"}),
        ("*", {"a.yaml", "b.yaml", "x/a.yaml", "x/y/a.yaml"}),
    ],
)
def test_excludes(tmp_path: Path, pattern: str, left: set[str]) -> None:
    everything = {"a.yaml", "b.yaml", "x/a.yaml", "x/y/a.yaml"}
    assert set(names(tmp_path, *everything, exclude=(pattern,))) == everything - left


def test_the_last_pattern_decides(tmp_path: Path) -> None:
    found = names(tmp_path, "a.yaml", "b.yaml", exclude=("*.yaml", "!b.yaml"))
    assert found == ["b.yaml"]


def test_excludes_from_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {"k8s/old/a.yaml": OBJECT, "k8s/a.yaml": OBJECT})
    monkeypatch.chdir(tmp_path)
    for start in (Path("k8s"), tmp_path / "k8s"):
        tree = read_paths([start], exclude=["k8s/old"])
        assert [o.path for o in tree.objects] == ["k8s/a.yaml"]


@pytest.mark.parametrize("pattern", ["", "  ", "[", "a[", "[]", "[!]", "\\", "(", "**", "a/**/b"])
def test_any_text_is_a_pattern(pattern: str) -> None:
    assert isinstance("a/b.yaml" in Excludes((pattern,)), bool)


def test_what_lies_below_the_working_directory_is_shown_from_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {"k8s/a.yaml": OBJECT, "k8s/sub/b.yaml": OBJECT})
    monkeypatch.chdir(tmp_path / "k8s")
    shown = [f.path for f in read_paths([tmp_path / "k8s"]).files]
    assert shown == ["a.yaml", "sub/b.yaml"]
    write(tmp_path, {"k8s/chart/Chart.yaml": "name: a\ntype: library\n"})
    assert walk([tmp_path / "k8s"]).charts == {tmp_path / "k8s" / "chart": "chart"}
    (tmp_path / "k8s" / "chart" / "Chart.yaml").unlink()
    assert [f.path for f in read_paths([tmp_path / "k8s" / "a.yaml"]).files] == ["a.yaml"]
    monkeypatch.chdir(tmp_path / "k8s" / "sub")
    assert {f.path for f in read_paths([tmp_path / "k8s"]).files} == {
        f"{tmp_path}/k8s/a.yaml",
        f"{tmp_path}/k8s/sub/b.yaml",
    }


def test_a_path_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(NoSuchPath, match="no such file or folder") as caught:
        read_paths([tmp_path, tmp_path / "gone"])
    assert isinstance(caught.value, UsageError)
    assert caught.value.exit_code == 2


def test_each_real_file_once_and_loops_are_harmless(tmp_path: Path) -> None:
    write(tmp_path, {"a/b/x.yaml": OBJECT})
    (tmp_path / "a" / "b" / "up").symlink_to(tmp_path)
    (tmp_path / "a" / "b" / "higher").symlink_to("/")
    (tmp_path / "a" / "self").symlink_to("self")
    (tmp_path / "again.yaml").symlink_to(tmp_path / "a" / "b" / "x.yaml")
    tree = read_paths([tmp_path, tmp_path / "a", tmp_path / "a" / "b" / "x.yaml"])
    assert len(tree.objects) == 1
    assert not tree.problems


def test_a_broken_link_is_told_when_it_was_meant_for_us(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").symlink_to("gone")
    (tmp_path / "a.png").symlink_to("gone")
    (problem,) = read_paths([tmp_path]).problems
    assert (problem.code, Path(problem.location.path).name) == ("unreadable", "a.yaml")


def test_folders_outside_are_followed_through_links(tmp_path: Path) -> None:
    write(tmp_path, {"common/a.yaml": OBJECT, "app/b.yaml": OBJECT})
    (tmp_path / "app" / "base").symlink_to(tmp_path / "common")
    assert len(read_paths([tmp_path / "app"]).objects) == 2


def test_a_folder_that_cannot_be_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"a/x.yaml": OBJECT, "b/y.yaml": OBJECT})
    scandir = os.scandir

    def refused(path: Path) -> object:
        if Path(path).name == "a":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refused)
    tree = read_paths([tmp_path])
    assert [(p.code, Path(p.location.path).name) for p in tree.problems] == [("unreadable", "a")]
    assert len(tree.objects) == 1
