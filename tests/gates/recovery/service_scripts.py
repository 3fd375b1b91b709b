"""Services as scripts of their own, to be started on a restored database.

Each is real: a process that listens, reads the database that it is given, and answers.
"""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from golive.api import CheckResult, Observation, RunContext
from golive.codec import decode, encode
from golive.secrets import Secret
from golive_gates.recovery.observers.restored_service import RestoredServiceObserver
from golive_gates.recovery.service.records import ServiceDrill
from golive_gates.recovery.service.settings import Ask, RestoredService, RowValue
from golive_gates.recovery.settings import Settings
from tests.gates.recovery import stores

HONEST = """
import http.server, json, os, signal, sqlite3, subprocess, sys, time
from urllib.parse import unquote

database, port = sys.argv[1], int(sys.argv[2])

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        status, body = self.answer()
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body.encode())

    def answer(self):
        if self.path == "/readyz":
            return 200, "ready"
        word = unquote(self.path.rpartition("/")[2])
        with sqlite3.connect(database) as db:
            row = db.execute("SELECT n FROM words WHERE word = ?", (word,)).fetchone()
        return (200, json.dumps({"word": word, "n": row[0]})) if row else (404, "no " + word)

    def log_message(self, *words):
        pass

def serve():
    http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()
"""
SERVE = "\nserve()\n"
COMMAND = (sys.executable, "service.py", "{sqlite.shop}", "{port}")
ASK = Ask("/words/{value}", RowValue("shop", "words", "word"))
SERVICE = RestoredService(COMMAND, ASK, within=20.0)


def asked(service: RestoredService = SERVICE) -> Settings:
    """Settings of the store of these tests with *service*, in a scratch folder of the test's."""
    return replace(stores.SETTINGS, service=service, scratch="scratch")


def laid_out(folder: Path, *more: str, script: str = HONEST) -> None:
    """A store with its history, and a service that does *more* before it serves."""
    stores.history(folder, 2)
    (folder / "scratch").mkdir()
    (folder / "service.py").write_text(script + "\n".join(more) + SERVE, "utf-8")


def context(folder: Path, secrets: dict[str, str] | None = None) -> RunContext:
    """A run with the values of *secrets* by reference."""
    found = {ref: Secret(value, ref) for ref, value in (secrets or {}).items()}
    return replace(stores.context(folder), secrets=found)


def drilled(ctx: RunContext, settings: Settings) -> ServiceDrill:
    """What the observer sees; as it comes back from a record, and with no scratch folder left."""
    part = asyncio.run(RestoredServiceObserver().observe(ctx, settings))
    assert isinstance(part, ServiceDrill), part
    told = json.loads(json.dumps(encode(part), allow_nan=False))
    assert decode(ServiceDrill, told) == part
    assert list((ctx.scope.base / "scratch").iterdir()) == []
    return part


def observed(folder: Path, settings: Settings, **parts: Any) -> Observation:
    """All parts of the gate that restore drills give, the service's among them."""
    seen = stores.seen(folder, settings)
    drill = drilled(context(folder), settings)
    return Observation({**seen.parts, "ServiceDrill": drill, **parts})


def judged(folder: Path, settings: Settings | None = None) -> CheckResult:
    """The result of the check over everything that is seen."""
    settings = settings or asked()
    return stores.judged("restored-service", observed(folder, settings), settings)
