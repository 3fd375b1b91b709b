"""A secret that a gate's settings refer to: resolved before the run, shown nowhere."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.cli.conftest import Golive

TOKEN = "canary/+token=&-1f9a7c52e8"
CONFIG = """\
apiVersion: golive/v1
service: {{name: shop, version: v1}}
profile: {{gates: [pipeline]}}
files: {{workflows: [".github/workflows/*.yml"]}}
gates:
  pipeline:
    github: {{api: "http://127.0.0.1:{port}", repository: example/shop, token: "env:CANARY"}}
"""
WORKFLOW = "on: push\njobs: {test: {runs-on: ubuntu-24.04, steps: [{run: pytest}]}}\n"


class Loose(BaseHTTPRequestHandler):
    """A forge that repeats in its message what it was sent."""

    seen: list[str] = []  # noqa: RUF012 - of the class: a handler lives for one request

    def do_GET(self) -> None:
        token = self.headers.get("Authorization", "")
        self.seen.append(token)
        coded = base64.b64encode(token.removeprefix("Bearer ").encode()).decode()
        body = json.dumps({"message": f"{token} {coded}"}).encode()
        self.send_response(403)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


@contextmanager
def loose_forge(folder: Path) -> Iterator[None]:
    """A configuration in *folder* whose forge is one."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Loose)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    (folder / ".github" / "workflows").mkdir(parents=True)
    (folder / ".github" / "workflows" / "ci.yml").write_text(WORKFLOW)
    (folder / "golive.yaml").write_text(CONFIG.format(port=server.server_address[1]))
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_it_is_sent_and_found_nowhere(golive: Golive, tmp_path: Path) -> None:
    with loose_forge(tmp_path):
        done = golive("check", CANARY=TOKEN, timeout=120)
    assert done.returncode in (1, 3), done.stderr
    assert f"Bearer {TOKEN}" in Loose.seen
    coded = base64.b64encode(TOKEN.encode()).decode()
    files = [p for p in (tmp_path / "golive-reports").rglob("*") if p.is_file()]
    assert any(p.name == "forge.json" for p in files)
    written = {str(p): p.read_text(encoding="utf-8") for p in files}
    for name, text in {**written, "out": done.stdout, "err": done.stderr}.items():
        assert TOKEN not in text, name
        assert coded not in text, name
    assert any("***" in text for text in written.values())


def test_without_it_nothing_is_sent(golive: Golive, tmp_path: Path) -> None:
    with loose_forge(tmp_path):
        before = len(Loose.seen)
        done = golive("check")
        assert done.returncode == 2
        assert "env:CANARY" in done.stderr
        assert golive("plan").returncode == 0
        assert len(Loose.seen) == before


def test_the_value_itself_is_refused(golive: Golive, tmp_path: Path) -> None:
    with loose_forge(tmp_path):
        config = tmp_path / "golive.yaml"
        config.write_text(config.read_text().replace("env:CANARY", "ghp_0123456789"))
        done = golive("check")
    assert done.returncode == 2
    assert "env:NAME or file:PATH" in done.stderr
    assert "ghp_0123456789" not in done.stderr
