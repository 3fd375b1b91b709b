"""Errors: the right status, problem details, nothing of how the service is built."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from golive_demo.broken import variant
from golive_demo.problems import MAX_BODY, MEDIA_TYPE
from golive_demo.project_service import create_app
from golive_demo.service import ServiceSettings

URL = "/api/v1/projects"
BAD_BODIES = {
    "malformed": (b"{", 422),
    "deeply nested": (b"[" * 30_000, 400),
    "nested as deep as it can be read": (b'{"a":' * 400 + b"1" + b"}" * 400, 422),
    "lone surrogate in a name": (b'{"\\ud800": 1}', 422),
    "number of 6000 digits": (b"1" * 6000, 400),
    "not a number": (b'{"projectId": NaN}', 422),
    "not UTF-8": (b"\xff\xfe{", 400),
    "null": (b"null", 422),
    "wrong types": (b'{"projectId": 1, "name": [], "description": {}}', 422),
    "unknown field": (b'{"projectId":"a","name":"n","description":"d","owner":"x"}', 422),
}
INTERNALS = (
    "Traceback",
    "File ",
    ".py",
    "pydantic",
    "fastapi",
    "starlette",
    "sqlite",
    "RecursionE",
)


@pytest.fixture
def build(tmp_path: Path) -> Iterator[Callable[..., TestClient]]:
    opened = []

    def make(name: str | None = None) -> TestClient:
        app = create_app(ServiceSettings("secret", variant=variant(name)), tmp_path / "p.sqlite3")
        headers = {"Authorization": "Bearer secret", "Content-Type": "application/json"}
        opened.append(TestClient(app, headers=headers, raise_server_exceptions=False))
        return opened[-1].__enter__()

    yield make
    for client in opened:
        client.__exit__()


@pytest.mark.parametrize("name", BAD_BODIES)
def test_a_bad_body_is_the_clients_fault(build: Callable[..., TestClient], name: str) -> None:
    body, status = BAD_BODIES[name]
    answer = build().post(URL, content=body)
    assert answer.status_code == status
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json()["status"] == status
    assert not [word for word in INTERNALS if word in answer.text]


@pytest.mark.parametrize("name", BAD_BODIES)
def test_leaky_errors_keeps_the_status_and_tells_the_rest(
    build: Callable[..., TestClient], name: str
) -> None:
    body, status = BAD_BODIES[name]
    answer = build("leaky-errors").post(URL, content=body)
    assert answer.status_code == status
    assert answer.text.startswith("Traceback")
    assert ".py" in answer.text


@pytest.mark.parametrize("leaky", [None, "leaky-errors"])
def test_other_errors_are_problems_in_any_case(
    build: Callable[..., TestClient], leaky: str | None
) -> None:
    client = build(leaky)
    answers = {
        404: client.get("/api/v1/nothing"),
        405: client.put(URL),
        401: client.get(URL, headers={"Authorization": "Bearer no"}),
        413: client.post(URL, content=b" " * (MAX_BODY + 1)),
    }
    for status, answer in answers.items():
        assert answer.status_code == status
        assert answer.headers["content-type"] == MEDIA_TYPE
        assert answer.json().keys() == {"type", "title", "status", "detail"}
    assert answers[405].headers["allow"]


def test_an_unannounced_body_is_counted(build: Callable[..., TestClient]) -> None:
    chunks = (b" " * 4096 for _ in range(17))
    assert build().post(URL, content=chunks).status_code == 413


def test_the_largest_body_is_read(build: Callable[..., TestClient]) -> None:
    body = b'{"projectId":"a","name":"n","description":"d"}'
    assert build().post(URL, content=body.ljust(MAX_BODY)).status_code == 201


def test_a_failure_of_the_service_tells_nothing(build: Callable[..., TestClient]) -> None:
    new = {"projectId": "a", "name": "n", "description": "d"}
    answer = build("project-500").post(URL, json=new)
    assert answer.status_code == 500
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert "insert" not in answer.text


def test_a_second_spelling_is_another_path(build: Callable[..., TestClient]) -> None:
    client = build()
    for path in (f"{URL}/", "//api/v1/projects", "/API/v1/projects"):
        assert client.get(path, follow_redirects=False).status_code == 404
    # Encoded, it is the same path, and guarded as such.
    assert client.get("/%61pi/v1/projects", headers={"Authorization": ""}).status_code == 401


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/admin", "/debug", "/api/v1/admin"])
def test_there_is_nothing_else(build: Callable[..., TestClient], path: str) -> None:
    assert build().get(path).status_code == 404


def test_methods_are_not_overridden_and_origins_not_admitted(
    build: Callable[..., TestClient],
) -> None:
    client = build()
    client.post(URL, json={"projectId": "a", "name": "n", "description": "d"})
    overriding = {"X-HTTP-Method-Override": "DELETE", "X-Method-Override": "DELETE"}
    assert client.get(f"{URL}/a?_method=DELETE", headers=overriding).status_code == 200
    hostile = {"Origin": "https://evil.example", "Access-Control-Request-Method": "DELETE"}
    for answer in (client.options(URL, headers=hostile), client.get(URL, headers=hostile)):
        assert not [name for name in answer.headers if name.startswith("access-control")]
