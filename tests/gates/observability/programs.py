"""Debian's Prometheus and Alertmanager on free loopback ports, and a service to be scraped."""

from __future__ import annotations

import json
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx

PATIENCE = 90.0
"""Seconds after which a test gives up on a program that never comes to what is awaited."""
BETWEEN = 0.1


def free_port() -> int:
    """A port that nothing listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def until(look: Callable[[], bool], what: str) -> None:
    """Look again and again; ``AssertionError`` naming *what* if it never comes."""
    end = time.monotonic() + PATIENCE
    while not look():
        assert time.monotonic() < end, what
        time.sleep(BETWEEN)


def got(url: str) -> Any:
    """JSON of *url*, ``None`` while nothing answers."""
    with httpx.Client(trust_env=False) as client:
        try:
            answer = client.get(url)
        except httpx.TransportError:
            return None
    return answer.json() if answer.status_code == 200 else None


@contextmanager
def running(url: str, *command: str) -> Iterator[str]:
    """*command* until the end of the block; entered once ``/-/ready`` answers."""
    with (
        subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process,
        httpx.Client(trust_env=False) as client,
    ):

        def ready() -> bool:
            assert process.poll() is None, f"{command[0]} ended with {process.returncode}"
            try:
                return client.get(f"{url}/-/ready").status_code == 200
            except httpx.TransportError:
                return False

        try:
            until(ready, f"{command[0]} is ready")
            yield url
        finally:
            process.terminate()


@contextmanager
def prometheus(
    folder: Path,
    jobs: Mapping[str, Sequence[str]],
    rules: Sequence[Path] = (),
    *,
    alertmanager: str = "",
    interval: str = "1s",
) -> Iterator[str]:
    """A Prometheus that scrapes *jobs* (addresses by name) and has had a look at each."""
    port = free_port()
    config: dict[str, Any] = {
        "global": {
            "scrape_interval": interval,
            "scrape_timeout": interval,
            "evaluation_interval": "1s",
        },
        "rule_files": [str(r) for r in rules],
        "scrape_configs": [
            {"job_name": job, "static_configs": [{"targets": list(targets)}]}
            for job, targets in jobs.items()
        ],
    }
    if alertmanager:
        target = {"targets": [alertmanager.removeprefix("http://")]}
        config["alerting"] = {"alertmanagers": [{"static_configs": [target]}]}
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "prometheus.json"
    file.write_text(json.dumps(config), encoding="utf-8")  # which is YAML too
    url = f"http://127.0.0.1:{port}"
    command = (
        "prometheus",
        f"--config.file={file}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
    )
    count = sum(map(len, jobs.values()))

    def looked() -> bool:
        answer = got(f"{url}/api/v1/targets?state=active")
        found = answer["data"]["activeTargets"] if answer else []
        return len(found) == count and all(t["health"] != "unknown" for t in found)

    with running(url, *command):
        until(looked, "every target was scraped")
        yield url


@contextmanager
def alertmanager(
    folder: Path, receivers: Mapping[str, str], route: Mapping[str, Any], **more: Any
) -> Iterator[str]:
    """An Alertmanager whose *receivers* are webhooks (URL by name; "" for none at all)."""
    port = free_port()
    config = {
        "route": {"group_wait": "0s", "group_interval": "1s", "repeat_interval": "1h", **route},
        "receivers": [
            {"name": name, **({"webhook_configs": [{"url": url}]} if url else {})}
            for name, url in receivers.items()
        ],
        **more,
    }
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "alertmanager.json"
    file.write_text(json.dumps(config), encoding="utf-8")
    url = f"http://127.0.0.1:{port}"
    with running(
        url,
        "prometheus-alertmanager",
        f"--config.file={file}",
        f"--storage.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--cluster.listen-address=",
    ):
        yield url


class Exporter:
    """A service with ``/metrics``; set ``text`` to change what it exposes."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.address = ""


@contextmanager
def exporter(text: str) -> Iterator[Exporter]:
    """An exporter on a free port."""
    held = Exporter(text)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = held.text.encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    held.address = f"127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield held
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
