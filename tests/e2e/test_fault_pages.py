"""A service that fails makes the real Prometheus fire and the real Alertmanager deliver."""

from __future__ import annotations

import itertools
import json
import os
import queue
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx

from golive.cli.demo_process import DemoFacts, running_demo

PATIENCE_S = 90.0
ALERT = "      - alert: HighErrorRate\n"


@contextmanager
def webhook(address: str) -> Iterator[queue.SimpleQueue[dict[str, Any]]]:
    """What is posted to *address* until the end of the block."""
    arrived: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            arrived.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    host, _, port = address.rpartition(":")
    server = ThreadingHTTPServer((host, int(port)), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield arrived
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def hurry(facts: DemoFacts) -> None:
    """Let HighErrorRate wait for 2 s instead of 2 minutes; nothing else of the rules changes."""
    copy = Path(facts.data["workdir"]) / "alerting" / "rules.yml"
    before, name, after = copy.read_text(encoding="utf-8").partition(ALERT)
    assert name
    copy.write_text(before + name + after.replace("for: 2m", "for: 2s", 1), encoding="utf-8")
    os.kill(facts.data["pids"]["prometheus"], signal.SIGHUP)


def state_of(facts: DemoFacts, name: str) -> tuple[str, float]:
    """What Prometheus says of the alert, and how long it waits, in seconds."""
    groups = httpx.get(facts.addresses["prometheus"] + "/api/v1/rules").json()["data"]["groups"]
    (rule,) = [r for g in groups for r in g["rules"] if r["name"] == name]
    return rule["state"], rule["duration"]


def test_an_injected_fault_pages_through_the_routes_of_the_release() -> None:
    with (
        running_demo(broken="project-500", rate_limit="6000/60s") as facts,
        webhook(facts.data["alert_webhook"]) as arrived,
        httpx.Client(
            base_url=facts.addresses["project-service"],
            headers={"Authorization": f"Bearer {facts.data['token']}"},
            # The server closes a connection on which it failed.
            limits=httpx.Limits(max_keepalive_connections=0),
            trust_env=False,
        ) as client,
    ):
        assert state_of(facts, "HighErrorRate") == ("inactive", 120.0)
        hurry(facts)
        end = time.monotonic() + PATIENCE_S
        for number in itertools.count():
            new = {"projectId": f"fault-{number}", "name": "n", "description": "d"}
            assert client.post("/api/v1/projects", json=new).status_code == 500
            assert client.get("/api/v1/projects").status_code == 200
            try:
                told = arrived.get(timeout=0.25)
            except queue.Empty:
                assert time.monotonic() < end, state_of(facts, "HighErrorRate")
                continue
            if told["commonLabels"]["alertname"] == "HighErrorRate":
                break
        assert state_of(facts, "HighErrorRate") == ("firing", 2.0)
    # Its severity took it along the route of pages, with what the person who is woken needs.
    assert (told["receiver"], told["status"]) == ("page", "firing")
    (alert,) = told["alerts"]
    assert alert["labels"]["service"] == "project-service"
    assert alert["labels"]["severity"] == "critical"
    assert "project-service answers more than 1 %" in alert["annotations"]["summary"]
    assert alert["annotations"]["runbook_url"].endswith("#higherrorrate")
