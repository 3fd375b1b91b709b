"""A service is really started on a restored database: every way in which that can end."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from golive.api import Lane, Unavailable
from golive_gates.recovery.observers.restored_service import RestoredServiceObserver
from golive_gates.recovery.service.settings import RestoredService
from tests.gates.recovery import stores
from tests.gates.recovery.service_scripts import (
    ASK,
    SERVICE,
    asked,
    context,
    drilled,
    judged,
    laid_out,
    observed,
)
from tests.gates.saying import codes

SHORT = replace(SERVICE, within=1.0)
FIXED = "\nHandler.answer = lambda self: (200, {!r})"
REFUSING = """
known = Handler.answer
Handler.answer = lambda self: (404, "") if "w41" in self.path else known(self)
"""
DYING = """
def answer(self, known=Handler.answer):
    if "w30" in self.path:
        os._exit(7)
    return known(self)
Handler.answer = answer
"""
HANGING = """
known = Handler.answer
Handler.answer = lambda self: known(self) if self.path == "/readyz" else time.sleep(600)
"""
NEVER_READY = 'Handler.answer = lambda self: (503, "warming up")'


def ended(folder: Path, *more: str, service: RestoredService = SERVICE) -> tuple[str, list[str]]:
    """Status and codes of findings for a service that does *more* before it serves."""
    laid_out(folder, *more)
    result = judged(folder, asked(service))
    return result.status.value, codes(result)


def test_it_comes_up_and_knows_its_rows(tmp_path: Path) -> None:
    laid_out(tmp_path)
    result = judged(tmp_path)
    assert (result.status.value, result.reason.code) == ("pass", "answered")
    assert result.measurement is not None
    assert (result.measurement.n, result.measurement.failures) == (5, 0)
    seen = drilled(context(tmp_path), asked())
    assert [p.name for p in seen.phases] == ["service-start", "first-answer"]
    assert [a.value for a in seen.answers] == ["w0", "w2", "w30", "w41", "w9"]
    assert seen.control is not None
    assert (seen.control.value, seen.control.status, seen.killed) == ("x0", 404, False)


def test_what_it_writes_is_written_to_the_copy(tmp_path: Path) -> None:
    laid_out(
        tmp_path,
        "with sqlite3.connect(database) as db: db.execute(\"INSERT INTO words VALUES ('new', 1)\")",
        "open(database + '.note', 'w').close()",
    )
    files = [p for p in tmp_path.rglob("*") if p.is_file() and "scratch" not in p.parts]
    before = {p: p.read_bytes() for p in files}
    assert judged(tmp_path).status.value == "pass"
    assert {p: p.read_bytes() for p in files} == before
    assert not list(tmp_path.glob("**/*.note"))


def test_the_log_beside_a_backup_is_in_what_it_is_started_on(tmp_path: Path) -> None:
    laid_out(tmp_path, "assert not os.path.exists(database + '-wal'), 'a log is left'")
    (newest,) = sorted((tmp_path / "backups").glob("*.db"))[-1:]
    for file in (tmp_path / "backups").iterdir():
        if file != newest:
            file.unlink()
    stores.make_live(tmp_path / "other.db")
    with stores.in_use(tmp_path / "other.db", "INSERT INTO words VALUES ('zlast', 1)"):
        stores.copied(tmp_path / "other.db", newest)
        stores.copied(tmp_path / "other.db-wal", newest.with_name(newest.name + "-wal"))
    seen = drilled(context(tmp_path), asked())
    assert (seen.problem, seen.said, seen.answers[-1].value) == ("", "-", "zlast")
    assert all(a.has_value for a in seen.answers)


@pytest.mark.parametrize(
    ("more", "status", "code"),
    [
        ("sys.exit('projects.key is missing')", "fail", "exited"),
        ("os.kill(os.getpid(), signal.SIGSEGV)", "fail", "signalled"),
        ("os._exit(0) if os.fork() else os.setsid()", "fail", "exited"),
        ("sys.exit('[Errno 98] Address already in use')", "inconclusive", "port-taken"),
    ],
)
def test_what_does_not_come_up(tmp_path: Path, more: str, status: str, code: str) -> None:
    assert ended(tmp_path, more) == (status, [code])


@pytest.mark.parametrize("more", ["signal.pause()", NEVER_READY])
def test_what_is_not_ready_in_time(tmp_path: Path, more: str) -> None:
    assert ended(tmp_path, more, service=SHORT) == ("fail", ["not-ready"])


def test_its_last_words_are_told(tmp_path: Path) -> None:
    laid_out(tmp_path, "print('x' * 100_000)", "sys.exit('\\x1b[31mprojects.key is missing')")
    (found,) = judged(tmp_path).findings
    assert str(found.reason.params["said"]).endswith("[31mprojects.key is missing")
    assert "\x1b" not in str(found.reason.params["said"])
    assert (found.reason.params["code"], len(str(found.reason.params["said"])) <= 400) == (1, True)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ("database = 'empty.db'; sqlite3.connect(database)", "answer-failed"),
        (REFUSING, "answer-status"),
        (FIXED.format('{"words": []}'), "answer-without-value"),
        (FIXED.format('{"words": ["w012", "aw12", "w00"]}'), "answer-without-value"),
    ],
)
def test_rows_that_it_does_not_know(tmp_path: Path, more: str, code: str) -> None:
    status, found = ended(tmp_path, more)
    assert (status, set(found)) == ("fail", {code})


def test_one_that_hangs_is_not_waited_for_at_every_row(tmp_path: Path) -> None:
    laid_out(tmp_path, HANGING)
    settings = asked(replace(SERVICE, ask=replace(ASK, within=0.5)))
    result = judged(tmp_path, settings)
    assert (result.status.value, codes(result)) == ("fail", ["answer-failed"])
    assert result.measurement is not None
    assert (result.measurement.n, result.measurement.failures) == (1, 1)


def test_one_that_ends_while_it_is_asked(tmp_path: Path) -> None:
    assert ended(tmp_path, DYING) == ("fail", ["exited"])


def test_one_that_dies_of_what_is_made_up_has_refused_nothing(tmp_path: Path) -> None:
    assert ended(tmp_path, DYING.replace("w30", "x0")) == ("inconclusive", ["control-unanswered"])


def test_what_was_cut_off_shows_no_half_of_a_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Wherever the cut is, it is in a secret.
    laid_out(tmp_path, "print('s3cret-s3cret-s3cret ' * 9_000, flush=True)", "sys.exit(1)")
    ctx = replace(context(tmp_path), redact=lambda t: t.replace("s3cret-s3cret-s3cret", "***"))
    kept: dict[str, str] = {}
    monkeypatch.setattr(type(ctx.evidence), "add", _keeping(kept, ctx.evidence.add))
    assert drilled(ctx, asked()).problem == "exited"
    assert set(kept["restored-service.log"]) == {"*", " "}


def test_one_that_answers_anything_proves_nothing(tmp_path: Path) -> None:
    echo = "Handler.answer = lambda self: (200, self.path)"
    assert ended(tmp_path, echo) == ("inconclusive", ["answers-anything"])


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"command": ("no-such-program", "{sqlite.shop}", "{port}")}, "command-not-found"),
        ({"command": ("./service.py", "{sqlite.shop}", "{port}")}, "command-not-started"),
        ({"working_directory": "elsewhere"}, "no-working-directory"),
        ({"ask": replace(ASK, value=replace(ASK.value, table="nothing"))}, "values-table"),
        ({"ask": replace(ASK, value=replace(ASK.value, column="nothing"))}, "values-column"),
    ],
)
def test_what_is_not_the_backups_fault(tmp_path: Path, changes: dict[str, Any], code: str) -> None:
    assert ended(tmp_path, service=replace(SERVICE, **changes)) == ("inconclusive", [code])


def test_without_rows_there_is_nothing_to_ask(tmp_path: Path) -> None:
    laid_out(tmp_path)
    for path in (tmp_path / "live.db", *(tmp_path / "backups").glob("*.db")):
        stores.change(path, "UPDATE owners SET name = ''")
    where = replace(ASK.value, table="owners", column="name")
    seen = drilled(context(tmp_path), asked(replace(SERVICE, ask=replace(ASK, value=where))))
    assert (seen.problem, seen.detail) == ("no-values", "owners.name")


def test_a_backup_that_is_gone_or_broken_is_named_by_its_own_check(tmp_path: Path) -> None:
    laid_out(tmp_path)
    (newest,) = sorted((tmp_path / "backups").glob("*.db"))[-1:]
    newest.write_bytes(newest.read_bytes()[:5_000])
    assert judged(tmp_path).blocked_by == "recovery.sqlite-restores"
    for file in (tmp_path / "backups").iterdir():
        file.unlink()
    result = judged(tmp_path)
    assert (result.status.value, result.blocked_by) == ("inconclusive", "recovery.backups-found")


def test_it_sees_what_is_declared_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALLERS_SECRET", "hunter2-hunter2")
    laid_out(tmp_path, "print(json.dumps(dict(os.environ)), flush=True)")
    service = replace(
        SERVICE,
        environment={"URL": "sqlite:///{sqlite.shop}?p={port}", "TEXT": "{{port}}"},
        secrets={"TOKEN": "file:token"},
    )
    ctx = replace(context(tmp_path, {"file:token": "s3cret-s3cret"}), redact=_hide)
    kept: dict[str, str] = {}
    monkeypatch.setattr(type(ctx.evidence), "add", _keeping(kept, ctx.evidence.add))
    drilled(ctx, asked(service))
    told: dict[str, str] = json.loads(kept["restored-service.log"])
    mark = next(n for n in told if n.startswith("GOLIVE_"))
    assert told.keys() - {mark, "LC_CTYPE"} == {
        *("PATH", "LANG", "HOME", "TMPDIR", "URL", "TEXT", "TOKEN")
    }
    assert (told["TOKEN"], told["TEXT"]) == ("***", "{port}")
    assert told["URL"].startswith(f"sqlite:///{tmp_path}/scratch/")
    assert told["HOME"].startswith(f"{tmp_path}/scratch/")
    assert "hunter2" not in kept["restored-service.log"]


def _hide(text: str) -> str:
    return text.replace("s3cret-s3cret", "***")


def _keeping(kept: dict[str, str], add: Any) -> Any:
    def keep(_: object, name: str, content: str, media_type: str) -> Any:
        kept[name] = content
        return add(name, content, media_type)

    return keep


def test_nothing_is_looked_at_without_a_declaration(tmp_path: Path) -> None:
    observer = RestoredServiceObserver()
    scope = context(tmp_path).scope
    assert observer.plan(scope, stores.SETTINGS) == ()
    part = asyncio.run(observer.observe(context(tmp_path), stores.SETTINGS))
    assert isinstance(part, Unavailable)
    assert (part.kind, part.reason.code) == ("absent", "no-service")


def test_the_plan_names_the_command_and_every_request(tmp_path: Path) -> None:
    laid_out(tmp_path)
    ctx = context(tmp_path)
    looks, asks = RestoredServiceObserver().plan(ctx.scope, asked())
    assert (looks.lane, "service.py {sqlite.shop}" in looks.note.replace("'", "")) == (
        *(Lane.QUIET, True),
    )
    assert (asks.endpoint, asks.requests) == ("GET http://127.0.0.1/words/{value}", 21)
    drilled(ctx, asked())
    assert 7 <= ctx.budget.sent <= looks.requests + asks.requests


def test_a_record_is_judged_again_as_it_was(tmp_path: Path) -> None:
    laid_out(tmp_path)
    seen = observed(tmp_path, asked())
    assert stores.judged("rto", seen, asked()).reason.code == "rto-kept-service"


def test_the_database_is_called_as_the_live_one(tmp_path: Path) -> None:
    laid_out(tmp_path, "assert os.path.basename(database) == 'live.db', database")
    assert judged(tmp_path).status.value == "pass"
