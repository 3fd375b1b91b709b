"""Scratch folders: what a killed drill left is removed by the next one, and nothing else is."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from golive_gates.recovery import scratch as rooms
from golive_gates.recovery.scratch import clear_stale, scratch

HOLD = (
    "import sys; from pathlib import Path; from golive_gates.recovery.scratch import scratch\n"
    "with scratch(Path(sys.argv[1])) as made:\n"
    "    (made / 'copy.db').write_bytes(b'x')\n"
    "    print(made, flush=True); sys.stdin.read()"
)


def test_what_a_killed_process_left_is_removed_and_what_another_uses_is_not(
    tmp_path: Path,
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stdout is not None
        theirs = Path(running.stdout.readline().strip())
        with scratch(tmp_path) as mine:
            assert {p.name for p in tmp_path.iterdir()} == {theirs.name, mine.name}
        running.kill()
    assert (theirs / "copy.db").exists()
    with scratch(tmp_path) as mine:
        assert list(tmp_path.iterdir()) == [mine]
    assert list(tmp_path.iterdir()) == []


def left(folder: Path) -> Path:
    folder.mkdir()
    (folder / rooms.OWNER).touch()
    return folder


def test_what_is_not_known_to_be_left_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = tmp_path / "golive-recovery-begun"
    begun.mkdir()
    others = left(tmp_path / "recovery-golive")
    elsewhere = left(tmp_path / "data")
    linked = tmp_path / "golive-recovery-link"
    linked.symlink_to(elsewhere)
    strange = left(tmp_path / "golive-recovery-strange")
    (strange / rooms.OWNER).unlink()
    (strange / rooms.OWNER).symlink_to(elsewhere / rooms.OWNER)
    clear_stale(tmp_path)
    assert all(p.exists() for p in (begun, others, elsewhere, linked, strange))
    foreign = left(tmp_path / "golive-recovery-foreign")
    monkeypatch.setattr(os, "getuid", lambda: 4_242)
    clear_stale(tmp_path)
    assert foreign.exists()
    monkeypatch.undo()
    clear_stale(tmp_path)
    assert not foreign.exists()


def test_where_there_are_no_locks_nothing_is_taken_for_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(rooms.fcntl, "flock", none)
    with scratch(tmp_path) as made:
        assert list(made.iterdir()) == []
        clear_stale(tmp_path)
        assert made.exists()
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), scratch(tmp_path / "nowhere"):
        pass
