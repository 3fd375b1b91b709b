"""What a service is started on: databases, packed ones, and folders of Chroma."""

from __future__ import annotations

import gzip
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from golive_gates.recovery.service.restoring import (
    NotRestored,
    chosen,
    make_removable,
    restored,
    room,
)
from golive_gates.recovery.sqlite.drilling import Bench
from golive_gates.recovery.stopping import Stop, Stopped
from tests.gates.recovery import chroma_stores
from tests.gates.recovery.service_scripts import COMMAND, SERVICE, asked, context, drilled, laid_out

CHROMA = "assert os.listdir(sys.argv[3]) and os.path.exists(sys.argv[3] + '/chroma.sqlite3')"


def test_a_folder_of_chroma_beside_a_database(tmp_path: Path) -> None:
    laid_out(tmp_path, CHROMA, "os.unlink(sys.argv[3] + '/chroma.sqlite3')")
    (tmp_path / "chroma").mkdir()
    snapshot = chroma_stores.laid_out(tmp_path / "chroma")
    before = {p: p.read_bytes() for p in snapshot.rglob("*") if p.is_file()}
    service = replace(SERVICE, command=(*COMMAND, "{chroma.vectors}"))
    store = replace(chroma_stores.STORE, backups=("chroma/snapshots/*",), live="chroma/live")
    settings = replace(asked(), service=None, chroma=(store,))
    seen = drilled(context(tmp_path), replace(settings, service=service))
    assert (seen.problem, seen.stores, len(seen.answers)) == ("", ("shop", "vectors"), 5)
    assert {p: p.read_bytes() for p in snapshot.rglob("*") if p.is_file()} == before


def test_a_command_in_a_folder_of_its_own_is_given_whole_paths(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    laid_out(tmp_path, "assert os.path.isabs(database), database", "os.stat(os.environ['HOME'])")
    (tmp_path / "own").mkdir()
    monkeypatch.chdir(tmp_path)
    words = (COMMAND[0], "../service.py", *COMMAND[2:])
    service = replace(SERVICE, command=words, working_directory="own")
    # As with `--config golive.yaml`.
    seen = drilled(context(Path()), asked(service))
    assert (seen.problem, [a.has_value for a in seen.answers]) == ("", [True] * 5)


def test_what_the_service_left_can_be_removed(tmp_path: Path) -> None:
    other, left = tmp_path / "other", tmp_path / "scratch" / "home" / "cache"
    other.mkdir()
    (left / "module").mkdir(parents=True)
    (left / "to").symlink_to(other)
    (left / "file").touch(0o400)
    for folder in (other, left / "module", left, left.parent):
        folder.chmod(0o500)
    make_removable(tmp_path / "scratch")
    assert [stat.S_IMODE(p.stat().st_mode) for p in (left.parent, left, left / "module")] == (
        [0o700] * 3
    )
    assert [stat.S_IMODE(p.stat().st_mode) for p in (other, left / "file")] == [0o500, 0o400]


def test_a_packed_database(tmp_path: Path) -> None:
    laid_out(tmp_path)
    for file in (tmp_path / "backups").glob("*.db"):
        file.with_name(file.name + ".gz").write_bytes(gzip.compress(file.read_bytes()))
        file.unlink()
    for file in (tmp_path / "backups").glob("*.json"):
        file.unlink()
    seen = drilled(context(tmp_path), asked())
    assert (seen.problem, [a.ok for a in seen.answers]) == ("", [True] * 5)


def test_what_cannot_be_unpacked_is_told(tmp_path: Path) -> None:
    laid_out(tmp_path)
    settings = replace(asked(), unpacked_bytes=10)
    for file in (tmp_path / "backups").glob("*.db"):
        file.with_name(file.name + ".gz").write_bytes(gzip.compress(file.read_bytes()))
        file.unlink()
    for file in (tmp_path / "backups").glob("*.json"):
        file.unlink()
    seen = drilled(context(tmp_path), settings)
    assert seen.problem == "not-restored"
    assert "archive-too-large" in seen.detail


def test_a_restoration_ends_when_it_is_told_to(tmp_path: Path) -> None:
    laid_out(tmp_path)
    ctx = context(tmp_path)
    bench = Bench(asked(), tmp_path, ctx.clock.now, ctx.clock.monotonic)
    wanted = chosen(SERVICE, bench)
    assert room(wanted) >= 2 * (tmp_path / wanted[0].backup.path).stat().st_size
    stop = Stop()
    stop.ask()
    with pytest.raises(Stopped):
        restored(wanted, bench, tmp_path / "scratch", stop)


def test_a_store_without_a_backup(tmp_path: Path) -> None:
    laid_out(tmp_path)
    for file in (tmp_path / "backups").iterdir():
        file.unlink()
    ctx = context(tmp_path)
    bench = Bench(asked(), tmp_path, ctx.clock.now, ctx.clock.monotonic)
    with pytest.raises(NotRestored, match="drill-no-backup"):
        chosen(SERVICE, bench)
    assert drilled(ctx, asked()).problem == "not-restored"
