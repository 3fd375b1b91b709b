"""A third-party gate, installed as its own package, works like a built-in one."""

from __future__ import annotations

import ast
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

PLUGIN = Path(__file__).parents[2] / "examples" / "custom_gate"
SERVICE = "AI & Script Generator"
GOOD = b"<h1>AI &amp; Script\n Generator</h1><p>all well</p>"


@dataclass
class Answer:
    status: int = 200
    body: bytes = GOOD
    cache_control: str = "max-age=30"
    seen: list[str] | None = None


class Page(BaseHTTPRequestHandler):
    answer = Answer()

    def do_GET(self) -> None:
        if self.answer.seen is not None:
            self.answer.seen.append(self.headers.get("User-Agent", ""))
        self.send_response(self.answer.status)
        if self.answer.cache_control:
            self.send_header("Cache-Control", self.answer.cache_control)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(self.answer.body)))
        self.end_headers()
        self.wfile.write(self.answer.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Say nothing."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the plugin installed into it, as pip does it, entry points included."""
    target = tmp_path_factory.mktemp("site")
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    offline = ["--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*install, *offline, "--target", str(target), str(PLUGIN)], check=True)
    assert (target / "golive_pages").is_dir()
    return target


@pytest.fixture
def page() -> Iterator[tuple[Answer, str]]:
    """A status page and its address."""
    handler = type("Handler", (Page,), {"answer": Answer(seen=[])})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield handler.answer, f"http://127.0.0.1:{server.server_port}/status"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def closed_port() -> int:
    """A port of this machine at which nothing listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def golive(site: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    program = "import sys; from golive.cli.main import run; sys.argv[0] = 'golive'; run()"
    kept = {k: v for k, v in os.environ.items() if not k.startswith("GOLIVE_")}
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=folder,
        env={**kept, "PYTHONPATH": str(site), "NO_COLOR": "1", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def check(site: Path, folder: Path, url: str) -> tuple[int, dict[str, Any]]:
    """Run ``golive check`` on a page; its exit code and the record."""
    (folder / "golive.yaml").write_text(
        f"""\
apiVersion: golive/v1
service: {{name: "{SERVICE}", version: v3.0}}
profile: {{gates: [pages]}}
gates: {{pages: {{url: "{url}", timeout: 5s}}}}
""",
        encoding="utf-8",
    )
    done = golive(site, folder, "check", "--out-dir", "out", "--lang", "en")
    records = list((folder / "out").glob("slo_validation_results_*.json"))
    assert len(records) == 1, done.stderr
    return done.returncode, json.loads(records[0].read_text(encoding="utf-8"))


def status_of(record: dict[str, Any], check_id: str) -> str:
    checks = {c["id"]: c for g in record["gates"] for c in g["checks"]}
    return str(checks[check_id]["status"])


def test_it_imports_nothing_of_golive_but_the_api() -> None:
    names = set()
    for file in (PLUGIN / "golive_pages").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                names.add(node.module or "")
            elif isinstance(node, ast.Import):
                names.update(alias.name for alias in node.names)
    assert "golive.api" in names
    assert {n for n in names if n.split(".")[0].startswith("golive")} <= {
        "golive.api",
        *(n for n in names if n.startswith("golive_pages.")),
    }


def test_list_and_explain_show_it(site: Path, tmp_path: Path) -> None:
    listed = golive(site, tmp_path, "list")
    assert "pages.status-page" in listed.stdout
    assert "상태 페이지" in listed.stdout
    explained = golive(site, tmp_path, "explain", "pages.status-page", "--lang", "en")
    assert explained.returncode == 0
    assert "names the service" in explained.stdout


def test_its_settings_are_part_of_the_schema(site: Path, tmp_path: Path) -> None:
    printed = golive(site, tmp_path, "schema", "config")
    assert printed.returncode == 0, printed.stderr
    assert "max_age" in printed.stdout


def test_plan_names_the_request_and_sends_nothing(
    site: Path, page: tuple[Answer, str], tmp_path: Path
) -> None:
    answer, url = page
    (tmp_path / "golive.yaml").write_text(
        "apiVersion: golive/v1\nservice: {name: A, version: '1'}\nprofile: {gates: [pages]}\n"
        f"gates: {{pages: {{url: '{url}'}}}}\n",
        encoding="utf-8",
    )
    done = golive(site, tmp_path, "plan")
    assert done.returncode == 0, done.stderr
    assert "127.0.0.1" in done.stdout
    assert answer.seen == []


def test_a_page_that_names_the_service_is_go(
    site: Path, page: tuple[Answer, str], tmp_path: Path
) -> None:
    answer, url = page
    code, record = check(site, tmp_path, url)
    assert (code, record["decision"]) == (0, "GO")
    assert status_of(record, "pages.status-page") == "pass"
    assert status_of(record, "pages.freshness") == "pass"
    assert answer.seen is not None
    assert len(answer.seen) == 1
    assert answer.seen[0].startswith("golive/")


def test_a_page_that_fails_is_no_go(site: Path, page: tuple[Answer, str], tmp_path: Path) -> None:
    answer, url = page
    answer.status = 500
    code, record = check(site, tmp_path, url)
    assert (code, record["decision"]) == (1, "NO_GO")
    assert status_of(record, "pages.status-page") == "fail"


def test_a_page_of_another_service_is_no_go(
    site: Path, page: tuple[Answer, str], tmp_path: Path
) -> None:
    answer, url = page
    answer.body = b"<h1>It works!</h1>"
    code, record = check(site, tmp_path, url)
    assert (code, record["decision"]) == (1, "NO_GO")


def test_a_page_that_is_down_is_inconclusive(site: Path, tmp_path: Path, closed_port: int) -> None:
    code, record = check(site, tmp_path, f"http://127.0.0.1:{closed_port}/status")
    assert (code, record["decision"]) == (3, "INCONCLUSIVE")
    assert status_of(record, "pages.status-page") == "inconclusive"


def test_no_address_is_inconclusive(site: Path, tmp_path: Path) -> None:
    code, record = check(site, tmp_path, "")
    assert (code, record["decision"]) == (3, "INCONCLUSIVE")


def test_an_optional_check_leaves_a_condition(
    site: Path, page: tuple[Answer, str], tmp_path: Path
) -> None:
    answer, url = page
    answer.cache_control = "public, max-age=3600"
    code, record = check(site, tmp_path, url)
    assert (code, record["decision"]) == (0, "CONDITIONAL")
    assert status_of(record, "pages.freshness") == "fail"


def test_a_setting_that_is_no_address_is_a_configuration_error(site: Path, tmp_path: Path) -> None:
    (tmp_path / "golive.yaml").write_text(
        "apiVersion: golive/v1\nservice: {name: A, version: '1'}\n"
        "gates: {pages: {url: ftp://example.com}}\n",
        encoding="utf-8",
    )
    done = golive(site, tmp_path, "check")
    assert done.returncode == 2
    assert "gates.pages" in done.stderr
    assert "golive.yaml:3" in done.stderr
