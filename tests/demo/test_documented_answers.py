"""Whatever the services answer stands in their OpenAPI documents, with its media type."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient

from golive_demo.broken import variant
from golive_demo.generation_metrics import ROUTES as GENERATION_ROUTES
from golive_demo.problems import MAX_BODY
from golive_demo.project_service import ROUTES as PROJECT_ROUTES
from golive_demo.project_service import create_app
from golive_demo.ratelimit import RateLimit
from golive_demo.service import REFUSALS, ServiceSettings

URL = "/api/v1/projects"
ITEM = f"{URL}/{{projectId}}"
NEW = {"projectId": "a", "name": "n", "description": "d"}
ROUTES = {"project-service": PROJECT_ROUTES, "generation-service": GENERATION_ROUTES}
DEEP = b"[" * 30_000
NOBODY = {"Authorization": "Bearer no"}


@pytest.fixture
def build(tmp_path: Path) -> Iterator[Callable[..., TestClient]]:
    opened = []

    def make(name: str | None = None, limit: int = 100) -> TestClient:
        settings = ServiceSettings("secret", RateLimit(limit, 60.0), variant(name))
        headers = {"Authorization": "Bearer secret", "Content-Type": "application/json"}
        app = create_app(settings, tmp_path / "p.sqlite3")
        opened.append(TestClient(app, headers=headers, raise_server_exceptions=False))
        return opened[-1].__enter__()

    yield make
    for client in opened:
        client.__exit__()


def answers(build: Callable[..., TestClient]) -> Iterator[tuple[str, str, int, httpx.Response]]:
    """Method, path template, the status that is meant, and an answer."""
    client = build()
    yield "post", URL, 201, client.post(URL, json=NEW)
    yield "post", URL, 400, client.post(URL, content=DEEP)
    yield "post", URL, 400, client.post(URL, content=b"\xff\xfe{")
    yield "post", URL, 401, client.post(URL, json=NEW, headers=NOBODY)
    yield "post", URL, 409, client.post(URL, json=NEW)
    yield "post", URL, 413, client.post(URL, content=b" " * (MAX_BODY + 1))
    yield "post", URL, 422, client.post(URL, json={})
    yield "get", URL, 200, client.get(URL)
    yield "get", URL, 422, client.get(URL, params={"limit": "x"})
    yield "get", ITEM, 200, client.get(f"{URL}/a")
    yield "get", ITEM, 401, client.get(f"{URL}/a", headers=NOBODY)
    yield "get", ITEM, 404, client.get(f"{URL}/b")
    yield "get", ITEM, 422, client.get(f"{URL}/a%00b")
    yield "delete", ITEM, 404, client.delete(f"{URL}/b")
    yield "delete", ITEM, 422, client.delete(f"{URL}/%ff")
    yield "delete", ITEM, 204, client.delete(f"{URL}/a")
    yield "post", URL, 500, build("project-500").post(URL, json=NEW)
    spent = build(limit=1)
    spent.get(URL)
    for method, path in (("post", URL), ("get", URL), ("get", ITEM), ("delete", ITEM)):
        yield method, path, 429, spent.request(method, path.replace("{projectId}", "a"))


def test_each_provoked_answer_is_documented(build: Callable[..., TestClient]) -> None:
    paths = build().get("/openapi.json").json()["paths"]
    for method, path, status, answer in answers(build):
        assert answer.status_code == status, (method, path, answer.text)
        documented = paths[path][method]["responses"]
        assert str(status) in documented, (method, path, status)
        if answer.content:
            media = answer.headers["content-type"].partition(";")[0]
            assert media in documented[str(status)]["content"], (method, path, status)


@pytest.mark.parametrize("service", ROUTES)
def test_every_answer_that_is_counted_is_documented(demo: Any, service: str) -> None:
    paths = httpx.get(f"{demo.url(service)}/openapi.json").json()["paths"]
    routes = [route for route in ROUTES[service] if route.path.startswith("/api/")]
    assert {r.path for r in routes} == {p for p in paths if p.startswith("/api/")}
    for route in routes:
        documented = paths[route.path][route.method.lower()]["responses"]
        assert {str(code) for code in (*route.codes, *REFUSALS)} <= documented.keys(), route
