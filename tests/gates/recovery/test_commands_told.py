"""What ``golive backup`` prints for somebody who calls it the first time."""

from __future__ import annotations

from pathlib import Path

import pytest

from golive_gates.recovery.commands.create import counted
from tests.gates.recovery import stores
from tests.gates.recovery.test_commands_backup import call, create, verify

CONFIG = """\
apiVersion: golive/v1
service: {name: shop, version: v1}
gates:
  recovery:
    sqlite:
      - {name: shop, backups: [backups], live: live.db, canary: {table: owners, column: name}}
"""


def test_a_backup_is_told_and_proven(tmp_path: Path) -> None:
    stores.make_live(tmp_path / "live.db")
    made = create(tmp_path, "--write-canary")[1]
    assert "whole, 356 rows in 4 tables" in made
    code, out, _ = verify(tmp_path)
    lines = out.splitlines()
    assert code == 0
    assert lines[0].startswith("live: ")
    assert "restored in" in lines[1]
    assert lines[-1].startswith("The newest backup restores")
    assert sum(line.startswith("pass ") for line in lines) == 9
    assert any("not needed" in line and "chroma-vectors" in line for line in lines)
    assert any("not asked" in line and "retention" in line for line in lines)


def test_what_is_wrong_is_said_once_with_what_it_leaves_open(tmp_path: Path) -> None:
    stores.make_live(tmp_path / "live.db")
    create(tmp_path)
    (backup,) = (tmp_path / "backups").glob("*.db")
    backup.write_bytes(backup.read_bytes()[:9_000])
    code, out, _ = verify(tmp_path)
    lines = out.splitlines()
    assert (code, lines[-1]) == (1, "FAILED: sqlite-restores.")
    (left,) = [line for line in lines if line.startswith("not judged")]
    for name in ("sqlite-schema", "sqlite-content", "rpo", "rto", "drill-sound"):
        assert name in left
    assert "before recovery.sqlite-restores is mended" in left


def test_what_cannot_be_told_is_no_success(tmp_path: Path) -> None:
    stores.make_live(tmp_path / "live.db")
    create(tmp_path)
    code, out, _ = call("verify", "--backups", tmp_path / "backups")
    assert (code, out.splitlines()[-1]) == (3, "UNDECIDED: rpo.")
    assert "drill-sound: before recovery.rpo is mended" in out


def test_a_golive_yaml_asks_for_its_history(tmp_path: Path) -> None:
    stores.make_live(tmp_path / "live.db")
    create(tmp_path)
    (tmp_path / "golive.yaml").write_text(CONFIG, encoding="utf-8")
    code, out, _ = call("verify", "--config", tmp_path / "golive.yaml")
    assert code == 1
    assert "retention" in out.splitlines()[-1]
    assert "not asked" not in out


@pytest.mark.parametrize(("path", "said"), [("nothing.db", "no such file"), (".", "a folder")])
def test_what_is_no_file(tmp_path: Path, path: str, said: str) -> None:
    code, _, err = call("create", "--sqlite", tmp_path / path, "--into", tmp_path / "backups")
    assert (code, said in err) == (1, True)


def test_numbers_are_said_as_they_are() -> None:
    assert [counted(n, "row") for n in (0, 1, 1_000)] == ["0 rows", "1 row", "1,000 rows"]
