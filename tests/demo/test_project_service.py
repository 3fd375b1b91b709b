"""project-service, driven through its ASGI application."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from golive_demo.broken import variant
from golive_demo.project_service import create_app
from golive_demo.secret_names import TOKEN_VARIABLE
from golive_demo.service import ServiceSettings

AUTH = {"Authorization": "Bearer secret"}
NEW = {"projectId": "p-1", "name": "빵집", "description": "새벽"}


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "p.sqlite3"


@pytest.fixture
def client(database: Path) -> Iterator[TestClient]:
    with TestClient(create_app(ServiceSettings("secret"), database), headers=AUTH) as client:
        yield client


def test_create_read_list_delete(client: TestClient) -> None:
    created = client.post("/api/v1/projects", json=NEW)
    assert created.status_code == 201
    assert created.json().keys() == {"projectId", "name", "description", "createdAt"}
    assert {k: created.json()[k] for k in NEW} == NEW
    assert client.get("/api/v1/projects/p-1").json() == created.json()
    assert client.get("/api/v1/projects").json() == {"projects": [created.json()]}
    gone = client.delete("/api/v1/projects/p-1")
    assert (gone.status_code, gone.content) == (204, b"")
    assert client.get("/api/v1/projects/p-1").status_code == 404
    assert client.delete("/api/v1/projects/p-1").status_code == 404


def test_duplicate_is_a_conflict(client: TestClient) -> None:
    client.post("/api/v1/projects", json=NEW)
    assert client.post("/api/v1/projects", json={**NEW, "name": "other"}).status_code == 409
    assert client.get("/api/v1/projects/p-1").json()["name"] == NEW["name"]


def test_a_flaky_listing_fails_at_its_rate(database: Path) -> None:
    app = create_app(ServiceSettings("secret", variant=variant("flaky-api")), database)
    with TestClient(app, headers=AUTH, raise_server_exceptions=False) as client:
        codes = [client.get("/api/v1/projects").status_code for _ in range(40)]
    assert [n for n, code in enumerate(codes, 1) if code == 500] == [20, 40]


def test_list_is_limited(client: TestClient) -> None:
    for number in range(3):
        client.post("/api/v1/projects", json={**NEW, "projectId": f"p-{number}"})
    assert len(client.get("/api/v1/projects?limit=2").json()["projects"]) == 2
    assert client.get("/api/v1/projects?limit=101").status_code == 422


@pytest.mark.parametrize(
    "body",
    [
        {**NEW, "extra": 1},
        {k: v for k, v in NEW.items() if k != "name"},
        {**NEW, "projectId": "../etc"},
        {**NEW, "name": ""},
        {**NEW, "project_id": "p-1"},
        {**NEW, "description": 7},
        [],
    ],
)
def test_strict_bodies(client: TestClient, body: Any) -> None:
    assert client.post("/api/v1/projects", json=body).status_code == 422


def test_without_the_token_nothing_is_read(client: TestClient) -> None:
    for header in ("Bearer wrong", "Basic secret", "secret", ""):
        answer = client.post(
            "/api/v1/projects", content=b"not json", headers={"Authorization": header}
        )
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Bearer")
    assert 'auth_failures_total{service="project-service"} 4.0' in client.get("/metrics").text


def test_database_is_in_wal_mode(client: TestClient, database: Path) -> None:
    client.post("/api/v1/projects", json=NEW)
    assert database.with_name("p.sqlite3-wal").stat().st_size > 0
    with sqlite3.connect(database) as other:
        assert other.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert other.execute("SELECT project_id FROM projects").fetchall() == [("p-1",)]


def test_not_ready_when_the_table_is_gone(client: TestClient, database: Path) -> None:
    assert client.get("/readyz").status_code == 200
    with sqlite3.connect(database) as other:
        other.execute("DROP TABLE projects")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "sqlite" in answer.json()["reason"]
    assert client.get("/healthz").status_code == 200


def test_metrics_use_templates_and_start_at_zero(client: TestClient) -> None:
    client.get("/api/v1/projects/p-7")
    client.get("/nowhere/p-8")
    client.request("BREW", "/healthz")
    text = client.get("/metrics").text
    series = 'http_requests_total{{code="{}",method="{}",path="{}",service="project-service"}} {}'
    assert series.format(404, "GET", "/api/v1/projects/{projectId}", "1.0") in text
    assert series.format(404, "GET", "unmatched", "1.0") in text
    assert series.format(405, "OTHER", "/healthz", "1.0") in text
    assert series.format(500, "POST", "/api/v1/projects", "0.0") in text
    assert "p-7" not in text
    assert 'path="/metrics"' not in text
    assert 'http_request_duration_seconds_bucket{le="30.0"' in text


def test_openapi_describes_the_body_and_the_scheme(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    operation = document["paths"]["/api/v1/projects"]["post"]
    name = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    schema = document["components"]["schemas"][name.rsplit("/", 1)[1]]
    assert sorted(schema["required"]) == ["description", "name", "projectId"]
    assert schema["additionalProperties"] is False
    assert operation["security"] == [{"HTTPBearer": []}]
    assert {"201", "401", "409", "422", "429"} <= operation["responses"].keys()


def test_flaky_readiness_is_not_of_this_service(database: Path) -> None:
    settings = ServiceSettings("secret", variant=variant("flaky-readiness"))
    with TestClient(create_app(settings, database)) as client:
        assert {client.get("/readyz").status_code for _ in range(70)} == {200}


def test_project_500_breaks_creation_alone(database: Path) -> None:
    settings = ServiceSettings("secret", variant=variant("project-500"))
    app = create_app(settings, database)
    with TestClient(app, headers=AUTH, raise_server_exceptions=False) as client:
        answer = client.post("/api/v1/projects", json=NEW)
        assert answer.status_code == 500
        assert answer.headers["ratelimit-limit"] == "200"
        assert client.get("/api/v1/projects").json() == {"projects": []}
        assert client.get("/api/v1/projects/p-1").status_code == 404
        assert client.get("/readyz").status_code == 200
        label = 'code="500",method="POST",path="/api/v1/projects",service="project-service"'
        assert f"http_requests_total{{{label}}} 1.0" in client.get("/metrics").text


def test_without_the_key_that_one_variant_needs_it_does_not_start(database: Path) -> None:
    command = [sys.executable, "-m", "golive_demo.project_service", "--database", str(database)]
    done = subprocess.run(
        [*command, "--broken", "restored-service-without-key"],
        env={**os.environ, TOKEN_VARIABLE: "s3cret"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, f"{database.stem}.key is missing" in done.stderr) == (1, True)
    assert not database.exists()
