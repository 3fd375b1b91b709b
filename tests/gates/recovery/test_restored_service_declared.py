"""How a restored service is declared, and what it is asked for."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from golive.config.errors import ConfigError
from golive.config.loader import load_config
from golive.config.secret_references import secret_references
from golive_gates.recovery.service.answers import contains, looks
from golive_gates.recovery.service.placeholders import filled, placeholders
from golive_gates.recovery.service.rows import NoValues, Values, values_of
from golive_gates.recovery.service.settings import RestoredService, RowValue
from golive_gates.recovery.settings import ChromaStore, Settings
from golive_gates.recovery.stopping import Stop
from tests.gates.recovery import stores
from tests.gates.recovery.service_scripts import SERVICE

WRITTEN: dict[str, Any] = {
    "command": ["serve", "--database", "{sqlite.shop}", "--port", "{port}"],
    "environment": {"SHOP_ENV": "drill", "INDEX": "{chroma.the index}"},
    "secrets": {"KEY": "env:SHOP_KEY"},
    "ask": {
        "path": "/orders/{value}",
        "auth": {"token": "file:token"},
        "value": {"store": "shop", "table": "orders", "column": "id"},
    },
}


def loaded(folder: Path, **changes: Any) -> Settings:
    """Settings of a golive.yaml with the declaration, and *changes* to it."""
    recovery = {
        "sqlite": [{"name": "shop", "backups": ["a"]}, {"name": "other", "backups": ["b"]}],
        "chroma": [{"name": "the index", "backups": ["c"]}],
        "service": {**WRITTEN, **changes},
    }
    document = {
        "apiVersion": "golive/v1",
        "service": {"name": "shop", "version": "1"},
        "gates": {"recovery": recovery},
    }
    (folder / "golive.yaml").write_text(json.dumps(document), "utf-8")
    found = load_config(folder / "golive.yaml", {"recovery": Settings}).settings["recovery"]
    assert isinstance(found, Settings)
    return found


def test_what_is_declared(tmp_path: Path) -> None:
    settings = loaded(tmp_path)
    service = settings.service
    assert isinstance(service, RestoredService)
    assert (service.stores, service.ready, service.within) == (("shop", "the index"), "/readyz", 60)
    assert set(secret_references(Settings, settings)) == {"env:SHOP_KEY", "file:token"}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"command": ["serve", "{sqlite.shp}", "{port}"]}, "{sqlite.shp}"),
        ({"command": ["serve", "{chroma.shop}", "{port}"]}, "{chroma.shop}"),
        ({"command": ["serve", "{sqlite.shop}", "{port}", "${HOME}"]}, "{HOME}"),
        ({"environment": {"A": "{database}"}}, "{database}"),
        ({"command": ["serve", "{sqlite.shop}"]}, "{port}"),
        ({"command": ["", "{sqlite.shop}", "{port}"]}, "command"),
        ({"command": []}, "command"),
        ({"command": ["serve", "{port}"], "environment": {}}, "shop"),
        ({"environment": {"A=B": "c"}}, "A=B"),
        ({"environment": {"KEY": "c"}}, "KEY"),
        ({"secrets": {"KEY": "the value itself"}}, "secret"),
        ({"ask": {**WRITTEN["ask"], "path": "/orders"}}, "{value}"),
        ({"ask": {**WRITTEN["ask"], "rows": 0}}, "rows"),
        ({"ask": {**WRITTEN["ask"], "rows": 101}}, "rows"),
        (
            {"ask": {**WRITTEN["ask"], "value": {**WRITTEN["ask"]["value"], "store": "other"}}},
            "other",
        ),
    ],
)
def test_what_cannot_be_meant(tmp_path: Path, changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError, match="service") as caught:
        loaded(tmp_path, **changes)
    assert said in str(caught.value)


def test_a_chroma_store_is_no_sqlite_store() -> None:
    chroma = (ChromaStore("shop", ("c",)),)
    with pytest.raises(ValueError, match=r"\{sqlite\.shop\}"):
        Settings(chroma=chroma, service=SERVICE)
    other = replace(SERVICE, command=("serve", "{chroma.shop}", "{port}"))
    with pytest.raises(ValueError, match="has to be a sqlite store"):
        Settings(chroma=chroma, service=other)


def test_braces() -> None:
    text = '{port} {{port}} {"a": {"b": 1}} {} {sqlite.a b}/x'
    assert placeholders(text) == ("port", "sqlite.a b")
    values = {"port": "80", "sqlite.a b": "/a/{port}"}
    assert filled(text, values) == '80 {port} {"a": {"b": 1}} {} /a/{port}/x'


def chosen(path: Path, table: str, column: str, count: int = 5) -> Values:
    return values_of(path, RowValue("shop", table, column), count, Stop())


def test_values_are_spread_from_the_oldest_row_to_the_newest(tmp_path: Path) -> None:
    path = stores.make_live(tmp_path / "a.db", 300)
    stores.change(path, "INSERT INTO items VALUES (1000, 1, '', 1, x'')")
    again = Path(shutil.copy(path, tmp_path / "again.db"))
    found = chosen(path, "items", "name")
    assert found.asked == ("이름 0", "이름 74", "이름 149", "이름 224", "이름 299")
    assert found.removed == "이름 298"
    assert chosen(again, "items", "name") == found
    assert chosen(path, "items", "name", 1).asked == ("이름 299",)
    assert chosen(path, "items", "id", 2).asked == ("0", "1000")
    assert not path.with_name("a.db-wal").exists()


def test_what_is_alike_is_asked_for_once(tmp_path: Path) -> None:
    path = stores.make_live(tmp_path / "a.db")
    stores.change(path, "UPDATE items SET name = 'same'")
    assert chosen(path, "items", "name").asked == ("same",)


@pytest.mark.parametrize("column", ["data", "nothing", '"', "name; DROP TABLE items"])
def test_columns_without_values(tmp_path: Path, column: str) -> None:
    path = stores.make_live(tmp_path / "a.db")
    with pytest.raises(NoValues) as caught:
        chosen(path, "items", column)
    assert caught.value.code == ("no-values" if column == "data" else "values-column")
    with pytest.raises(NoValues, match="values-table"):
        chosen(path, "nothing", column)


def test_what_is_made_up_is_in_no_row(tmp_path: Path) -> None:
    path = tmp_path / "digits.db"
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("CREATE TABLE digits (n INTEGER)")
        db.executemany("INSERT INTO digits VALUES (?)", [(n,) for n in range(100)])
    assert chosen(path, "digits", "n").made_up == "999"
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("CREATE TABLE signs (s TEXT)")
        db.execute("INSERT INTO signs VALUES ('기획-Ab3')")
    assert chosen(path, "signs", "s").made_up == "기획-Bc4"
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("CREATE TABLE keys (k TEXT)")
        db.execute("INSERT INTO keys VALUES ('9f-00aE'), ('9f-00ae')")
    assert chosen(path, "keys", "k", 1).made_up == "0a-11bf"


@pytest.mark.parametrize(
    ("body", "value", "held"),
    [
        ('{"id": 15}', "15", True),
        ('{"id": 150, "was": 215, "a_15": 0}', "15", False),
        ('{"name": "\\ud64d\\uae38\\ub3d9"}', "홍길동", True),
        ("홍길동은 있다", "홍길동", True),
        ('{"path": "a\\"b"}', 'a"b', True),
        ("a.c", "abc", False),
        ("abc", "a.c", False),
        ("", "15", False),
    ],
)
def test_a_value_stands_by_itself(body: str, value: str, held: bool) -> None:
    assert contains(body, value) is held


@pytest.mark.parametrize("within", [0.01, 0.5, 1.0, 60.0, 600.0])
def test_readiness_is_looked_at_until_the_end_and_not_too_often(within: float) -> None:
    pauses = looks(within)
    assert sum(pauses) == pytest.approx(within, abs=0.02)
    assert all(0 < p <= 1.0 for p in pauses)
    assert len(pauses) < 60 + within
