"""``golive backup verify`` starts the service too, where golive.yaml says how."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from golive.errors import UsageError
from tests.gates.recovery import stores
from tests.gates.recovery.service_scripts import SERVICE, laid_out
from tests.gates.recovery.test_commands_backup import call

WRITTEN: dict[str, Any] = {
    "command": list(SERVICE.command),
    "secrets": {"SHOP_KEY": "file:key"},
    "within": "20s",
    "ask": {
        "path": "/words/{value}",
        "auth": {"token": "file:key"},
        "value": {"store": "shop", "table": "words", "column": "word"},
    },
}
NEEDS_KEY = "sys.exit('the key is wrong: ' + os.environ['SHOP_KEY'])"


def declared(folder: Path, *more: str) -> Path:
    """A golive.yaml beside a store, a service and its key."""
    laid_out(folder, *more)
    (folder / "key").write_text("s3cret-s3cret\n", "utf-8")
    (folder / "key").chmod(0o600)
    recovery = {
        "rpo": "87600h",
        "sqlite": [{"name": "shop", "backups": ["backups"], "live": "live.db"}],
        "service": WRITTEN,
    }
    document = {
        "apiVersion": "golive/v1",
        "service": {"name": "shop", "version": "1"},
        "gates": {"recovery": recovery},
    }
    (folder / "golive.yaml").write_text(json.dumps(document), "utf-8")
    return folder / "golive.yaml"


def checks(out: str) -> dict[str, dict[str, Any]]:
    return {c["id"].partition(".")[2]: c for c in json.loads(out)["checks"]}


def test_a_service_that_comes_up(tmp_path: Path) -> None:
    path = declared(tmp_path)
    _, out, err = call("verify", "--config", path, "--output", "json")
    assert checks(out)["restored-service"]["status"] == "pass"
    assert checks(out)["rto"]["facts"]["phase_first_answer"] > 0
    assert len(json.loads(out)["service"]["answers"]) == 5
    assert "restored-service: 2/2" in err
    assert "  started on shop: service-start " in call("verify", "--config", path)[1]


def test_one_that_does_not_is_told_without_its_secrets(tmp_path: Path) -> None:
    code, out, _ = call("verify", "--config", declared(tmp_path, NEEDS_KEY), "--output", "json")
    found = checks(out)
    assert (code, found["restored-service"]["status"]) == (1, "fail")
    assert found["rto"]["blocked_by"] == "recovery.restored-service"
    (finding,) = found["restored-service"]["findings"]
    assert finding["sentence"].endswith("the key is wrong: ***")
    assert "s3cret-s3cret" not in out


def test_a_secret_that_is_not_there_is_said_before_anything_is_done(tmp_path: Path) -> None:
    path = declared(tmp_path)
    (tmp_path / "key").unlink()
    with pytest.raises(UsageError, match="file:key"):
        call("verify", "--config", path)


def test_without_a_declaration_nothing_is_said_of_it(tmp_path: Path) -> None:
    stores.make_live(tmp_path / "live.db")
    stores.back_up(tmp_path, stores.NOW)
    _, out, _ = call("verify", "--backups", tmp_path / "backups", "--output", "json")
    assert "restored-service" not in checks(out)
