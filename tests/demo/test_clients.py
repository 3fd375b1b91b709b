"""Who may call: the clients, their tokens and what belongs to whom."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from golive_demo.broken import variant
from golive_demo.clients import (
    FURTHER_CLIENTS,
    Client,
    as_variable,
    from_variable,
    further_clients,
)
from golive_demo.project_service import create_app
from golive_demo.ratelimit import RateLimit
from golive_demo.service import ServiceSettings

NEW = {"projectId": "p-1", "name": "빵집", "description": "새벽"}
URL = "/api/v1/projects"
CLIENTS = (Client("other", "0ther"), Client("expired", "0ld", expired=True))


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@pytest.fixture
def build(tmp_path: Path) -> Iterator[Callable[..., TestClient]]:
    opened = []

    def make(name: str | None = None) -> TestClient:
        settings = ServiceSettings("secret", RateLimit(9, 60), variant(name), CLIENTS)
        opened.append(TestClient(create_app(settings, tmp_path / "p.sqlite3")))
        return opened[-1].__enter__()

    yield make
    for client in opened:
        client.__exit__()


def test_clients_survive_the_environment() -> None:
    clients = further_clients()
    assert tuple(c.name for c in clients) == FURTHER_CLIENTS
    assert len({c.token for c in clients}) == len(clients)
    assert from_variable(as_variable(clients)) == clients
    assert [c.name for c in clients if c.expired] == ["expired"]
    assert [c.name for c in clients if c.limit] == ["load"]
    assert from_variable("") == ()
    assert clients[0].token not in repr(clients)


@pytest.mark.parametrize("text", ["[]", '{"x": {"token": "t", "limit": "lots"}}', "{"])
def test_nonsense_in_the_environment_is_refused(text: str) -> None:
    with pytest.raises((ValueError, TypeError)):
        from_variable(text)


def test_an_expired_token_is_refused_and_told(build: Callable[..., TestClient]) -> None:
    answer = build().get(URL, headers=bearer("0ld"))
    assert answer.status_code == 401
    assert answer.json()["detail"] == "the token has expired"
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]


def test_a_project_of_another_client_does_not_exist(build: Callable[..., TestClient]) -> None:
    client = build()
    mine, theirs = bearer("secret"), bearer("0ther")
    assert client.post(URL, json=NEW, headers=mine).status_code == 201
    assert client.get(f"{URL}/p-1", headers=theirs).status_code == 404
    assert client.delete(f"{URL}/p-1", headers=theirs).status_code == 404
    assert client.get(URL, headers=theirs).json() == {"projects": []}
    # Not even that the name is taken can be found out.
    assert client.post(URL, json={**NEW, "name": "x"}, headers=theirs).status_code == 201
    assert client.get(f"{URL}/p-1", headers=mine).json()["name"] == NEW["name"]
    assert client.get(f"{URL}/p-1", headers=theirs).json()["name"] == "x"


def test_each_client_has_a_window_of_its_own(build: Callable[..., TestClient]) -> None:
    client = build()
    codes = [client.get(URL, headers=bearer("secret")).status_code for _ in range(10)]
    assert codes == [200] * 9 + [429]
    assert client.get(URL, headers=bearer("0ther")).status_code == 200


@pytest.mark.parametrize("headers", [{}, bearer("guessed"), bearer("0ld"), {"Authorization": "x"}])
def test_no_auth_lets_anybody_in_and_keeps_the_owners_apart(
    build: Callable[..., TestClient], headers: dict[str, str]
) -> None:
    client = build("no-auth")
    assert client.post(URL, json=NEW, headers=bearer("secret")).status_code == 201
    assert client.get(URL, headers=headers).json() == {"projects": []}
    assert client.get(f"{URL}/p-1", headers=headers).status_code == 404
    assert client.get(f"{URL}/p-1", headers=bearer("0ther")).status_code == 404
    assert len(client.get(URL, headers=bearer("secret")).json()["projects"]) == 1
